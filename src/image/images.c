// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/images.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "read/config_read.h"

#define OWN_MODULES_DIRECTORY "lib/vfio-early/modules"

static void driver_need(const struct module_index *index, const char *module,
			struct initramfs *image)
{
	switch (module_index_place(index, module)) {
	case MODULE_FILE:
		module_index_needs(index, module, &image->needs);
		break;
	case MODULE_MISSING:
		module_list_add(&image->missing, module);
		break;
	case MODULE_BUILTIN:
		break;
	}
}

static void needs_find(const struct sysroot *root, const struct images_wish *wish,
		       struct initramfs *image)
{
	struct module_index index;

	image->needs_known = !module_index_open(root, image->release, &index);
	if (image->needs_known) {
		for (size_t i = 0; i < wish->drivers.count; i++)
			driver_need(&index, wish->drivers.names[i], image);
		for (size_t i = 0; i < wish->n_modaliases; i++)
			module_index_claims(&index, wish->modaliases[i], &image->claims);
		/* Only some architectures have it. */
		if (module_index_place(&index, "vfio_iommu_type1") == MODULE_FILE)
			module_index_needs(&index, "vfio_iommu_type1", &image->needs);
	}
	module_index_done(&index);
}

/*
 * The kernel of an image: by its own data, lib/modules, or its modules; names prove
 * nothing
 */
static void release_find(struct initramfs *image)
{
	const struct initrd_source *source = image->source;
	const char *release = *image->initrd.release ? image->initrd.release :
						       source->release;

	(void)snprintf(image->release, sizeof(image->release), "%s", release);
	if (!*image->release)
		initrd_release(&image->initrd, image->release);
	image->by_name = *image->release && !strcmp(image->release, source->named);
}

static void image_read(const struct sysroot *root, const struct images_wish *wish,
		       const struct initrd_source *source, struct initramfs *image)
{
	struct initrd *initrd = &image->initrd;

	image->source = source;
	(void)snprintf(image->path, sizeof(image->path), "/%s",
		       source->files[source->main].path);
	for (size_t i = 0; i < source->n_files && !image->error; i++)
		image->error = initrd_read(root->fd, source->files[i].path, initrd,
					   &image->fault);
	initrd_trim(initrd);
	image->preinit = source->preinit || initrd_preinit(initrd->cmdline);
	initrd->own_modules = image->preinit &&
			      initrd_find(initrd, OWN_MODULES_DIRECTORY);
	release_find(image);
	if (image->error)
		return;
	image->inside_known = initrd_config(initrd, &image->inside);
	needs_find(root, wish, image);
	generator_rebuild(root, initrd, image->path, image->release, &image->rebuild);
}

void images_read(const struct sysroot *root, const struct images_wish *wish,
		 struct images *images)
{
	uint64_t unpacked = 0;

	images->given = wish->given;
	images->copies = sysroot_exists(root->fd, "etc/kernel/proxmox-boot-uuids");
	images->fixed = sysroot_exists(root->fd, "run/ostree-booted");
	(void)config_read(root, wish->given, "", &images->etc);
	boot_menu_read(root, wish->reader, &images->menu);
	initrd_list_read(root, &images->list);
	initrd_list_add(&images->menu, &images->list);
	for (size_t i = 0; i < images->list.count; i++) {
		images->images[i].initrd.others = unpacked;
		image_read(root, wish, &images->list.sources[i], &images->images[i]);
		unpacked += images->images[i].initrd.unpacked;
	}
}

void images_done(struct images *images)
{
	for (size_t i = 0; i < ARRAY_SIZE(images->images); i++)
		initrd_done(&images->images[i].initrd);
}
