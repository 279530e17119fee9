// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/initrd_check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "check/initrd_judge.h"
#include "image/initrd.h"
#include "image/initrd_list.h"
#include "image/module_index.h"
#include "model/cmdline.h"
#include "plan/card.h"
#include "read/config_read.h"

#define MODALIAS_MAX 80
#define OWN_MODULES_DIRECTORY "lib/vfio-early/modules"

/**
 * struct look - one look at all images; large
 * @given: --config FILE, or NULL
 * @newest: release of the newest kernel that has an image or is installed
 * @etc: the config files of the machine, or the given one
 * @inside: those of the image that we are at
 * @inside_plan: what they would do
 * @image: it
 * @judged: what it is judged by
 * @n_next: images that boot unless somebody chooses another one
 */
struct look {
	const struct sysroot *root;
	const char *given;
	const struct config *config;
	const struct host *host;
	const struct plan *plan;
	struct findings *findings;
	struct initrd_outlooks *outlooks;
	char cmdline[CMDLINE_MAX];
	struct initrd_list list;
	char newest[HOST_NAME_MAX];
	struct config etc;
	struct config inside;
	struct plan inside_plan;
	struct initrd image;
	struct initrd_case judged;
	size_t n_next;
};

/* ---- what has to be in an image ---- */

/* kernel: drivers/pci/pci-sysfs.c modalias_show() */
static void modalias_format(const struct host_function *function,
			    char text[static MODALIAS_MAX])
{
	(void)snprintf(text, MODALIAS_MAX, "pci:v%08Xd%08Xsv%08Xsd%08Xbc%02Xsc%02Xi%02X",
		       function->id.vendor, function->id.device, function->id.subvendor,
		       function->id.subdevice, function->class_code >> 16 & 0xff,
		       function->class_code >> 8 & 0xff, function->class_code & 0xff);
}

static void driver_need(const struct module_index *index, const char *module,
			struct initrd_case *judged)
{
	switch (module_index_place(index, module)) {
	case MODULE_FILE:
		module_index_needs(index, module, &judged->needs);
		break;
	case MODULE_MISSING:
		module_list_add(&judged->missing, module);
		break;
	case MODULE_BUILTIN:
		break;
	}
}

static void target_need(const struct look *look, const struct module_index *index,
			const struct plan_target *target, struct initrd_case *judged)
{
	for (size_t i = 0; i < target->n_functions; i++) {
		const struct plan_function *planned = &target->functions[i];
		char modalias[MODALIAS_MAX];

		driver_need(index, look->host->drivers[planned->driver].module, judged);
		modalias_format(&look->host->functions[planned->function], modalias);
		module_index_claims(index, modalias, &judged->claims);
	}
}

static void needs_find(const struct look *look, struct initrd_case *judged)
{
	struct module_index index;
	bool any = false;

	judged->needs_known = !module_index_open(look->root, judged->release, &index);
	if (judged->needs_known) {
		for (size_t i = 0; i < look->plan->n_targets; i++) {
			target_need(look, &index, &look->plan->targets[i], judged);
			any = any || look->plan->targets[i].n_functions;
		}
		if (!any)
			driver_need(&index, "vfio_pci", judged);
		/* Only some architectures have it. */
		if (module_index_place(&index, "vfio_iommu_type1") == MODULE_FILE)
			module_index_needs(&index, "vfio_iommu_type1", &judged->needs);
	}
	module_index_done(&index);
}

/* ---- one image ---- */

static bool is_next(const struct look *look, const struct initrd_source *source,
		    const char *release)
{
	if (source->fallback)
		return false;
	return !*release || !strcmp(release, look->newest) ||
	       !strcmp(release, look->host->kernel);
}

static void unreadable(struct look *look, const char *subject, bool next, int error,
		       const char *text)
{
	size_t length = strlen(subject);
	struct finding *finding;

	/* The path stands in front of it already. */
	if (!strncmp(text, subject, length) && !strncmp(text + length, ": ", 2))
		text += length + 2;
	/* It would not boot as it should, whoever reads it. */
	if (error == -EBADMSG || error == -ENODATA) {
		findings_add(look->findings, next ? FINDING_FAIL : FINDING_HINT,
			     FINDING_IMAGE, subject, "%s", text);
		return;
	}
	finding = findings_add(look->findings, next ? FINDING_UNKNOWN : FINDING_HINT,
			       FINDING_IMAGE, subject, "%s", text);
	if (error == -EACCES)
		finding_advise(finding, "run it as root");
	else
		finding_advise(finding, "look yourself what is in it");
}

static int source_read(struct look *look, const struct initrd_source *source,
		       struct fault *fault)
{
	int error = 0;

	for (size_t i = 0; i < source->n_files && !error; i++)
		error = initrd_read(look->root->fd, source->files[i].path, &look->image,
				    fault);
	return error;
}

/* The kernel of an image: by its path, by itself, by its modules */
static void release_find(const struct look *look, const struct initrd_source *source,
			 char release[static HOST_NAME_MAX])
{
	(void)snprintf(release, HOST_NAME_MAX, "%s",
		       *source->release ? source->release : look->image.release);
	if (!*release)
		initrd_release(&look->image, release);
}

/* A config that is not the one of the machine can want the same card. */
static void outlook_add(struct look *look, const char *subject)
{
	struct initrd_outlooks *outlooks = look->outlooks;
	struct initrd_outlook *outlook = &outlooks->list[outlooks->count++];
	struct fault fault;

	(void)snprintf(outlook->subject, sizeof(outlook->subject), "%.*s",
		       FINDING_SUBJECT_MAX - 1, subject);
	(void)cmdline_apply(look->cmdline, &look->inside, &fault);
	look->inside.mode = CONFIG_MODE_ON;
	plan_build(&look->inside, look->host, &look->inside_plan);
	for (size_t i = 0; i < look->plan->n_targets; i++) {
		const struct plan_target *target = &look->plan->targets[i];
		bool all = target->n_functions > 0;

		for (size_t j = 0; j < target->n_functions; j++)
			all = all && card_any_reserves(&look->inside_plan,
						       target->functions[j].function);
		outlook->reserves |= (uint64_t)all << i;
	}
}

static void source_judge(struct look *look, const struct initrd_source *source,
			 const char *subject)
{
	struct initrd_case *judged = &look->judged;
	struct config *etc = &look->etc;

	*judged = (struct initrd_case){ .subject = subject, .initrd = &look->image };
	judged->preinit = source->preinit || initrd_preinit(look->image.cmdline);
	look->image.own_modules = judged->preinit &&
				  initrd_find(&look->image, OWN_MODULES_DIRECTORY);
	release_find(look, source, judged->release);
	/* Flavours have no release in their names, so as to boot whatever they hold. */
	judged->next = is_next(look, source, source->release);
	judged->fallback = source->fallback;
	judged->wanted = look->config->n_targets || look->config->n_files;
	judged->etc = etc;
	judged->given = look->given;
	judged->etc_known = !etc->invalid || etc->fault.error != -EACCES;
	judged->inside = &look->inside;
	judged->inside_known = initrd_config(&look->image, &look->inside);
	needs_find(look, judged);
	initrd_judge(judged, look->findings);
	if (judged->inside_known && initrd_config_is_other(judged))
		outlook_add(look, subject);
}

static void kernel_seen(struct look *look, const char *release)
{
	for (size_t i = 0; i < look->list.n_kernels; i++)
		if (!strcmp(look->list.kernels[i], release))
			look->list.kernels[i][0] = '\0';
}

static void source_check(struct look *look, const struct initrd_source *source)
{
	char subject[INITRD_PATH_MAX + 1], release[HOST_NAME_MAX];
	bool next = is_next(look, source, source->release);
	struct fault fault = { 0 };
	int error;

	(void)snprintf(subject, sizeof(subject), "/%s", source->files[source->main].path);
	look->n_next += next;
	error = source_read(look, source, &fault);
	if (error)
		unreadable(look, subject, next, error, fault.text);
	else
		source_judge(look, source, subject);
	release_find(look, source, release);
	kernel_seen(look, release);
	/* It may be the one of any kernel. */
	if (!*release)
		look->list.n_kernels = 0;
	initrd_done(&look->image);
}

/* ---- all of them ---- */

static void newest_find(struct look *look)
{
	const struct initrd_list *list = &look->list;
	const char *newest = "";

	for (size_t i = 0; i < list->count; i++)
		if (!list->sources[i].fallback &&
		    strverscmp(list->sources[i].release, newest) > 0)
			newest = list->sources[i].release;
	for (size_t i = 0; i < list->n_kernels; i++)
		if (strverscmp(list->kernels[i], newest) > 0)
			newest = list->kernels[i];
	(void)snprintf(look->newest, sizeof(look->newest), "%s", newest);
}

/* Kernels that would boot, and whose image is not where it was looked for */
static void kernels_check(struct look *look)
{
	for (size_t i = 0; i < look->list.n_kernels; i++) {
		const char *release = look->list.kernels[i];

		if (*release && (!strcmp(release, look->newest) ||
				 !strcmp(release, look->host->kernel)))
			finding_advise(
				findings_add(look->findings, FINDING_UNKNOWN,
					     FINDING_IMAGE, NULL,
					     "kernel %s is installed, but no initramfs "
					     "image of it was found",
					     release),
				"build one for it; without an initramfs vfio-early-boot "
				"cannot run before the drivers");
	}
}

static void closed_check(struct look *look)
{
	for (size_t i = 0; i < look->list.n_closed; i++) {
		char path[INITRD_PATH_MAX + 1];

		(void)snprintf(path, sizeof(path), "/%s", look->list.closed[i]);
		finding_advise(findings_add(look->findings,
					    look->n_next ? FINDING_HINT : FINDING_UNKNOWN,
					    FINDING_IMAGE, path,
					    "there may be more images here, but this may "
					    "not be looked at"),
			       "run it as root");
	}
}

static void none_check(struct look *look)
{
	if (look->list.count || look->list.n_closed)
		return;
	finding_advise(findings_add(look->findings, FINDING_UNKNOWN, FINDING_IMAGE, NULL,
				    "no initramfs image was found in /boot, /boot/efi "
				    "and /efi"),
		       "build one, or mount the partition that it is on");
}

/* Proxmox boots copies, on partitions that are not mounted (proxmox-boot-tool(8)). */
static void copies_check(struct look *look)
{
	if (!sysroot_exists(look->root->fd, "etc/kernel/proxmox-boot-uuids"))
		return;
	for (size_t i = 0; i < look->list.count; i++)
		if (strstr(look->list.sources[i].files[0].path, "/EFI/"))
			return;
	finding_advise(findings_add(look->findings, FINDING_UNKNOWN, FINDING_IMAGE, NULL,
				    "this machine boots copies of these images, on an "
				    "ESP that is not mounted"),
		       "proxmox-boot-tool refresh makes them the same; to have one "
		       "looked at, mount the ESP on /boot/efi");
}

static void fixed_check(struct look *look)
{
	if (sysroot_exists(look->root->fd, "run/ostree-booted"))
		findings_add(look->findings, FINDING_HINT, FINDING_IMAGE_FIXED, NULL,
			     "this system is updated as an image, its initramfs with it");
}

void initrd_check(const struct sysroot *root, const char *given,
		  const struct config *config, const struct host *host,
		  const struct plan *plan, struct findings *findings,
		  struct initrd_outlooks *outlooks)
{
	struct look *look cleanup_free = calloc(1, sizeof(*look));

	if (!look) {
		findings_add(findings, FINDING_UNKNOWN, FINDING_IMAGE, NULL, "%s",
			     strerror(ENOMEM));
		return;
	}
	look->root = root;
	look->given = given;
	look->config = config;
	look->host = host;
	look->plan = plan;
	look->findings = findings;
	look->outlooks = outlooks;
	(void)config_read_cmdline(root, look->cmdline);
	(void)config_read(root, given, "", &look->etc);
	initrd_list_read(root, &look->list);
	newest_find(look);
	for (size_t i = 0; i < look->list.count; i++)
		source_check(look, &look->list.sources[i]);
	kernels_check(look);
	closed_check(look);
	none_check(look);
	copies_check(look);
	fixed_check(look);
	if (look->list.more)
		findings_add(findings, FINDING_UNKNOWN, FINDING_IMAGE, NULL,
			     "there are more images than %d: only these were opened",
			     INITRD_LIST_MAX);
}
