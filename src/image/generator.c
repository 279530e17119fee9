// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/generator.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/text.h"
#include "image/mkinitcpio_config.h"
#include "image/ostree_origin.h"
#include "image/snapshot_root.h"
#include "model/record.h"
#include "read/config_read.h"

#define UNIT "vfio-early.service"
#define SCRIPT "00-vfio-early"
#define KERNEL_INSTALL "kernel-install add {release} {kernel}"

/* The last entry whose path fits */
static const struct initrd_entry *find_like(const struct initrd *initrd,
					    const char *pattern)
{
	for (size_t i = initrd->count; i-- > 0;)
		if (!fnmatch(pattern, initrd->entries[i].path, 0))
			return &initrd->entries[i];
	return NULL;
}

static bool has_link(const struct initrd *initrd, const char *path, const char *target)
{
	const struct initrd_entry *entry = initrd_find(initrd, path);

	return entry && S_ISLNK(entry->mode) && entry->text &&
	       !strcmp(entry->text, target);
}

/* ---- images that start systemd, whichever generator made them ---- */

static bool starts_systemd(const struct initrd *initrd)
{
	const struct initrd_entry *init = initrd_find(initrd, "init");

	return init && S_ISLNK(init->mode) && init->text && strstr(init->text, "systemd");
}

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

static struct image_start systemd_start(const struct initrd *initrd)
{
	static const char *const later[] = { "systemd-udevd.service",
					     "systemd-udev-trigger.service",
					     "systemd-modules-load.service" };
	const char *text = initrd_text(initrd, "lib/systemd/system/" UNIT);

	if (has_link(initrd, "etc/systemd/system/" UNIT, "/dev/null"))
		return (struct image_start){ IMAGE_ORDER_LATE, UNIT " is masked in it" };
	if (!text)
		text = initrd_text(initrd, "etc/systemd/system/" UNIT);
	if (!text)
		return (struct image_start){ IMAGE_ORDER_LATE, UNIT " is not in it" };
	if (!find_like(initrd, "*/systemd/system/sysinit.target.wants/" UNIT))
		return (struct image_start){ IMAGE_ORDER_LATE,
					     "nothing in it starts " UNIT };
	for (size_t i = 0; i < ARRAY_SIZE(later); i++)
		if (!unit_names(text, "Before=", later[i]))
			return (struct image_start){ IMAGE_ORDER_LATE,
						     UNIT " in it does not run before "
							  "udev and modules-load" };
	return (struct image_start){ IMAGE_ORDER_FIRST,
				     UNIT " runs before udev and modules-load" };
}

/* ---- one function for each generator ---- */

/* rd.driver.pre and force_drivers are in the same hook: NN-parse-kernel.sh */
static struct image_start dracut_start(const struct initrd *initrd)
{
	const struct initrd_entry *hook =
		find_like(initrd, "*lib/dracut/hooks/cmdline/*-vfio-early.sh");
	const struct initrd_entry *loader =
		find_like(initrd, "*lib/dracut/hooks/cmdline/*-parse-kernel.sh");

	if (!hook)
		return (struct image_start){ IMAGE_ORDER_LATE,
					     "no hook in it starts the program" };
	if (loader && strcmp(strrchr(loader->path, '/'), strrchr(hook->path, '/')) < 0)
		return (struct image_start){ IMAGE_ORDER_LATE,
					     "its hook comes after the one that loads "
					     "drivers (rd.driver.pre)" };
	return (struct image_start){ IMAGE_ORDER_FIRST,
				     "the first of the hooks `cmdline`, before udev" };
}

/* scripts/init-top/ORDER: a line for each script that is run */
static struct image_start initramfs_tools_start(const struct initrd *initrd)
{
	static const char directory[] = "/scripts/init-top/";
	const char *line = initrd_text(initrd, "scripts/init-top/ORDER");
	const struct initrd_entry *script =
		initrd_find(initrd, "scripts/init-top/" SCRIPT);
	bool udev = false;

	if (!script || !(script->mode & S_IXUSR))
		return (struct image_start){ IMAGE_ORDER_LATE,
					     "scripts/init-top/" SCRIPT " is not in it" };
	for (; line; line = strchr(line, '\n')) {
		size_t length;

		line += *line == '\n';
		if (strncmp(line, directory, sizeof(directory) - 1) != 0)
			continue;
		line += sizeof(directory) - 1;
		length = strcspn(line, " \t\n");
		udev = udev || (length == 4 && !strncmp(line, "udev", 4));
		if (length != sizeof(SCRIPT) - 1 || strncmp(line, SCRIPT, length) != 0)
			continue;
		if (udev)
			return (struct image_start){ IMAGE_ORDER_LATE,
						     SCRIPT " in it runs after udev, "
							    "which loads the drivers" };
		return (struct image_start){ IMAGE_ORDER_FIRST,
					     "init-top/" SCRIPT " runs before udev" };
	}
	return (struct image_start){ IMAGE_ORDER_LATE,
				     "its file ORDER does not run " SCRIPT };
}

/* `EARLYHOOKS="vfio-early udev"` of /config */
static struct image_start mkinitcpio_start(const struct initrd *initrd)
{
	static const char key[] = "EARLYHOOKS=";
	const char *text = initrd_text(initrd, "config");
	const struct initrd_entry *hook = initrd_find(initrd, "hooks/vfio-early");
	const char *at = text ? strstr(text, key) : NULL;
	bool udev = false;

	if (!at || !hook)
		return (struct image_start){ IMAGE_ORDER_LATE,
					     "no early hook in it starts the program" };
	for (at += sizeof(key) - 1; *at && *at != '\n';) {
		size_t length = strcspn(at, " \t\n\"'");

		udev = udev || (length == 4 && !strncmp(at, "udev", 4));
		if (length == 10 && !strncmp(at, "vfio-early", 10))
			return udev ? (struct image_start){ IMAGE_ORDER_RACE,
							    "its early hook runs after "
							    "that of udev, whose daemon "
							    "can be faster" } :
				      (struct image_start){ IMAGE_ORDER_FIRST,
							    "its early hook runs before "
							    "udev" };
		at += length ? length : 1;
	}
	return (struct image_start){ IMAGE_ORDER_LATE,
				     "EARLYHOOKS in it lack vfio-early" };
}

/* ---- the table ---- */

/* Alpine's mkinitfs, NixOS, Gentoo's ugrd and genkernel: only an extra cpio works. */
static const char no_hook[] =
	"vfio-early has no hook for what builds this image: load the archive of "
	"`vfio-early --make-cpio` after the image, with rdinit= "
	"(vfio-early-initramfs(7), ANY OTHER INITRAMFS)";

/* The first whose signs are in an image is its generator. */
const struct generator generators[] = {
	{
		.name = "initramfs-tools",
		.kind = "of initramfs-tools",
		.signs = { "scripts/init-top/ORDER", "scripts/functions" },
		.start = initramfs_tools_start,
		.kept = { "scripts/init-top/ORDER" },
		.lists = { "conf/modules" },
		.scripts = { "scripts/init-*/*vfio*" },
		/* Debian, Ubuntu, Proxmox */
		.places = { { "boot/initrd.img-*", NAMED_FILE } },
		.rebuild = { { "etc/kernelstub/configuration", NULL,
			       "update-initramfs -u -k {release}, then kernelstub" },
			     { "etc/kernelstub/configuration", NULL,
			       "update-initramfs -u -k all, then kernelstub" },
			     { NULL, NULL, "update-initramfs -u -k {release}" },
			     { NULL, NULL, "update-initramfs -u -k all" } },
		.shadow = "/etc/initramfs-tools/scripts/init-top/" SCRIPT,
	},
	{
		.name = "mkinitcpio",
		.kind = "of mkinitcpio",
		.signs = { "buildconfig", "init_functions" },
		.start = mkinitcpio_start,
		.lists = { "config" },
		.scripts = { "hooks/*vfio*" },
		.places = { { "boot/initramfs-*.img", NAMED_FILE } },
		/* Without presets, -P builds nothing. */
		.rebuild = { { "usr/bin/limine-mkinitcpio", NULL, "limine-mkinitcpio" },
			     { "usr/bin/kernel-install", "*/{release}/initrd",
			       KERNEL_INSTALL },
			     { "etc/mkinitcpio.d", NULL, "mkinitcpio -P" },
			     { NULL, "*.efi", "mkinitcpio -k {release} -U {file}" },
			     { NULL, NULL, "mkinitcpio -k {release} -g {file}" },
			     { NULL, NULL, "mkinitcpio -P" } },
		.hooks_named = true,
	},
	{
		.name = "dracut",
		.kind = "of dracut",
		.signs = { "lib/dracut-lib.sh", "*lib/dracut/*" },
		.start = dracut_start,
		.lists = { "etc/cmdline.d/*.conf" },
		.scripts = { "*lib/dracut/hooks/*vfio*.sh" },
		.places = { { "boot/initramfs-*.img", NAMED_FILE }, /* Fedora, Arch */
			    { "boot/initrd-*", NAMED_FILE } }, /* openSUSE */
		/*
		 * Where it writes without a file's name depends on what is mounted, and
		 * on initrdname of its settings, which Debian has.
		 */
		.rebuild = { { "usr/bin/limine-dracut", NULL, "limine-dracut" },
			     { "usr/bin/dracut-rebuild", NULL, "dracut-rebuild" },
			     { NULL, "/boot/initrd-{release}",
			       "dracut --force {file} {release}" },
			     { "usr/bin/sdbootutil", NULL, "sdbootutil mkinitrd" },
			     { "usr/bin/kernel-install", "*-{release}.efi",
			       KERNEL_INSTALL },
			     { NULL, "*.efi", "dracut --force --uefi {file} {release}" },
			     { NULL, NULL, "dracut --force {file} {release}" },
			     { NULL, NULL, "dracut --force --regenerate-all" } },
	},
	{
		/*
		 * An init of its own, without hooks; its configuration is in the image.
		 */
		.name = "booster",
		.kind = "of booster",
		.signs = { "etc/booster.init.yaml" },
		.places = { { "boot/booster-*.img", NAMED_FILE } },
		.before = "booster has no hook for vfio-early: load the archive of "
			  "`vfio-early --make-cpio` after the image, with rdinit= "
			  "(vfio-early-initramfs(7))",
	},
	{
		/* `--make-cpio`: an archive behind the distribution's image */
		.name = "cpio",
		.kind = "of vfio-early --make-cpio",
		.signs = { NULL },
		.rebuild = { { NULL, NULL,
			       "vfio-early --make-cpio FILE, where FILE is the archive "
			       "that is loaded after it" } },
	},
};

const size_t n_generators = ARRAY_SIZE(generators);

/* What all of them may write */
static const char *const kept_always[] = {
	CONFIG_PATH,
	CONFIG_DIR "/*.conf",
	CONFIG_IMAGE_PATH,
	RECORD_PATH,
	"lib/systemd/system/" UNIT,
	"etc/systemd/system/" UNIT,
	"etc/modprobe.d/*.conf",
	"lib/modprobe.d/*.conf",
	NULL,
};
static const char *const lists_always[] = { "etc/modules-load.d/*.conf",
					    "lib/modules-load.d/*.conf", NULL };
static const char *const scripts_always[] = { "*bin/vfio-pci-override*",
					      "*bin/*vfio*bind*", NULL };

/* ---- questions to the table ---- */

static bool fits_any(const char *path, const char *const *patterns)
{
	for (; *patterns; patterns++)
		if (!fnmatch(*patterns, path, 0))
			return true;
	return false;
}

static bool made_by(const struct generator *generator, const struct initrd *initrd)
{
	for (size_t i = 0; generator->signs[i]; i++)
		if (find_like(initrd, generator->signs[i]))
			return true;
	return false;
}

/* By the files of an image alone */
static const struct generator *generator_by_signs(const struct initrd *initrd)
{
	for (size_t i = 0; i < n_generators; i++)
		if (made_by(&generators[i], initrd))
			return &generators[i];
	return NULL;
}

static const struct generator *generator_of(const struct initrd *initrd)
{
	const char *text = initrd_text(initrd, CONFIG_IMAGE_PATH);
	char name[CONFIG_WORD_MAX] = "";

	if (text)
		config_image_get(text, "generator", name, sizeof(name));
	if (!*name)
		return generator_by_signs(initrd);
	for (size_t i = 0; i < n_generators; i++)
		if (!strcmp(generators[i].name, name))
			return &generators[i];
	return NULL;
}

const char *generator_kind(const struct initrd *initrd)
{
	const struct generator *generator = generator_by_signs(initrd);

	if (starts_systemd(initrd))
		return "with systemd";
	return generator ? generator->kind : "of an unknown generator";
}

struct image_start generator_start(const struct initrd *initrd)
{
	const struct generator *generator = generator_by_signs(initrd);

	if (starts_systemd(initrd))
		return systemd_start(initrd);
	if (generator && generator->start)
		return generator->start(initrd);
	return (struct image_start){
		IMAGE_ORDER_UNKNOWN, "it is not known whether anything in it starts the "
				     "program; rdinit= on the kernel command line would"
	};
}

const char *generator_shadow(const struct initrd *initrd)
{
	const struct generator *generator = generator_by_signs(initrd);

	return generator && !starts_systemd(initrd) ? generator->shadow : NULL;
}

const char *generator_sign(const char *path)
{
	for (size_t i = 0; i < n_generators; i++)
		for (size_t j = 0; generators[i].signs[j]; j++)
			if (!fnmatch(generators[i].signs[j], path, 0))
				return generators[i].signs[j];
	return NULL;
}

bool generator_is_list(const char *path)
{
	for (size_t i = 0; i < n_generators; i++)
		if (fits_any(path, generators[i].lists))
			return true;
	return fits_any(path, lists_always);
}

bool generator_keeps(const char *path)
{
	for (size_t i = 0; i < n_generators; i++)
		if (fits_any(path, generators[i].kept))
			return true;
	return fits_any(path, kept_always) || generator_is_list(path);
}

bool generator_is_script(const char *path)
{
	for (size_t i = 0; i < n_generators; i++)
		if (fits_any(path, generators[i].scripts))
			return true;
	return fits_any(path, scripts_always);
}

/* Values for the marks of a template */
struct built {
	const char *file;
	const char *release;
	char kernel[GENERATOR_TEXT_MAX];
};

/* Debian keeps kernels in /boot only, the others below /usr/lib/modules. */
static void kernel_find(const struct sysroot *root, struct built *built)
{
	char path[GENERATOR_TEXT_MAX];

	(void)snprintf(path, sizeof(path), "lib/modules/%.200s/vmlinuz", built->release);
	(void)snprintf(built->kernel, sizeof(built->kernel), "/boot/vmlinuz-%.200s",
		       built->release);
	if (sysroot_exists(root->fd, path) ||
	    !sysroot_exists(root->fd, built->kernel + 1))
		(void)snprintf(built->kernel, sizeof(built->kernel), "/usr/%.300s", path);
}

/* The mark at the start of a template: its length and its value */
static size_t mark_length(const char *template, const struct built *built,
			  const char **ret_word)
{
	const struct {
		const char *mark;
		const char *word;
	} marks[] = { { "{release}", built->release },
		      { "{file}", built->file },
		      { "{kernel}", built->kernel } };

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (!strncmp(template, marks[i].mark, strlen(marks[i].mark))) {
			*ret_word = marks[i].word;
			return strlen(marks[i].mark);
		}
	return 0;
}

/* Marks filled in; false: there is no release */
static bool template_fill(const char *template, const struct built *built,
			  char text[static GENERATOR_TEXT_MAX])
{
	size_t used = 0;

	while (*template && used < GENERATOR_TEXT_MAX - 1) {
		const char *word = NULL;

		template += mark_length(template, built, &word);
		if (!word)
			text[used++] = *template ++;
		else if (!*word)
			return false;
		else
			used += (size_t)snprintf(text + used, GENERATOR_TEXT_MAX - used,
						 "%s", word);
	}
	text[used < GENERATOR_TEXT_MAX ? used : GENERATOR_TEXT_MAX - 1] = '\0';
	return true;
}

static bool row_fits(const struct sysroot *root, const struct rebuild_row *row,
		     const struct built *built)
{
	char pattern[GENERATOR_TEXT_MAX];

	if (row->sign && !sysroot_exists(root->fd, row->sign))
		return false;
	return !row->image || (template_fill(row->image, built, pattern) &&
			       !fnmatch(pattern, built->file, 0));
}

void generator_rebuild(const struct sysroot *root, const struct initrd *initrd,
		       const char *file, const char *release, struct rebuild *ret_rebuild)
{
	const struct generator *generator = generator_of(initrd);
	struct rebuild rebuild = { .before = "", .command = "" };
	struct built built = { .file = file, .release = release }, typed;

	kernel_find(root, &built);
	typed = (struct built){ .file = SHELL_WORD(file),
				.release = *release ? SHELL_WORD(release) : "" };
	(void)text_shell(built.kernel, typed.kernel, sizeof(typed.kernel));
	if (generator && generator->hooks_named && !initrd_program(initrd))
		mkinitcpio_prepare(root, file, rebuild.before);
	else if (generator && generator->before && !initrd_program(initrd))
		(void)snprintf(rebuild.before, sizeof(rebuild.before), "%s",
			       generator->before);
	else if (!generator && initrd_find(initrd, "init") && !initrd_program(initrd))
		(void)snprintf(rebuild.before, sizeof(rebuild.before), "%s", no_hook);
	/* The initramfs of an image-based system is built by its own tool. */
	if (sysroot_exists(root->fd, "run/ostree-booted"))
		ostree_origin_rebuild(root, rebuild.command);
	else if (!strncmp(file, "/boot/initrd", 12) && snapshot_root_is(root))
		(void)snprintf(rebuild.command, sizeof(rebuild.command),
			       "transactional-update --continue initrd (it is in the "
			       "next snapshot: reboot, and check again)");
	for (size_t i = 0; generator && i < GENERATOR_COMMANDS_MAX; i++) {
		const struct rebuild_row *row = &generator->rebuild[i];

		if (*rebuild.command || !row->command)
			break;
		if (row_fits(root, row, &built) &&
		    !template_fill(row->command, &typed, rebuild.command))
			*rebuild.command = '\0';
	}
	*ret_rebuild = rebuild;
}
