// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/initrd_judge.h"

#include <assert.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "model/cmdline.h"

#define LIST_TEXT_MAX 256
#define UNIT "vfio-early.service"
#define TYPE1 "vfio_iommu_type1"
#define SCRIPT "00-vfio-early"

/* What waits in an image of each flow, and how it is called when it is judged */
static const char *const flow_names[] = {
	[INITRD_UNKNOWN] = "of a generator that is not known here",
	[INITRD_SYSTEMD] = "with systemd",
	[INITRD_DRACUT] = "of dracut",
	[INITRD_INITRAMFS_TOOLS] = "of initramfs-tools",
	[INITRD_MKINITCPIO] = "of mkinitcpio",
};

static_assert(ARRAY_SIZE(flow_names) == INITRD_FLOWS, "a flow has no name");

/* Its level when something is in the way */
static enum finding_level level_bad(const struct initrd_case *image)
{
	return image->next ? FINDING_FAIL : FINDING_WARN;
}

static bool has(const struct initrd *initrd, const char *path)
{
	return initrd_find(initrd, path);
}

static bool has_link(const struct initrd *initrd, const char *path, const char *target)
{
	const struct initrd_entry *entry = initrd_find(initrd, path);

	return entry && S_ISLNK(entry->mode) && entry->text &&
	       !strcmp(entry->text, target);
}

/* The last entry whose path fits */
static const struct initrd_entry *find_like(const struct initrd *initrd,
					    const char *pattern)
{
	for (size_t i = initrd->count; i-- > 0;)
		if (!fnmatch(pattern, initrd->entries[i].path, 0))
			return &initrd->entries[i];
	return NULL;
}

enum initrd_flow initrd_flow_of(const struct initrd *initrd)
{
	const struct initrd_entry *init = initrd_find(initrd, "init");

	if (init && S_ISLNK(init->mode) && init->text && strstr(init->text, "systemd"))
		return INITRD_SYSTEMD;
	if (has(initrd, "scripts/init-top/ORDER") || has(initrd, "scripts/functions"))
		return INITRD_INITRAMFS_TOOLS;
	if (has(initrd, "config") && has(initrd, "init_functions"))
		return INITRD_MKINITCPIO;
	if (has(initrd, "lib/dracut-lib.sh") || find_like(initrd, "*lib/dracut/hooks/*"))
		return INITRD_DRACUT;
	return INITRD_UNKNOWN;
}

/* ---- what to do ---- */

/* `initramfs-tools` where the image says so; else by what is in it */
static void generator_of(const struct initrd *initrd, char name[static CONFIG_WORD_MAX])
{
	const char *text = initrd_text(initrd, CONFIG_IMAGE_PATH);
	const char *guess = "";

	name[0] = '\0';
	if (text)
		config_image_get(text, "generator", name, CONFIG_WORD_MAX);
	if (*name)
		return;
	if (has(initrd, "scripts/functions"))
		guess = "initramfs-tools";
	else if (has(initrd, "buildconfig") || has(initrd, "init_functions"))
		guess = "mkinitcpio";
	else if (find_like(initrd, "*lib/dracut*"))
		guess = "dracut";
	(void)snprintf(name, CONFIG_WORD_MAX, "%s", guess);
}

/* The command that builds this very image anew */
static void advise_rebuild(const struct initrd_case *image, struct finding *finding)
{
	char generator[CONFIG_WORD_MAX];
	const char *release = *image->release ? image->release : "all";

	generator_of(image->initrd, generator);
	if (!strcmp(generator, "initramfs-tools"))
		finding_advise(finding, "rebuild it: update-initramfs -u -k %s", release);
	else if (!strcmp(generator, "dracut"))
		finding_advise(finding, "rebuild it: dracut --force %s%s",
			       *image->release ? "--kver " : "--regenerate-", release);
	else if (!strcmp(generator, "mkinitcpio"))
		finding_advise(finding, "%srebuild it: mkinitcpio -P",
			       initrd_program(image->initrd) ?
				       "" :
				       "put vfio-early right behind base in HOOKS of "
				       "/etc/mkinitcpio.conf, then ");
}

/* ---- the image ---- */

static void judge_image(const struct initrd_case *image, struct findings *findings)
{
	const struct initrd *initrd = image->initrd;
	const char *kernel = *image->release ? image->release : "unknown";
	const char *filter = *initrd->filter ? initrd->filter : "not compressed";
	const char *flow = flow_names[initrd_flow_of(initrd)];

	if (image->next) {
		findings_add(findings, FINDING_PASS, FINDING_IMAGE, image->subject,
			     "an image %s, for kernel %s: %zu files, %s", flow, kernel,
			     initrd->count, filter);
		return;
	}
	finding_advise(findings_add(findings, FINDING_HINT, FINDING_IMAGE, image->subject,
				    "an image %s, for kernel %s, which %s", flow, kernel,
				    image->fallback ? "is for rescue" :
						      "is not the newest one"),
		       "nothing, unless you choose it in the menu of the boot loader");
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

static void judge_version(const struct initrd_case *image, struct findings *findings)
{
	const char *text = initrd_text(image->initrd, CONFIG_IMAGE_PATH);
	char version[CONFIG_WORD_MAX] = "";
	struct finding *finding;

	if (text)
		config_image_get(text, "version", version, sizeof(version));
	if (!strcmp(version, VFIO_EARLY_VERSION)) {
		findings_add(findings, FINDING_PASS, FINDING_IMAGE_PROGRAM,
			     image->subject, "vfio-early-boot %s is in it", version);
		return;
	}
	finding = findings_add(
		findings, FINDING_WARN, FINDING_IMAGE_PROGRAM, image->subject,
		"vfio-early-boot is in it, but %s%s, not version " VFIO_EARLY_VERSION,
		*version ? "of version " : "nothing says of which version", version);
	advise_rebuild(image, finding);
}

/* Return: it is there and can run */
static bool judge_program(const struct initrd_case *image, struct findings *findings)
{
	const struct initrd_entry *program = initrd_program(image->initrd);
	const char *defect = program ? program_defect(program) : NULL;
	struct finding *finding;

	if (!program && (image->fallback || !image->wanted)) {
		findings_add(findings, FINDING_PASS, FINDING_IMAGE_PROGRAM,
			     image->subject, "vfio-early-boot is not in it%s",
			     image->fallback ? ": it boots with all cards on the host" :
					       ", and nothing is wanted");
		return false;
	}
	if (!program || defect) {
		finding = findings_add(findings, level_bad(image), FINDING_IMAGE_PROGRAM,
				       image->subject,
				       program ? "vfio-early-boot in it %s" :
						 "vfio-early-boot is not in it: no card "
						 "would be reserved%s",
				       program ? defect : "");
		advise_rebuild(image, finding);
		return false;
	}
	judge_version(image, findings);
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
	size_t used = strlen(text);

	for (size_t i = 0; i < one->n_targets && used < size; i++)
		if (!config_has(other, one->targets[i].name))
			used += (size_t)snprintf(text + used, size - used, "; %s is %s",
						 one->targets[i].name, what);
}

static const char *etc_name(const struct initrd_case *image)
{
	return image->given ? "the one given by --config" : "the one in /etc";
}

static void judge_config_stale(const struct initrd_case *image, struct findings *findings)
{
	char text[LIST_TEXT_MAX] = "";
	struct finding *finding;

	targets_only(image->etc, image->inside, "not in it", text, sizeof(text));
	targets_only(image->inside, image->etc, "in it still", text, sizeof(text));
	finding = findings_add(findings, level_bad(image), FINDING_IMAGE_CONFIG,
			       image->subject, "the config in it is not %s%s",
			       etc_name(image), text);
	if (image->given)
		finding_advise(finding, "when you are content with it: put it into "
					"/etc/vfio-early.conf and rebuild the initramfs");
	else
		advise_rebuild(image, finding);
}

bool initrd_config_is_other(const struct initrd_case *image)
{
	return image->etc->n_files != image->inside->n_files ||
	       image->etc->hash != image->inside->hash;
}

static void judge_config(const struct initrd_case *image, struct findings *findings)
{
	const struct config *inside = image->inside;

	if (!image->inside_known || !image->etc_known) {
		finding_advise(findings_add(findings, FINDING_UNKNOWN,
					    FINDING_IMAGE_CONFIG, image->subject,
					    image->etc_known ?
						    "the config in it is behind a link" :
						    "the config in /etc could not be "
						    "read, so it cannot be compared"),
			       image->etc_known ?
				       "make /etc/vfio-early.conf a file, not a link" :
				       "run it as root");
		return;
	}
	if (initrd_config_is_other(image)) {
		/* Its mode or owner alone makes it another one too. */
		if (inside->invalid && inside->fault.error == -EPERM)
			findings_add(findings, level_bad(image), FINDING_IMAGE_CONFIG,
				     image->subject,
				     "the program would refuse the config in it: %s",
				     inside->fault.text);
		else
			judge_config_stale(image, findings);
		return;
	}
	if (inside->invalid)
		findings_add(findings, level_bad(image), FINDING_IMAGE_CONFIG,
			     image->subject, "the config in it has an error: %s",
			     inside->fault.text);
	else
		findings_add(findings, FINDING_PASS, FINDING_IMAGE_CONFIG, image->subject,
			     "the config in it is %s", etc_name(image));
}

/* ---- the order ---- */

/**
 * struct order - does the program run first?
 * @level: FINDING_PASS: it does
 * @why: what shows it
 */
struct order {
	enum finding_level level;
	const char *why;
};

/* Is a word in one of the lines `KEY=...` of a unit? */
static bool unit_names(const char *text, const char *key, const char *word)
{
	size_t n_key = strlen(key), n_word = strlen(word);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, n_key) != 0)
			continue;
		for (const char *at = line + n_key; *at && *at != '\n';) {
			size_t length = strcspn(at, " \t\n");

			if (length == n_word && !strncmp(at, word, length))
				return true;
			at += length + strspn(at + length, " \t");
		}
	}
	return false;
}

static struct order systemd_order(const struct initrd_case *image)
{
	static const char *const later[] = { "systemd-udevd.service",
					     "systemd-udev-trigger.service",
					     "systemd-modules-load.service" };
	const struct initrd *initrd = image->initrd;
	const enum finding_level bad = level_bad(image);
	const char *text = initrd_text(initrd, "lib/systemd/system/" UNIT);

	if (has_link(initrd, "etc/systemd/system/" UNIT, "/dev/null"))
		return (struct order){ bad, UNIT " is masked in it" };
	if (!text)
		text = initrd_text(initrd, "etc/systemd/system/" UNIT);
	if (!text)
		return (struct order){ bad, UNIT " is not in it" };
	if (!find_like(initrd, "*/systemd/system/sysinit.target.wants/" UNIT))
		return (struct order){ bad, "nothing in it starts " UNIT };
	for (size_t i = 0; i < ARRAY_SIZE(later); i++)
		if (!unit_names(text, "Before=", later[i]))
			return (struct order){ bad, UNIT " in it does not run before "
							 "udev and modules-load" };
	return (struct order){ FINDING_PASS, UNIT " runs before udev and modules-load" };
}

/* rd.driver.pre and force_drivers are in the same hook: NN-parse-kernel.sh */
static struct order dracut_order(const struct initrd_case *image)
{
	const struct initrd *initrd = image->initrd;
	const struct initrd_entry *hook =
		find_like(initrd, "*lib/dracut/hooks/cmdline/*-vfio-early.sh");
	const struct initrd_entry *loader =
		find_like(initrd, "*lib/dracut/hooks/cmdline/*-parse-kernel.sh");

	if (!hook)
		return (struct order){ level_bad(image),
				       "no hook in it starts the program" };
	if (loader && strcmp(strrchr(loader->path, '/'), strrchr(hook->path, '/')) < 0)
		return (struct order){ level_bad(image),
				       "its hook comes after the one that loads "
				       "drivers (rd.driver.pre)" };
	return (struct order){ FINDING_PASS,
			       "the first of the hooks `cmdline`, before udev" };
}

static struct order initramfs_tools_order(const struct initrd_case *image)
{
	static const char directory[] = "/scripts/init-top/";
	const struct initrd *initrd = image->initrd;
	const char *line = initrd_text(initrd, "scripts/init-top/ORDER");
	const struct initrd_entry *script =
		initrd_find(initrd, "scripts/init-top/" SCRIPT);
	bool udev = false;

	if (!script || !(script->mode & S_IXUSR))
		return (struct order){ level_bad(image),
				       "scripts/init-top/" SCRIPT " is not in it" };
	for (; line; line = strchr(line, '\n')) {
		size_t length;

		line += *line == '\n';
		if (strncmp(line, directory, sizeof(directory) - 1) != 0)
			continue;
		line += sizeof(directory) - 1;
		length = strcspn(line, " \t\n");
		udev = udev || (length == 4 && !strncmp(line, "udev", 4));
		if (length == sizeof(SCRIPT) - 1 && !strncmp(line, SCRIPT, length))
			return udev ? (struct order){ level_bad(image),
						      SCRIPT " in it runs after udev, "
							     "which loads the drivers" } :
				      (struct order){ FINDING_PASS, "init-top/" SCRIPT
								    " runs before udev" };
	}
	return (struct order){ level_bad(image), "its file ORDER does not run " SCRIPT };
}

/* `EARLYHOOKS="vfio-early udev"` of /config */
static struct order mkinitcpio_order(const struct initrd_case *image)
{
	static const char key[] = "EARLYHOOKS=";
	const struct initrd *initrd = image->initrd;
	const char *text = initrd_text(initrd, "config");
	const struct initrd_entry *hook = initrd_find(initrd, "hooks/vfio-early");
	const char *at = text ? strstr(text, key) : NULL;
	bool udev = false;

	if (!at || !hook)
		return (struct order){ level_bad(image),
				       "no early hook in it starts the program" };
	for (at += sizeof(key) - 1; *at && *at != '\n';) {
		size_t length = strcspn(at, " \t\n\"'");

		udev = udev || (length == 4 && !strncmp(at, "udev", 4));
		if (length == 10 && !strncmp(at, "vfio-early", 10))
			return udev ? (struct order){ FINDING_WARN,
						      "its early hook runs after that of "
						      "udev, whose daemon could be "
						      "faster" } :
				      (struct order){ FINDING_PASS,
						      "its early hook runs before udev" };
		at += length ? length : 1;
	}
	return (struct order){ level_bad(image), "EARLYHOOKS in it lack vfio-early" };
}

static struct order order_of(const struct initrd_case *image)
{
	if (image->preinit)
		return (struct order){ FINDING_PASS,
				       "the kernel starts it in place of /init" };
	switch (initrd_flow_of(image->initrd)) {
	case INITRD_SYSTEMD:
		return systemd_order(image);
	case INITRD_DRACUT:
		return dracut_order(image);
	case INITRD_INITRAMFS_TOOLS:
		return initramfs_tools_order(image);
	case INITRD_MKINITCPIO:
		return mkinitcpio_order(image);
	case INITRD_UNKNOWN:
	case INITRD_FLOWS:
		break;
	}
	return (struct order){ FINDING_UNKNOWN,
			       "who starts the program in it is not known; rdinit= on the "
			       "kernel command line would" };
}

static bool judge_order(const struct initrd_case *image, struct findings *findings)
{
	const struct order order = order_of(image);
	struct finding *finding = findings_add(findings, order.level, FINDING_IMAGE_ORDER,
					       image->subject, "%s", order.why);

	if (order.level == FINDING_UNKNOWN)
		finding_advise(finding, "add rdinit=/usr/lib/" INITRD_PROGRAM
					" to the kernel command line");
	else if (initrd_flow_of(image->initrd) == INITRD_INITRAMFS_TOOLS)
		finding_advise(finding,
			       "remove /etc/initramfs-tools/scripts/init-top/" SCRIPT
			       " if there is one, then rebuild it: "
			       "update-initramfs -u -k %s",
			       *image->release ? image->release : "all");
	else
		advise_rebuild(image, finding);
	return order.level == FINDING_PASS;
}

/* ---- modules ---- */

static void list_format(const struct module_list *list, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < list->count && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "",
					 list->names[i]);
}

static bool list_has(const struct module_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->names[i], name))
			return true;
	return false;
}

/* Of a list, what is in the image, or what is not */
static struct module_list list_inside(const struct initrd_case *image,
				      const struct module_list *list, bool inside)
{
	struct module_list result = { .count = 0 };

	for (size_t i = 0; i < list->count; i++)
		if (initrd_has_module(image->initrd, image->release, list->names[i]) ==
		    inside)
			module_list_add(&result, list->names[i]);
	return result;
}

static bool has_file(const struct initrd_case *image, const char *name)
{
	char path[HOST_NAME_MAX + 64];

	(void)snprintf(path, sizeof(path), "%s%s/%s", initrd_modules(image->initrd),
		       image->release, name);
	return has(image->initrd, path);
}

/**
 * struct lack - what of the modules is not in an image
 * @level: FINDING_PASS: nothing
 * @what: is not there; empty: @modules
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
static struct lack lack_find(const struct initrd_case *image)
{
	struct lack lack = { .level = level_bad(image), .what = "" };

	lack.modules = list_inside(image, &image->needs, false);
	if (lack.modules.count) {
		if (lack.modules.count == 1 && !strcmp(lack.modules.names[0], TYPE1))
			lack.level = FINDING_WARN;
	} else if (image->needs.count && !has_file(image, "modules.dep.bin")) {
		lack.what = "modules.dep.bin, without which no module can be loaded,";
	} else if (list_has(&image->needs, TYPE1) &&
		   !has_file(image, "modules.softdep")) {
		lack.level = FINDING_WARN;
		lack.what = "modules.softdep, which brings " TYPE1 ",";
	} else {
		lack.level = FINDING_PASS;
	}
	return lack;
}

static void judge_modules(const struct initrd_case *image, struct findings *findings)
{
	const struct lack lack = lack_find(image);
	char text[LIST_TEXT_MAX];
	struct finding *finding;

	list_format(&image->missing, text, sizeof(text));
	if (image->missing.count) {
		finding_advise(findings_add(findings, level_bad(image),
					    FINDING_IMAGE_MODULES, image->subject,
					    "kernel %s has no %s", image->release, text),
			       "boot a kernel that has it");
		return;
	}
	list_format(&lack.modules, text, sizeof(text));
	if (lack.level != FINDING_PASS) {
		finding = findings_add(findings, lack.level, FINDING_IMAGE_MODULES,
				       image->subject, "%s %s not in it",
				       *lack.what ? lack.what : text,
				       lack.modules.count > 1 ? "are" : "is");
		advise_rebuild(image, finding);
	} else if (!image->needs_known) {
		finding_advise(findings_add(findings,
					    image->next ? FINDING_UNKNOWN : FINDING_HINT,
					    FINDING_IMAGE_MODULES, image->subject,
					    "which modules kernel %s needs is not known: "
					    "it has no modules.dep here",
					    *image->release ? image->release : "?"),
			       "depmod -a, when that kernel is still installed");
	} else {
		list_format(&image->needs, text, sizeof(text));
		findings_add(findings, FINDING_PASS, FINDING_IMAGE_MODULES,
			     image->subject, "%s%s",
			     image->needs.count ? "VFIO is in it: " :
						  "built into its kernel: VFIO",
			     text);
	}
}

static void judge_host_drivers(const struct initrd_case *image, bool first,
			       struct findings *findings)
{
	const struct module_list inside = list_inside(image, &image->claims, true);
	char text[LIST_TEXT_MAX];

	if (!inside.count || !image->wanted)
		return;
	list_format(&inside, text, sizeof(text));
	if (first)
		findings_add(findings, FINDING_HINT, FINDING_IMAGE_HOST_DRIVER,
			     image->subject,
			     "the host's own drivers for the card are in it too: %s",
			     text);
	else
		finding_advise(findings_add(findings, FINDING_WARN,
					    FINDING_IMAGE_HOST_DRIVER, image->subject,
					    "the host's own drivers for the card are in "
					    "it, and take it: %s",
					    text),
			       "see to it that vfio-early-boot runs first; then they do "
			       "no harm");
}

/* ---- other recipes ---- */

/* Files in which modules are forced in by name */
static bool is_module_list(const char *path)
{
	static const char *const patterns[] = { "conf/modules",
						"etc/modules-load.d/*.conf",
						"lib/modules-load.d/*.conf",
						"etc/cmdline.d/*.conf", "config" };

	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++)
		if (!fnmatch(patterns[i], path, 0))
			return true;
	return false;
}

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

/* kernel 6.2 merged vfio_virqfd into vfio: who names it waits for an error. */
static bool is_stale_virqfd(const struct initrd_case *image,
			    const struct initrd_entry *entry)
{
	return entry->text && is_module_list(entry->path) &&
	       (text_names(entry->text, "vfio_virqfd") ||
		text_names(entry->text, "vfio-virqfd")) &&
	       !initrd_has_module(image->initrd, "", "vfio_virqfd");
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
	if (!cmdline_name_equal(strsep(&line, blanks), "vfio_pci"))
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
	static const char *const patterns[] = {
		"scripts/init-*/*vfio*",
		"hooks/*vfio*",
		"*lib/dracut/hooks/*vfio*.sh",
		"*bin/vfio-pci-override*",
		"*bin/*vfio*bind*",
	};

	if (!S_ISREG(entry->mode) || strstr(entry->path, "vfio-early"))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++)
		if (!fnmatch(patterns[i], entry->path, 0))
			return true;
	return false;
}

static void judge_stale(const struct initrd_case *image, struct findings *findings)
{
	const struct initrd *initrd = image->initrd;

	for (size_t i = 0; i < initrd->count; i++) {
		const struct initrd_entry *entry = &initrd->entries[i];
		const char *what = NULL;

		if (is_stale_virqfd(image, entry))
			what = "forces vfio_virqfd, which its kernel does not have";
		else if (has_ids_option(entry))
			what = "sets ids= of vfio-pci, which takes all cards of that id";
		else if (is_other_script(entry))
			what = "is of another recipe for the same purpose";
		if (what && initrd_find(initrd, entry->path) == entry)
			findings_add(findings, FINDING_WARN, FINDING_IMAGE_STALE,
				     image->subject, "%s in it %s", entry->path, what);
	}
}

void initrd_judge(const struct initrd_case *image, struct findings *findings)
{
	bool first = false;

	judge_image(image, findings);
	if (judge_program(image, findings)) {
		judge_config(image, findings);
		first = judge_order(image, findings);
		if (image->wanted)
			judge_modules(image, findings);
	}
	if (!image->fallback || first)
		judge_host_drivers(image, first, findings);
	judge_stale(image, findings);
}
