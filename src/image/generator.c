// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/generator.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "read/config_read.h"

#define UNIT "vfio-early.service"
#define SCRIPT "00-vfio-early"

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
							    "could be faster" } :
				      (struct image_start){ IMAGE_ORDER_FIRST,
							    "its early hook runs before "
							    "udev" };
		at += length ? length : 1;
	}
	return (struct image_start){ IMAGE_ORDER_LATE,
				     "EARLYHOOKS in it lack vfio-early" };
}

/* ---- the table ---- */

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
		.rebuild = "update-initramfs -u -k ",
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
		.rebuild_all = "mkinitcpio -P",
		.enable = "put vfio-early right behind base in HOOKS of "
			  "/etc/mkinitcpio.conf",
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
		.rebuild = "dracut --force --kver ",
		.rebuild_all = "dracut --force --regenerate-all",
	},
	{
		/* An init of its own, without hooks; its configuration is in the image. */
		.name = "booster",
		.kind = "of booster",
		.signs = { "etc/booster.init.yaml" },
		.places = { { "boot/booster-*.img", NAMED_FILE } },
	},
	{
		/* `--make-cpio`: an archive behind the distribution's image */
		.name = "cpio",
		.kind = "of vfio-early --make-cpio",
		.signs = { NULL },
	},
};

const size_t n_generators = ARRAY_SIZE(generators);

/* What all of them may write */
static const char *const kept_always[] = {
	CONFIG_PATH,
	CONFIG_DIR "/*.conf",
	CONFIG_IMAGE_PATH,
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

const struct generator *generator_of(const struct initrd *initrd)
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
	return generator ? generator->kind : "of a generator that is not known here";
}

struct image_start generator_start(const struct initrd *initrd)
{
	const struct generator *generator = generator_by_signs(initrd);

	if (starts_systemd(initrd))
		return systemd_start(initrd);
	if (generator && generator->start)
		return generator->start(initrd);
	return (struct image_start){ IMAGE_ORDER_UNKNOWN,
				     "who starts the program in it is not known; rdinit= "
				     "on the kernel command line would" };
}

const char *generator_shadow(const struct initrd *initrd)
{
	const struct generator *generator = generator_by_signs(initrd);

	return generator && !starts_systemd(initrd) ? generator->shadow : NULL;
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

void generator_rebuild(const struct initrd *initrd, const char *release, char *text,
		       size_t size)
{
	const struct generator *generator = generator_of(initrd);
	const char *one = generator ? generator->rebuild : NULL;
	const char *all = generator ? generator->rebuild_all : NULL;

	if (!one || (all && !*release))
		(void)snprintf(text, size, "%s", all ? all : "");
	else
		(void)snprintf(text, size, "%s%s", one, *release ? release : "all");
}
