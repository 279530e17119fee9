// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/initrd_check.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "check/initrd_judge.h"
#include "check/record_check.h"
#include "image/images.h"
#include "model/cmdline.h"
#include "plan/card.h"

/**
 * struct look - one look at all images
 * @newest: release of the newest kernel that has an image or is installed
 * @seen: bit n set: there is an image for list.kernels[n], or one that may be for it
 * @n_next: images that boot unless another one is chosen
 */
struct look {
	const struct scene *scene;
	const struct images *images;
	const char *newest;
	uint64_t seen;
	size_t n_next;
};

static_assert(INITRD_KERNELS_MAX <= 64, "a kernel has no bit");

/* ---- what has to be in an image ---- */

/* kernel: drivers/pci/pci-sysfs.c modalias_show() */
static void modalias_format(const struct host_function *function,
			    char text[static IMAGE_MODALIAS_MAX])
{
	(void)snprintf(text, IMAGE_MODALIAS_MAX,
		       "pci:v%08Xd%08Xsv%08Xsd%08Xbc%02Xsc%02Xi%02X", function->id.vendor,
		       function->id.device, function->id.subvendor,
		       function->id.subdevice, function->class_code >> 16 & 0xff,
		       function->class_code >> 8 & 0xff, function->class_code & 0xff);
}

void initrd_wish(const struct host *host, const struct plan *plan,
		 struct images_wish *wish)
{
	for (size_t i = 0; i < plan->n_targets; i++) {
		const struct plan_target *target = &plan->targets[i];

		for (size_t j = 0; j < target->n_functions; j++) {
			const struct plan_function *planned = &target->functions[j];

			module_list_add(&wish->drivers,
					host->drivers[planned->driver].module);
			if (wish->n_modaliases < IMAGE_WANTED_MAX)
				modalias_format(&host->functions[planned->function],
						wish->modaliases[wish->n_modaliases++]);
		}
	}
	if (!wish->drivers.count)
		module_list_add(&wish->drivers, "vfio_pci");
}

/* ---- one image ---- */

/* Does an entry of the boot loader load it? */
static bool entry_loads(const struct boot_entry *entry,
			const struct initrd_source *source)
{
	for (size_t i = 0; i < entry->n_files; i++)
		for (size_t j = 0; j < source->n_files; j++)
			if (entry->files[i].there &&
			    entry->files[i].device == source->files[j].device &&
			    entry->files[i].inode == source->files[j].inode)
				return true;
	return false;
}

/* Which entry boots is not known: each of them may be it. */
static bool any_loads(const struct boot_menu *menu, const struct initrd_source *source)
{
	for (size_t i = 0; i < menu->count; i++)
		if (entry_loads(&menu->list[i], source))
			return true;
	return false;
}

/* The entry that boots next decides; without one the newest kernel is likely. */
static bool is_next(const struct look *look, const struct initramfs *image)
{
	const struct initrd_source *source = image->source;
	const struct boot_menu *menu = &look->images->menu;
	const struct boot_entry *entry = boot_menu_next(menu);

	/* Proxmox copies it to where it is read. */
	if (!look->images->copies &&
	    !boot_menu_reads(menu, source->files[source->main].path))
		return false;
	if (entry && entry->n_files)
		return entry_loads(entry, source);
	if (!entry && *menu->why_not && any_loads(menu, source))
		return true;
	if (source->fallback)
		return false;
	return !image->by_name || !strcmp(image->release, look->newest) ||
	       !strcmp(image->release, look->scene->host->kernel);
}

static void unreadable(const struct scene *scene, bool next, int error, const char *text)
{
	const char *subject = scene->subject;
	size_t length = strlen(subject);

	/* The path stands in front of it already. */
	if (!strncmp(text, subject, length) && !strncmp(text + length, ": ", 2))
		text += length + 2;
	/* It would not boot as it should, whatever reads it. */
	if (error == -EBADMSG || error == -ENODATA)
		scene_tell(scene, next ? FINDING_FAIL : FINDING_HINT, FINDING_IMAGE, "%s",
			   text);
	else
		scene_tell(scene, next ? FINDING_UNKNOWN : FINDING_HINT, FINDING_IMAGE,
			   "%s" TO_DO "%s", text,
			   error == -EACCES ? "run it as root" : "inspect it by hand");
}

/* A config that is not the one of the machine can want the same card. */
static uint64_t others_reserve(const struct scene *scene, const struct initramfs *image)
{
	struct fault fault;
	uint64_t reserves = 0;

	*scene->scratch_config = image->inside;
	(void)cmdline_apply(scene->words, scene->scratch_config, &fault);
	scene->scratch_config->mode = CONFIG_MODE_ON;
	record_view(scene, image);
	plan_build(scene->scratch_config, scene->scratch_host, scene->scratch_plan);
	for (size_t i = 0; i < scene->plan->n_targets; i++) {
		const struct plan_target *target = &scene->plan->targets[i];
		bool all = target->n_functions > 0;

		for (size_t j = 0; j < target->n_functions; j++)
			all = all && card_any_reserves(scene->scratch_plan,
						       target->functions[j].function);
		reserves |= (uint64_t)all << i;
	}
	return reserves;
}

static void outlook_add(const struct scene *scene, const struct initrd_case *judged)
{
	struct initrd_outlooks *outlooks = scene->outlooks;
	struct initrd_outlook *outlook = &outlooks->list[outlooks->count++];

	(void)snprintf(outlook->subject, sizeof(outlook->subject), "%.*s",
		       FINDING_SUBJECT_MAX - 1, judged->image->path);
	outlook->is_other = judged->image->inside_known && initrd_config_is_other(judged);
	if (outlook->is_other)
		outlook->reserves = others_reserve(scene, judged->image);
	else if (initrd_program(&judged->image->initrd))
		record_judge(scene, judged, outlook);
}

static void image_judge(const struct look *look, const struct initramfs *image)
{
	const struct scene *scene = look->scene;
	const struct config *etc = &look->images->etc;
	const struct boot_menu *menu = &look->images->menu;
	const struct boot_entry *entry = boot_menu_next(menu);
	const struct initrd_case judged = {
		.image = image,
		.aside =
			!look->images->copies && !boot_menu_reads(menu, image->path + 1) ?
				"is on a file system that the boot loader does not read" :
			image->source->fallback ?
				"is for rescue" :
			entry && entry->n_files ?
				"the entry that boots next does not load" :
				"is not the newest one",
		.next = is_next(look, image),
		.wanted = scene->config->n_targets || scene->config->n_files,
		.etc = etc,
		.etc_known = !etc->invalid || etc->fault.error != -EACCES,
		.given = look->images->given,
	};

	initrd_judge(&judged, scene->findings);
	outlook_add(scene, &judged);
}

static void kernel_seen(struct look *look, const char *release)
{
	const struct initrd_list *list = &look->images->list;

	/* It may be the one of any kernel. */
	if (!*release)
		look->seen = UINT64_MAX;
	for (size_t i = 0; i < list->n_kernels; i++)
		if (!strcmp(list->kernels[i], release))
			look->seen |= UINT64_C(1) << i;
}

static void image_check(struct look *look, const struct initramfs *image)
{
	bool next = is_next(look, image);
	struct scene scene = *look->scene;

	scene.subject = image->path;
	look->n_next += next;
	if (image->error)
		unreadable(&scene, next, image->error, image->fault.text);
	else
		image_judge(look, image);
	kernel_seen(look, image->release);
}

/* ---- all of them ---- */

static const char *newest_find(const struct images *images)
{
	const struct initrd_list *list = &images->list;
	const char *newest = "";

	for (size_t i = 0; i < list->count; i++) {
		const struct initramfs *image = &images->images[i];

		if (!list->sources[i].fallback && image->by_name &&
		    strverscmp(image->release, newest) > 0)
			newest = image->release;
	}
	for (size_t i = 0; i < list->n_kernels; i++)
		if (strverscmp(list->kernels[i], newest) > 0)
			newest = list->kernels[i];
	return newest;
}

/* Kernels that would boot, and whose image is not where it was looked for */
static void kernels_check(const struct look *look)
{
	const struct initrd_list *list = &look->images->list;

	for (size_t i = 0; i < list->n_kernels; i++) {
		const char *release = list->kernels[i];

		if (!(look->seen >> i & 1) &&
		    (!strcmp(release, look->newest) ||
		     !strcmp(release, look->scene->host->kernel)))
			scene_unknown(look->scene, FINDING_IMAGE,
				      "kernel %s is installed, but no initramfs image of "
				      "it was found" TO_DO
				      "build one for it; without an initramfs "
				      "vfio-early-boot cannot run before the drivers",
				      release);
	}
}

static void closed_check(const struct look *look)
{
	const struct initrd_list *list = &look->images->list;

	for (size_t i = 0; i < list->n_closed; i++) {
		struct scene scene = *look->scene;
		char path[INITRD_PATH_MAX + 1];

		(void)snprintf(path, sizeof(path), "/%s", list->closed[i]);
		scene.subject = path;
		scene_tell(&scene, look->n_next ? FINDING_HINT : FINDING_UNKNOWN,
			   FINDING_IMAGE,
			   "there may be more images here, but the directory may not be "
			   "read" TO_DO "run it as root");
	}
}

/* An unmounted file system may hold other images, and the boot uses it. */
static void unmounted_check(const struct look *look)
{
	const struct boot_menu *menu = &look->images->menu;

	if (look->images->copies || menu->reader != BOOT_READER_SYSTEMD)
		return;
	if (menu->unmounted)
		scene_unknown(
			look->scene, FINDING_IMAGE,
			"the partition that systemd-boot reads%s%s%s is not mounted, so "
			"it cannot be told which image boots; systemd-boot does not read "
			"the root file system" TO_DO
			"mount it%s%s, rebuild the images, and check again",
			*menu->partition ? " (PARTUUID " : "", menu->partition,
			*menu->partition ? ")" : "",
			*menu->fstab ? ": mount " : " (/boot or /efi)", menu->fstab);
	else if (!menu->count && !look->images->list.n_closed)
		scene_unknown(
			look->scene, FINDING_IMAGE,
			"no entry of systemd-boot was found in /boot, /boot/efi and "
			"/efi, so it cannot be told which image boots" TO_DO
			"mount the partitions that it reads, and check again: "
			"bootctl list shows its entries");
}

/* Which entry boots next, where there is a choice */
static void entry_check(const struct look *look)
{
	const struct boot_menu *menu = &look->images->menu;
	const struct boot_entry *entry = boot_menu_next(menu);
	size_t there = 0;

	if (!entry && menu->count && *menu->why_not)
		scene_hint(look->scene, FINDING_IMAGE,
			   "which entry boots next is not known: %s" TO_DO
			   "set a default entry, or make sure that all images are good",
			   menu->why_not);
	if (!entry || !entry->n_files)
		return;
	for (size_t i = 0; i < entry->n_files; i++)
		there += entry->files[i].there;
	if (!there)
		scene_unknown(
			look->scene, FINDING_IMAGE,
			"the entry that boots next, %s (%s), loads /%s, which does not "
			"exist" TO_DO "rewrite the boot loader's entries",
			*entry->id ? entry->id : entry->title, menu->chosen_by,
			entry->files[entry->n_files - 1].path);
	else if (menu->count > 1)
		scene_pass(look->scene, FINDING_IMAGE, "boots next: %s (%s)",
			   *entry->id ? entry->id : entry->title, menu->chosen_by);
}

static void none_check(const struct look *look)
{
	if (look->images->list.count || look->images->list.n_closed)
		return;
	scene_unknown(look->scene, FINDING_IMAGE,
		      "no initramfs image was found in /boot, /boot/efi "
		      "and /efi" TO_DO
		      "build an initramfs image, or mount the partition that it "
		      "is on");
}

/* Proxmox boots copies, on partitions that are not mounted (proxmox-boot-tool(8)). */
static void copies_check(const struct look *look)
{
	if (!look->images->copies)
		return;
	for (size_t i = 0; i < look->images->list.count; i++)
		if (strstr(look->images->list.sources[i].files[0].path, "/EFI/"))
			return;
	scene_unknown(look->scene, FINDING_IMAGE,
		      "this machine boots copies of these images, on an "
		      "ESP that is not mounted" TO_DO
		      "proxmox-boot-tool refresh updates them; to have one checked, "
		      "mount the ESP on /boot/efi");
}

static void fixed_check(const struct look *look)
{
	if (look->images->fixed)
		scene_hint(look->scene, FINDING_IMAGE_FIXED,
			   "this system is updated as an image, including its initramfs");
}

void initrd_check(const struct scene *scene)
{
	const struct images *images = scene->images;
	struct look look = { .scene = scene,
			     .images = images,
			     .newest = newest_find(images) };

	record_judge_none(scene);
	for (size_t i = 0; i < images->list.count; i++)
		image_check(&look, &images->images[i]);
	kernels_check(&look);
	closed_check(&look);
	unmounted_check(&look);
	entry_check(&look);
	none_check(&look);
	copies_check(&look);
	fixed_check(&look);
	if (images->list.more)
		scene_unknown(scene, FINDING_IMAGE,
			      "there are more than %d images: only the first ones were "
			      "opened",
			      INITRD_LIST_MAX);
}
