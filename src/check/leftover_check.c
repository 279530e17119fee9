// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/scene.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/lines.h"
#include "model/cmdline.h"
#include "model/vfio_ids.h"
#include "plan/card.h"

#define ORIGIN_MAX FINDING_SUBJECT_MAX
#define LINE_TEXT_MAX 2048
#define LISTS_MAX 8

/* A list of ids for vfio-pci */
struct list {
	char origin[ORIGIN_MAX];
	char file[ORIGIN_MAX];
	char ids[LINE_TEXT_MAX];
	bool in_cmdline;
};

/* What every judge looks at */
struct view {
	const struct host *host;
	const struct plan *plan;
	struct findings *findings;
	char last[ORIGIN_MAX]; /* file that was spoken of last */
	struct list lists[LISTS_MAX];
	size_t n_lists;
};

static bool starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

/* Module names: '-' and '_' are equal. */
static bool word_is(const char *word, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (cmdline_name_equal(word, names[i]))
			return true;
	return false;
}

static bool is_vfio_module(const char *word)
{
	static const char *const names[] = { "vfio", "vfio_pci", "vfio_pci_core",
					     "vfio_iommu_type1", "vfio_virqfd" };

	return word_is(word, names, ARRAY_SIZE(names));
}

static bool is_card_driver(const char *word)
{
	static const char *const names[] = {
		"nouveau",	  "nvidia",	"nvidia_drm",	 "nvidia_modeset",
		"nvidiafb",	  "nvidia_uvm", "amdgpu",	 "radeon",
		"i915",		  "xe",		"snd_hda_intel", "xhci_pci",
		"i2c_nvidia_gpu", "ucsi_ccg",
	};

	return word_is(word, names, ARRAY_SIZE(names));
}

static void origin_format(const struct line *line, char origin[static ORIGIN_MAX])
{
	(void)snprintf(origin, ORIGIN_MAX, "/%.140s:%u", line->path, line->number);
}

/* ---- vfio-pci.ids ---- */

/* Functions that an entry of the list takes and no target does */
struct taking {
	size_t others[PLAN_FUNCTIONS_MAX];
	size_t n_others;
	size_t wanted;
};

static void taking_add(struct taking *taking, size_t function)
{
	for (size_t i = 0; i < taking->n_others; i++)
		if (taking->others[i] == function)
			return;
	if (taking->n_others < PLAN_FUNCTIONS_MAX)
		taking->others[taking->n_others++] = function;
}

/* Bridges are refused by vfio-pci (vfio_pci_core_register_device()). */
static void entry_judge(const struct view *view, const struct vfio_id *id,
			struct taking *taking)
{
	for (size_t i = 0; i < view->host->n_functions; i++) {
		const struct host_function *function = &view->host->functions[i];

		if (!vfio_id_matches(id, function) ||
		    (function->has_header && function->header_type))
			continue;
		if (card_any_reserves(view->plan, i))
			taking->wanted++;
		else
			taking_add(taking, i);
	}
}

static void entries_judge(const struct view *view, const char *origin, const char *ids,
			  struct taking *taking)
{
	const char *cursor = ids, *end = ids + strlen(ids);
	struct vfio_id id;

	while (vfio_ids_next(&cursor, end, &id))
		if (id.valid)
			entry_judge(view, &id, taking);
		else
			findings_add(
				view->findings, FINDING_WARN, FINDING_LEFTOVER_IDS,
				origin,
				"vfio-pci.ids: \"%.*s\" is no id, the kernel ignores "
				"it",
				(int)id.length, id.text);
	if (end > ids && end[-1] == ',')
		findings_add(view->findings, FINDING_WARN, FINDING_LEFTOVER_IDS, origin,
			     "vfio-pci.ids ends in a comma: a blank cuts the list, and "
			     "what comes behind it is ignored");
}

/* Without a config the old list is what reserves: the way over comes first. */
static void ids_keep(const struct view *view, const struct list *list,
		     const struct taking *taking)
{
	char text[CARD_TEXT_MAX];

	card_mention_all(view->host, taking->others, taking->n_others, text);
	finding_advise(
		findings_add(view->findings, FINDING_HINT, FINDING_LEFTOVER_IDS,
			     list->origin,
			     "vfio-pci.ids=%.120s is what gives cards to vfio-pci, as "
			     "there is no config: %s",
			     list->ids, taking->n_others ? text : "none that is here"),
		"first make a config of it: vfio-early --suggest --from-ids \"$(cat "
		"%.140s)\"; put it into /etc/vfio-early.conf, rebuild the initramfs and "
		"check again; only then remove the list",
		list->file);
}

static void list_judge(const struct view *view, const struct list *list)
{
	struct taking taking = { .wanted = 0 };
	char text[CARD_TEXT_MAX];

	if (strlen(list->ids) > VFIO_IDS_MAX) {
		findings_add(view->findings, FINDING_HINT, FINDING_LEFTOVER_IDS,
			     list->origin,
			     "vfio-pci.ids has more than %d bytes: the kernel refuses it",
			     VFIO_IDS_MAX);
		return;
	}
	entries_judge(view, list->origin, list->ids, &taking);
	if (!view->plan->n_targets) {
		ids_keep(view, list, &taking);
	} else if (taking.n_others) {
		card_mention_all(view->host, taking.others, taking.n_others, text);
		findings_add(view->findings, FINDING_WARN, FINDING_LEFTOVER_IDS,
			     list->origin,
			     "in conflict: vfio-pci.ids=%.120s also takes what no target "
			     "reserves: %s",
			     list->ids, text);
	} else {
		findings_add(view->findings, FINDING_HINT, FINDING_LEFTOVER_IDS,
			     list->origin, "superfluous: vfio-pci.ids=%.120s %s",
			     list->ids,
			     taking.wanted ? "takes only what a target reserves" :
					     "matches nothing on this machine");
	}
}

static void list_add(struct view *view, const char *origin, const char *file,
		     const char *ids)
{
	struct list *list;

	if (view->n_lists == LISTS_MAX)
		return;
	list = &view->lists[view->n_lists++];
	(void)snprintf(list->origin, sizeof(list->origin), "%s", origin);
	(void)snprintf(list->file, sizeof(list->file), "%s", file);
	(void)snprintf(list->ids, sizeof(list->ids), "%s", ids);
}

/*
 * The parameter is one string: the last occurrence counts. libkmod hands over what is in
 * modprobe.d first, then what the kernel command line has (libkmod-config.c).
 */
static void lists_judge(const struct view *view)
{
	const struct list *last = NULL;

	for (size_t i = 0; i < view->n_lists; i++)
		if (!last || view->lists[i].in_cmdline || !last->in_cmdline)
			last = &view->lists[i];
	for (size_t i = 0; i < view->n_lists; i++) {
		if (&view->lists[i] == last)
			list_judge(view, last);
		else
			finding_advise(
				findings_add(view->findings, FINDING_HINT,
					     FINDING_LEFTOVER_IDS, view->lists[i].origin,
					     "vfio-pci.ids=%.120s does not count: that of "
					     "%s comes later",
					     view->lists[i].ids, last->origin),
				"remove it");
	}
}

/* ---- the kernel command line ---- */

static void blacklist_judge(const struct view *view, const char *origin,
			    const char *driver)
{
	if (is_card_driver(driver))
		findings_add(view->findings, FINDING_HINT, FINDING_LEFTOVER_MODULE,
			     origin,
			     "superfluous, if it was to keep %s off the card; it also "
			     "keeps it off the host's other cards",
			     driver);
}

static void framebuffer_judge(const struct view *view, const char *word)
{
	const struct host *host = view->host;
	char address[PCI_ADDRESS_TEXT];

	for (size_t i = 0; i < host->n_functions; i++) {
		const struct host_function *function = &host->functions[i];

		if (!*function->framebuffer)
			continue;
		pci_address_format(&function->address, address);
		finding_advise(
			findings_add(view->findings, FINDING_HINT,
				     FINDING_LEFTOVER_MODULE, "kernel command line",
				     "%s has no effect: %s holds the framebuffer of %s",
				     word, address, function->framebuffer),
			"remove it: simpledrm does not read video=, and kernels built "
			"with LTO do not find sysfb_init");
		return;
	}
}

static void parameter_judge(struct view *view, const char *name, const char *value)
{
	static const char *const blacklists[] = { "modprobe.blacklist",
						  "module_blacklist",
						  "rd.driver.blacklist" };
	static const char origin[] = "kernel command line";
	char word[LINES_WORD_MAX], parameter[LINE_TEXT_MAX];
	const char *cursor = value;

	if (cmdline_name_equal(name, "vfio-pci.ids"))
		list_add(view, origin, "/proc/cmdline", value);
	if (cmdline_name_equal(name, "rd.driver.pre"))
		while (lines_word(&cursor, ",", word))
			if (is_vfio_module(word))
				findings_add(view->findings, FINDING_HINT,
					     FINDING_LEFTOVER_DRIVERS, origin,
					     "superfluous: rd.driver.pre=%s", word);
	if (word_is(name, blacklists, ARRAY_SIZE(blacklists)))
		while (lines_word(&cursor, ",", word))
			blacklist_judge(view, origin, word);
	(void)snprintf(parameter, sizeof(parameter), "%s=%s", name, value);
	if (!strcmp(parameter, "initcall_blacklist=sysfb_init") ||
	    (!strcmp(name, "video") && strstr(value, "fb:off")))
		framebuffer_judge(view, parameter);
}

static void cmdline_judge(const char *cmdline, struct view *view)
{
	char name[64], value[LINE_TEXT_MAX - 128];

	while (cmdline_next(&cmdline, name, sizeof(name), value, sizeof(value)))
		parameter_judge(view, name, value);
	for (size_t i = 0; i < view->n_lists; i++)
		view->lists[i].in_cmdline = true;
}

/* ---- lists of modules ---- */

static void virqfd_judge(const struct view *view, const char *origin)
{
	const struct host *host = view->host;
	bool gone = host->kernel_major > 6 ||
		    (host->kernel_major == 6 && host->kernel_minor >= 2);

	findings_add(view->findings, gone ? FINDING_WARN : FINDING_HINT,
		     FINDING_LEFTOVER_VIRQFD, origin,
		     "vfio_virqfd is named, which %s: the initramfs may fail to build",
		     gone ? "this kernel does not have any more" :
			    "kernels since 6.2 do not have");
}

/* One word of a list of modules for the initramfs or for boot */
static void listed_judge(const struct view *view, const char *origin, const char *word)
{
	if (cmdline_name_equal(word, "vfio_virqfd"))
		virqfd_judge(view, origin);
	else if (is_vfio_module(word))
		findings_add(view->findings, FINDING_HINT, FINDING_LEFTOVER_DRIVERS,
			     origin, "superfluous: %s", word);
	else if (is_card_driver(word))
		finding_advise(findings_add(view->findings, FINDING_HINT,
					    FINDING_LEFTOVER_DRIVERS, origin,
					    "%s is loaded early; vfio-early-boot has to "
					    "run ahead of it",
					    word),
			       "keep it if the host's own card needs it");
}

/* The kernel splits the options of a module as it splits its own command line. */
static void options_take(struct view *view, const struct line *line, const char *origin,
			 const char *options)
{
	char name[64], value[LINE_TEXT_MAX - 128], file[ORIGIN_MAX];

	(void)snprintf(file, sizeof(file), "/%.140s", line->path);
	while (cmdline_next(&options, name, sizeof(name), value, sizeof(value)))
		if (!strcmp(name, "ids"))
			list_add(view, origin, file, value);
}

static void modprobe_judge(struct view *view, const struct line *line)
{
	const char *cursor = line->text;
	char command[LINES_WORD_MAX] = "", module[LINES_WORD_MAX] = "";
	char origin[ORIGIN_MAX];

	origin_format(line, origin);
	(void)lines_word(&cursor, " \t", command);
	(void)lines_word(&cursor, " \t", module);
	if (!strcmp(command, "options") && cmdline_name_equal(module, "vfio-pci")) {
		options_take(view, line, origin, cursor);
	} else if (!strcmp(command, "softdep") && strstr(cursor, "vfio")) {
		findings_add(view->findings, FINDING_HINT, FINDING_LEFTOVER_MODULE,
			     origin, "superfluous: softdep %s%.200s", module, cursor);
	} else if (!strcmp(command, "install") && is_vfio_module(module)) {
		findings_add(view->findings, FINDING_WARN, FINDING_LEFTOVER_SCRIPT,
			     origin,
			     "in conflict: a command runs in place of loading %s: %.200s",
			     module, cursor);
	} else if (!strcmp(command, "blacklist") || !strcmp(command, "install")) {
		blacklist_judge(view, origin, module);
	}
}

static void modules_judge(struct view *view, const struct line *line)
{
	const char *cursor = line->text;
	char word[LINES_WORD_MAX], origin[ORIGIN_MAX];

	origin_format(line, origin);
	if (lines_word(&cursor, " \t", word))
		listed_judge(view, origin, word);
}

/* force_drivers+=" a b ": dracut.conf(5): blanks at both ends, or words grow together */
static void dracut_judge(struct view *view, const struct line *line)
{
	static const char *const keys[] = { "force_drivers", "add_drivers" };
	const char *quote = strpbrk(line->text, "\"'"), *cursor = quote;
	char word[LINES_WORD_MAX], origin[ORIGIN_MAX];
	const char *end;

	if (!quote ||
	    (!starts_with(line->text, keys[0]) && !starts_with(line->text, keys[1])))
		return;
	end = strchr(quote + 1, *quote);
	origin_format(line, origin);
	if (strstr(line->text, "+=") && (quote[1] != ' ' || !end || end[-1] != ' '))
		finding_advise(
			findings_add(view->findings, FINDING_WARN,
				     FINDING_LEFTOVER_DRIVERS, origin,
				     "no blank at both ends of the list: its words "
				     "grow together with those of other files"),
			"write it as +=\" a b \"");
	while (lines_word(&cursor, " \t\"'", word))
		listed_judge(view, origin, word);
}

/* MODULES=(a b), or MODULES="a b" of old */
static void mkinitcpio_judge(struct view *view, const struct line *line)
{
	const char *cursor = line->text;
	char word[LINES_WORD_MAX], origin[ORIGIN_MAX];

	if (!starts_with(line->text, "MODULES"))
		return;
	origin_format(line, origin);
	while (lines_word(&cursor, " \t()=+\"'", word))
		listed_judge(view, origin, word);
}

/* ---- scripts and rules ---- */

static bool is_ours(const char *path)
{
	return strstr(path, "vfio-early") != NULL;
}

/* Each file is spoken of once. */
static bool spoken_of(struct view *view, const char *path)
{
	bool same = !strcmp(view->last, path);

	(void)snprintf(view->last, sizeof(view->last), "%s", path);
	return same;
}

static void script_judge(struct view *view, const struct line *line)
{
	static const char *const words[] = { "driver_override",	      "new_id",
					     "drivers/vfio-pci/bind", "driver/unbind",
					     "drivers_probe",	      "vfio-pci.ids" };
	char origin[ORIGIN_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!strstr(line->text, words[i]) || is_ours(line->path) ||
		    spoken_of(view, line->path))
			continue;
		origin_format(line, origin);
		findings_add(view->findings, FINDING_WARN, FINDING_LEFTOVER_SCRIPT,
			     origin,
			     "in conflict: a script rebinds devices by itself (%s)%s",
			     words[i],
			     strcmp(words[i], "new_id") == 0 ?
				     ", and new_id takes every card of that id" :
				     "");
	}
}

static bool wants_vendor(const struct view *view, uint16_t vendor)
{
	for (size_t i = 0; i < view->host->n_functions; i++)
		if (view->host->functions[i].id.vendor == vendor &&
		    card_any_takes(view->plan, i))
			return true;
	return false;
}

static void rule_judge(struct view *view, const struct line *line)
{
	bool rebinds = strstr(line->text, "driver_override") ||
		       strstr(line->text, "/unbind") || strstr(line->text, "/bind");
	bool loads = strstr(line->text, "RUN") && strstr(line->text, "modprobe") &&
		     strstr(line->text, "nvidia") && wants_vendor(view, 0x10de);
	char origin[ORIGIN_MAX];

	if ((!rebinds && !loads) || is_ours(line->path) || spoken_of(view, line->path))
		return;
	origin_format(line, origin);
	if (rebinds)
		findings_add(view->findings, FINDING_WARN, FINDING_LEFTOVER_RULE, origin,
			     "in conflict: a udev rule rebinds devices: %.200s",
			     line->text);
	else
		finding_advise(findings_add(view->findings, FINDING_HINT,
					    FINDING_LEFTOVER_RULE, origin,
					    "a udev rule loads the nvidia driver later; "
					    "functions that are reserved stay so"),
			       "see `vfio-early --report` if one is lost");
}

/* driverctl keeps one file for each device, named pci-ADDRESS, with the driver in it. */
static void driverctl_judge(struct view *view, const struct line *line)
{
	const char *name = strstr(line->path, "pci-");
	char origin[ORIGIN_MAX], mention[CARD_TEXT_MAX];
	const struct host_function *function;
	struct pci_address address;
	bool wanted, vfio = !strcmp(line->text, "vfio-pci");

	if (!name || pci_address_parse(name + 4, &address) < 0)
		return;
	function = host_find(view->host, &address);
	if (!function)
		return;
	wanted =
		card_any_reserves(view->plan, (size_t)(function - view->host->functions));
	if (!wanted && !vfio)
		return;
	(void)snprintf(origin, sizeof(origin), "/%.140s", line->path);
	card_mention(function, mention);
	finding_advise(findings_add(view->findings,
				    wanted && vfio ? FINDING_HINT : FINDING_WARN,
				    FINDING_LEFTOVER_RULE, origin,
				    "%s: driverctl gives %s to %.40s",
				    wanted && vfio ? "superfluous" : "in conflict",
				    mention, line->text),
		       "driverctl unset-override %s", name + 4);
}

static void (*const judges[])(struct view *view, const struct line *line) = {
	[LEFTOVER_MODPROBE] = modprobe_judge,	[LEFTOVER_MODULES] = modules_judge,
	[LEFTOVER_DRACUT] = dracut_judge,	[LEFTOVER_MKINITCPIO] = mkinitcpio_judge,
	[LEFTOVER_SCRIPT] = script_judge,	[LEFTOVER_RULE] = rule_judge,
	[LEFTOVER_DRIVERCTL] = driverctl_judge,
};

static_assert(ARRAY_SIZE(judges) == LEFTOVER_KINDS, "a kind of leftover has no judge");

/*
 * What other recipes left behind: vfio-pci.ids=, softdeps, blacklists, forced drivers,
 * scripts and udev rules. Most of it is superfluous now, some of it fights.
 */
void leftover_check(const struct scene *scene)
{
	const struct leftovers *leftovers = &scene->survey->leftovers;
	struct view view = { .host = scene->host,
			     .plan = scene->plan,
			     .findings = scene->findings };
	enum finding_level level;

	cmdline_judge(scene->cmdline, &view);
	for (size_t i = 0; i < leftovers->count; i++)
		judges[leftovers->kinds[i]](&view, &leftovers->lines[i]);
	lists_judge(&view);
	if (leftovers->more)
		scene_unknown(scene, FINDING_LEFTOVER_SCRIPT,
			      "there are more lines of other recipes than this program "
			      "looks at");
	else if (!findings_worst(scene->findings, FINDING_AREA_LEFTOVER, NULL, &level))
		scene_pass(scene, FINDING_LEFTOVER_SCRIPT,
			   "no leftovers of other passthrough set-ups");
}
