// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/initrd_judge.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/module_name.h"
#include "base/text.h"
#include "image/generator.h"

#define LIST_TEXT_MAX 256
#define TYPE1 "vfio_iommu_type1"

/* Its level when something is in the way */
static enum finding_level level_bad(const struct initrd_case *judged)
{
	return judged->next ? FINDING_FAIL : FINDING_WARN;
}

/* A rescue image has no vfio-early on purpose, unless it is the one that boots */
static bool is_spare(const struct initrd_case *judged)
{
	return judged->image->source->fallback && !judged->next;
}

static bool has(const struct initrd *initrd, const char *path)
{
	return initrd_find(initrd, path);
}

/* ---- what to do ---- */

/* The command that rebuilds this image, and what has to be done before */
static void advise_rebuild_after(const struct initrd_case *judged, const char *before,
				 struct finding *finding)
{
	const char *command = judged->image->rebuild.command;

	if (*command)
		finding_advise(finding, "%s%srebuild it: %s", before,
			       *before ? ", then " : "", command);
	else if (*before)
		finding_advise(finding, "%s", before);
}

static void advise_rebuild(const struct initrd_case *judged, struct finding *finding)
{
	advise_rebuild_after(judged, judged->image->rebuild.before, finding);
}

/* ---- the image ---- */

static void judge_image(const struct initrd_case *judged, struct findings *findings)
{
	const struct initrd *initrd = &judged->image->initrd;
	const char *kernel = *judged->image->release ? judged->image->release : "unknown";
	const char *filter = *initrd->filter ? initrd->filter : "not compressed";
	const char *kind = generator_kind(initrd);

	if (judged->next) {
		findings_add(findings, FINDING_PASS, FINDING_IMAGE, judged->image->path,
			     "an image %s, for kernel %s: %zu files, %s", kind, kernel,
			     initrd->count, filter);
		return;
	}
	findings_add(findings, FINDING_HINT, FINDING_IMAGE, judged->image->path,
		     "an image %s, for kernel %s, which %s" TO_DO
		     "nothing, unless you select it in the boot menu",
		     kind, kernel,
		     judged->aside		     ? judged->aside :
		     judged->image->source->fallback ? "is for rescue" :
						       "is not the newest one");
}

/* ---- the program ---- */

static const char *program_defect(const struct initrd_entry *program)
{
	if (!S_ISREG(program->mode))
		return "is no regular file";
	if (!(program->mode & S_IXUSR))
		return "cannot be executed";
	if (!program->text || strncmp(program->text, "\177ELF", 4) != 0)
		return "is no program";
	return NULL;
}

static void judge_version(const struct initrd_case *judged, struct findings *findings)
{
	const char *text = initrd_text(&judged->image->initrd, CONFIG_IMAGE_PATH);
	char version[CONFIG_WORD_MAX] = "";
	struct finding *finding;

	if (text)
		config_image_get(text, "version", version, sizeof(version));
	if (!strcmp(version, VFIO_EARLY_VERSION)) {
		findings_add(findings, FINDING_PASS, FINDING_IMAGE_PROGRAM,
			     judged->image->path, "vfio-early-boot %s is in it", version);
		return;
	}
	finding = findings_add(
		findings, FINDING_WARN, FINDING_IMAGE_PROGRAM, judged->image->path,
		"vfio-early-boot is in it, but %s%s, not version " VFIO_EARLY_VERSION,
		*version ? "of version " : "of an unknown version", version);
	advise_rebuild(judged, finding);
}

/* Return: it is there and can run */
static bool judge_program(const struct initrd_case *judged, struct findings *findings)
{
	const struct initrd_entry *program = initrd_program(&judged->image->initrd);
	const char *defect = program ? program_defect(program) : NULL;
	struct finding *finding;

	if (!program && (is_spare(judged) || !judged->wanted)) {
		findings_add(findings, FINDING_PASS, FINDING_IMAGE_PROGRAM,
			     judged->image->path, "vfio-early-boot is not in it%s",
			     is_spare(judged) ? ": it boots with all cards on the host" :
						", and nothing is wanted");
		return false;
	}
	if (!program || defect) {
		finding = findings_add(findings, level_bad(judged), FINDING_IMAGE_PROGRAM,
				       judged->image->path,
				       program ? "vfio-early-boot in it %s" :
						 "vfio-early-boot is not in it: no card "
						 "would be reserved%s",
				       program ? defect : "");
		advise_rebuild(judged, finding);
		return false;
	}
	judge_version(judged, findings);
	return true;
}

/* ---- the config ---- */

static bool config_has(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->n_targets; i++)
		if (!strcmp(config->targets[i].name, name))
			return true;
	return false;
}

/* Targets of one that the other does not have */
static void targets_only(const struct config *one, const struct config *other,
			 const char *what, char *text, size_t size)
{
	for (size_t i = 0; i < one->n_targets; i++)
		if (!config_has(other, one->targets[i].name))
			text_append(text, size, "; %s is %s", one->targets[i].name, what);
}

static const char *etc_name(const struct initrd_case *judged)
{
	return judged->given ? "the one given by --config" : "the one in /etc";
}

static void judge_config_stale(const struct initrd_case *judged,
			       struct findings *findings)
{
	char text[LIST_TEXT_MAX] = "";
	struct finding *finding;

	targets_only(judged->etc, &judged->image->inside, "not in it", text,
		     sizeof(text));
	targets_only(&judged->image->inside, judged->etc, "in it still", text,
		     sizeof(text));
	finding = findings_add(findings, level_bad(judged), FINDING_IMAGE_CONFIG,
			       judged->image->path, "the config in it is not %s%s",
			       etc_name(judged), text);
	if (judged->given)
		finding_advise(finding, "when it does what you want, copy it to "
					"/etc/vfio-early.conf and rebuild the initramfs");
	else
		advise_rebuild(judged, finding);
}

bool initrd_config_is_other(const struct initrd_case *judged)
{
	return judged->etc->n_files != judged->image->inside.n_files ||
	       judged->etc->hash != judged->image->inside.hash;
}

static void judge_config(const struct initrd_case *judged, struct findings *findings)
{
	const struct config *inside = &judged->image->inside;

	if (!judged->image->inside_known || !judged->etc_known) {
		findings_add(findings, FINDING_UNKNOWN, FINDING_IMAGE_CONFIG,
			     judged->image->path, "%s" TO_DO "%s",
			     judged->etc_known ? "the config in it is behind a link" :
						 "the config in /etc could not be read "
						 "and compared",
			     judged->etc_known ?
				     "make /etc/vfio-early.conf a file, not a link" :
				     "run it as root");
		return;
	}
	if (initrd_config_is_other(judged)) {
		/* Its mode or owner alone makes it another one too. */
		if (inside->invalid && inside->fault.error == -EPERM)
			findings_add(findings, level_bad(judged), FINDING_IMAGE_CONFIG,
				     judged->image->path,
				     "the program would refuse the config in it: %s",
				     inside->fault.text);
		else
			judge_config_stale(judged, findings);
		return;
	}
	if (inside->invalid)
		findings_add(findings, level_bad(judged), FINDING_IMAGE_CONFIG,
			     judged->image->path, "the config in it has an error: %s",
			     inside->fault.text);
	else
		findings_add(findings, FINDING_PASS, FINDING_IMAGE_CONFIG,
			     judged->image->path, "the config in it is %s",
			     etc_name(judged));
}

/* ---- the order ---- */

static struct image_start start_of(const struct initrd_case *judged)
{
	if (judged->image->preinit)
		return (struct image_start){ IMAGE_ORDER_FIRST,
					     "the kernel starts it in place of /init" };
	return generator_start(&judged->image->initrd);
}

static enum finding_level order_level(const struct initrd_case *judged,
				      enum image_order order)
{
	switch (order) {
	case IMAGE_ORDER_FIRST:
		return FINDING_PASS;
	case IMAGE_ORDER_RACE:
		return FINDING_WARN;
	case IMAGE_ORDER_LATE:
		return level_bad(judged);
	case IMAGE_ORDER_UNKNOWN:
		break;
	}
	return FINDING_UNKNOWN;
}

static bool judge_order(const struct initrd_case *judged, struct findings *findings)
{
	const struct image_start start = start_of(judged);
	const char *shadow = generator_shadow(&judged->image->initrd);
	struct finding *finding = findings_add(findings, order_level(judged, start.order),
					       FINDING_IMAGE_ORDER, judged->image->path,
					       "%s", start.why);
	char before[LIST_TEXT_MAX];

	(void)snprintf(before, sizeof(before), "remove %s if there is one",
		       shadow ? shadow : "");
	if (start.order == IMAGE_ORDER_UNKNOWN)
		finding_advise(finding, "add rdinit=/usr/lib/" INITRD_PROGRAM
					" to the kernel command line");
	else if (shadow)
		advise_rebuild_after(judged, before, finding);
	else
		advise_rebuild(judged, finding);
	return start.order == IMAGE_ORDER_FIRST;
}

/* ---- modules ---- */

static void list_format(const struct module_list *list, char *text, size_t size)
{
	text[0] = '\0';
	for (size_t i = 0; i < list->count; i++)
		text_list(text, size, ", ", list->names[i]);
}

static bool list_has(const struct module_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->names[i], name))
			return true;
	return false;
}

/* The items of a list that are in the image, or that are not */
static struct module_list list_inside(const struct initrd_case *judged,
				      const struct module_list *list, bool inside)
{
	struct module_list result = { .count = 0 };

	for (size_t i = 0; i < list->count; i++)
		if (initrd_has_module(&judged->image->initrd, judged->image->release,
				      list->names[i]) == inside)
			module_list_add(&result, list->names[i]);
	return result;
}

static bool has_file(const struct initrd_case *judged, const char *name)
{
	char path[HOST_NAME_MAX + 64];

	(void)snprintf(path, sizeof(path), "%s%s/%s",
		       initrd_modules(&judged->image->initrd), judged->image->release,
		       name);
	return has(&judged->image->initrd, path);
}

/**
 * struct lack - modules that are missing in an image
 * @level: FINDING_PASS: nothing
 * @what: name of the missing part; empty: @modules
 */
struct lack {
	enum finding_level level;
	const char *what;
	struct module_list modules;
};

/*
 * A card is reserved without vfio_iommu_type1, but no virtual machine can use it then.
 * It comes along as a softdep of vfio.
 */
static struct lack lack_find(const struct initrd_case *judged)
{
	struct lack lack = { .level = level_bad(judged), .what = "" };

	lack.modules = list_inside(judged, &judged->image->needs, false);
	if (lack.modules.count) {
		if (lack.modules.count == 1 && !strcmp(lack.modules.names[0], TYPE1))
			lack.level = FINDING_WARN;
	} else if (judged->image->needs.count && !has_file(judged, "modules.dep.bin")) {
		lack.what = "modules.dep.bin, without which no module can be loaded,";
	} else if (list_has(&judged->image->needs, TYPE1) &&
		   !has_file(judged, "modules.softdep")) {
		lack.level = FINDING_WARN;
		lack.what = "modules.softdep, which brings " TYPE1 ",";
	} else {
		lack.level = FINDING_PASS;
	}
	return lack;
}

static void judge_modules(const struct initrd_case *judged, struct findings *findings)
{
	const struct lack lack = lack_find(judged);
	char text[LIST_TEXT_MAX];
	struct finding *finding;

	list_format(&judged->image->missing, text, sizeof(text));
	if (judged->image->missing.count) {
		findings_add(findings, level_bad(judged), FINDING_IMAGE_MODULES,
			     judged->image->path,
			     "kernel %s has no %s" TO_DO "boot a kernel that has it",
			     judged->image->release, text);
		return;
	}
	list_format(&lack.modules, text, sizeof(text));
	if (lack.level != FINDING_PASS) {
		finding = findings_add(findings, lack.level, FINDING_IMAGE_MODULES,
				       judged->image->path, "%s %s not in it",
				       *lack.what ? lack.what : text,
				       lack.modules.count > 1 ? "are" : "is");
		advise_rebuild(judged, finding);
	} else if (!judged->image->needs_known) {
		findings_add(findings, judged->next ? FINDING_UNKNOWN : FINDING_HINT,
			     FINDING_IMAGE_MODULES, judged->image->path,
			     "the modules that kernel %s needs are not known: it has no "
			     "modules.dep here" TO_DO
			     "run depmod -a if that kernel is still installed",
			     *judged->image->release ? judged->image->release : "?");
	} else {
		list_format(&judged->image->needs, text, sizeof(text));
		findings_add(findings, FINDING_PASS, FINDING_IMAGE_MODULES,
			     judged->image->path, "%s%s",
			     judged->image->needs.count ? "VFIO is in it: " :
							  "built into its kernel: VFIO",
			     text);
	}
}

static void judge_host_drivers(const struct initrd_case *judged, bool first,
			       struct findings *findings)
{
	const struct module_list inside =
		list_inside(judged, &judged->image->claims, true);
	char text[LIST_TEXT_MAX];

	if (!inside.count || !judged->wanted)
		return;
	list_format(&inside, text, sizeof(text));
	if (first)
		findings_add(findings, FINDING_HINT, FINDING_IMAGE_HOST_DRIVER,
			     judged->image->path,
			     "host drivers for the card are in it, too: %s", text);
	else
		findings_add(
			findings, FINDING_WARN, FINDING_IMAGE_HOST_DRIVER,
			judged->image->path,
			"host drivers for the card are in it, and bind to it: %s" TO_DO
			"make sure that vfio-early-boot runs first: they are harmless "
			"then",
			text);
}

/* ---- other recipes ---- */

static bool is_name(char c)
{
	return c == '_' || c == '-' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* A word of its own, in a line that is no comment */
static bool text_names(const char *text, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = text; (at = strstr(at, word)); at += length) {
		const char *line = at;

		while (line > text && line[-1] != '\n')
			line--;
		if (line[strspn(line, " \t")] != '#' &&
		    (at == text || !is_name(at[-1])) && !is_name(at[length]))
			return true;
	}
	return false;
}

/* kernel 6.2 merged vfio_virqfd into vfio: naming it gives an error. */
static bool is_stale_virqfd(const struct initrd_case *judged,
			    const struct initrd_entry *entry)
{
	return entry->text && generator_is_list(entry->path) &&
	       (text_names(entry->text, "vfio_virqfd") ||
		text_names(entry->text, "vfio-virqfd")) &&
	       !initrd_has_module(&judged->image->initrd, "", "vfio_virqfd");
}

/* `options vfio-pci ids=...`: as soon as vfio-pci is loaded it takes all that match. */
static bool line_sets_ids(char *line)
{
	static const char blanks[] = " \t";
	char *word;

	line += strspn(line, blanks);
	if (strcmp(strsep(&line, blanks), "options") != 0 || !line)
		return false;
	line += strspn(line, blanks);
	if (!module_name_equal(strsep(&line, blanks), "vfio_pci"))
		return false;
	while ((word = strsep(&line, blanks)))
		if (!strncmp(word, "ids=", 4) && word[4])
			return true;
	return false;
}

static bool has_ids_option(const struct initrd_entry *entry)
{
	char copy[1024];

	if (!entry->text || fnmatch("*/modprobe.d/*.conf", entry->path, 0))
		return false;
	for (const char *line = entry->text; *line;) {
		size_t length = strcspn(line, "\n");

		(void)snprintf(copy, sizeof(copy), "%.*s", (int)length, line);
		if (line_sets_ids(copy))
			return true;
		line += length + (line[length] == '\n');
	}
	return false;
}

/* Scripts that rebind devices, as guides have them */
static bool is_other_script(const struct initrd_entry *entry)
{
	return S_ISREG(entry->mode) && !strstr(entry->path, "vfio-early") &&
	       generator_is_script(entry->path);
}

static void judge_stale(const struct initrd_case *judged, struct findings *findings)
{
	const struct initrd *initrd = &judged->image->initrd;

	for (size_t i = 0; i < initrd->count; i++) {
		const struct initrd_entry *entry = &initrd->entries[i];
		const char *what = NULL;

		if (is_stale_virqfd(judged, entry))
			what = "forces vfio_virqfd, which its kernel does not have";
		else if (has_ids_option(entry))
			what = "sets ids= of vfio-pci, which binds to all cards with "
			       "that id";
		else if (is_other_script(entry))
			what = "belongs to another passthrough recipe";
		if (what && initrd_find(initrd, entry->path) == entry)
			findings_add(findings, FINDING_WARN, FINDING_IMAGE_STALE,
				     judged->image->path, "%s in it %s", entry->path,
				     what);
	}
}

void initrd_judge(const struct initrd_case *judged, struct findings *findings)
{
	bool first = false;

	judge_image(judged, findings);
	if (judge_program(judged, findings)) {
		judge_config(judged, findings);
		first = judge_order(judged, findings);
		if (judged->wanted)
			judge_modules(judged, findings);
	}
	if (!is_spare(judged) || first)
		judge_host_drivers(judged, first, findings);
	judge_stale(judged, findings);
}
