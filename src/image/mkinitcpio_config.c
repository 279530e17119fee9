// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/mkinitcpio_config.h"

#include <stdio.h>
#include <string.h>

#include "base/lines.h"

#define CONF "etc/mkinitcpio.conf"
#define HOOK "vfio-early"
#define SEPARATORS " \t()\"'"

/* ---- HOOKS ---- */

/**
 * struct hooks - the effective list
 * @file: the last that assigns it, below the root
 * @ours: our hook is in it
 * @base: `base` is in it
 * @open: the list goes on in the next line
 */
struct hooks {
	char file[SYSROOT_PATH_MAX];
	bool ours;
	bool base;
	bool open;
};

static void words_take(struct hooks *hooks, const char *text)
{
	char word[LINES_WORD_MAX];

	hooks->open = hooks->open && !strchr(text, ')');
	while (lines_word(&text, SEPARATORS, word) && *word != '#') {
		hooks->ours = hooks->ours || !strcmp(word, HOOK);
		hooks->base = hooks->base || !strcmp(word, "base");
	}
}

/* HOOKS=(base udev ...), HOOKS="base udev ...", HOOKS+=(...), over several lines */
static void hooks_take(const struct line *line, void *context)
{
	static const char name[] = "HOOKS";
	struct hooks *hooks = context;
	const char *text = line->text;

	if (hooks->open) {
		words_take(hooks, text);
		return;
	}
	if (strncmp(text, name, sizeof(name) - 1) != 0)
		return;
	text += sizeof(name) - 1;
	if (*text == '=')
		*hooks = (struct hooks){ .ours = false };
	else if (strncmp(text, "+=", 2) != 0)
		return;
	/*
	 * A hook that is added later may come after udev, so only the list itself is
	 * changed.
	 */
	if (*text == '=')
		(void)snprintf(hooks->file, sizeof(hooks->file), "%s", line->path);
	text += strspn(text, "+=");
	hooks->open = *text == '(';
	words_take(hooks, text);
}

/* ---- presets ---- */

/**
 * struct preset - the preset that writes an image, as far as it was read
 * @image: name of its file
 * @name: of the preset: default; empty: not found yet
 * @config: its configuration; empty: the usual one
 * @config_all: that of all presets of this file
 */
struct preset {
	const char *image;
	char name[64];
	char config[SYSROOT_PATH_MAX];
	char config_all[SYSROOT_PATH_MAX];
};

/* `default_image="/boot/initramfs-linux.img"`, `default_uki=...`, `ALL_config=...` */
static void preset_take(const struct line *line, void *context)
{
	struct preset *preset = context;
	const char *equals = strchr(line->text, '='), *key, *slash;
	char value[LINES_WORD_MAX] = "";
	size_t n_name;

	if (!equals)
		return;
	key = memchr(line->text, '_', (size_t)(equals - line->text));
	if (!key)
		return;
	n_name = (size_t)(key - line->text);
	equals++;
	(void)lines_word(&equals, SEPARATORS, value);
	slash = strrchr(value, '/');
	if ((!strncmp(key, "_image=", 7) || !strncmp(key, "_uki=", 5) ||
	     !strncmp(key, "_efi_image=", 11)) &&
	    !strcmp(slash ? slash + 1 : value, preset->image))
		(void)snprintf(preset->name, sizeof(preset->name), "%.*s", (int)n_name,
			       line->text);
	else if (!strncmp(line->text, "ALL_config=", 11))
		(void)snprintf(preset->config_all, sizeof(preset->config_all), "%.250s",
			       value);
	else if (!strncmp(key, "_config=", 8) && strlen(preset->name) == n_name &&
		 !strncmp(preset->name, line->text, n_name))
		(void)snprintf(preset->config, sizeof(preset->config), "%.250s", value);
}

static void presets_read(const struct sysroot *root, struct preset *preset)
{
	(void)lines_read_all(root, "etc/mkinitcpio.d", ".preset", preset_take, preset);
	/* A line of its own may stand in front of the one with the image. */
	if (*preset->name)
		(void)lines_read_all(root, "etc/mkinitcpio.d", ".preset", preset_take,
				     preset);
}

void mkinitcpio_prepare(const struct sysroot *root, const char *file,
			char before[static GENERATOR_TEXT_MAX])
{
	struct preset preset = { .image = strrchr(file, '/') + 1 };
	struct hooks hooks = { .file = CONF, .base = true };
	const char *config;

	*before = '\0';
	presets_read(root, &preset);
	config = *preset.config ? preset.config : preset.config_all;
	if (*config == '/' && strcmp(config + 1, CONF) != 0) {
		(void)snprintf(hooks.file, sizeof(hooks.file), "%s", config + 1);
		(void)lines_read(root, config + 1, hooks_take, &hooks);
	} else {
		(void)lines_read(root, CONF, hooks_take, &hooks);
		(void)lines_read_all(root, CONF ".d", ".conf", hooks_take, &hooks);
	}
	if (!hooks.ours)
		(void)snprintf(before, GENERATOR_TEXT_MAX,
			       "put " HOOK " %s in HOOKS of /%.200s",
			       hooks.base ? "right behind base" : "first", hooks.file);
}
