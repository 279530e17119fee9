// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/scene.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/lines.h"
#include "base/module_name.h"
#include "base/text.h"
#include "check/leftover.h"
#include "model/cmdline.h"
#include "model/vfio_ids.h"
#include "plan/card.h"

static bool starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

/* Module names: '-' and '_' are equal. */
static bool word_is(const char *word, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (module_name_equal(word, names[i]))
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

void leftover_origin(const struct recipe *recipe, char origin[static ORIGIN_MAX])
{
	(void)snprintf(origin, ORIGIN_MAX, "/%.140s:%u", recipe->path, recipe->number);
}

/* On a VFIO driver now, and in no target; NULL: there is none */
static const struct host_function *guests_other(const struct view *view)
{
	for (size_t i = 0; i < view->host->n_functions; i++) {
		const struct host_function *function = &view->host->functions[i];

		if (*function->driver && card_is_vfio(view->host, function->driver) &&
		    !card_any_takes(view->plan, i))
			return function;
	}
	return NULL;
}

/*
 * A recipe that may give a card to a virtual machine stays until the card has a target.
 */
static void guests_advise(const struct view *view, struct finding *finding)
{
	const struct host_function *other = guests_other(view);

	if (!view->plan->n_targets || !other) {
		leftover_advise(view, finding);
		return;
	}
	finding_advise(finding,
		       "%s is on %s without a target: if a virtual machine is to keep "
		       "it, first write a target for it (vfio-early --suggest %s); then "
		       "remove this",
		       PCI_ADDRESS(&other->address), other->driver,
		       PCI_ADDRESS(&other->address));
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

static void entry_judge(const struct view *view, const struct vfio_id *id,
			struct taking *taking)
{
	for (size_t i = 0; i < view->host->n_functions; i++) {
		const struct host_function *function = &view->host->functions[i];

		if (!vfio_id_matches(id, function) || host_is_bridge(function))
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
			findings_add(view->findings, FINDING_WARN, FINDING_LEFTOVER_IDS,
				     origin,
				     "vfio-pci.ids: \"%.*s\" is not an id, so the kernel "
				     "ignores it",
				     (int)id.length, id.text);
	if (end > ids && end[-1] == ',')
		findings_add(view->findings, FINDING_WARN, FINDING_LEFTOVER_IDS, origin,
			     "vfio-pci.ids ends in a comma: a blank ends the list, and "
			     "everything after it is ignored");
}

/* Without a config only the old list reserves: it is converted first. */
static void ids_keep(const struct view *view, const struct list *list,
		     const struct taking *taking)
{
	char text[CARD_TEXT_MAX];

	card_mention_all(view->host, taking->others, taking->n_others, text);
	findings_add(view->findings, FINDING_HINT, FINDING_LEFTOVER_IDS, list->origin,
		     "there is no config, so only vfio-pci.ids=%.120s binds cards to "
		     "vfio-pci: %s" TO_DO
		     "first convert it into a config: vfio-early --suggest --from-ids "
		     "\"$(cat %s)\"; put that into /etc/vfio-early.conf, rebuild the "
		     "initramfs and check again; only then remove the list",
		     list->ids, taking->n_others ? text : "none that is here",
		     SHELL_WORD(list->file));
}

/* A parameter on the kernel command line is removed where the command line is kept. */
static struct finding *cmdline_advise(const struct view *view, const char *name,
				      const char *value, struct finding *finding)
{
	char parameter[160], text[FINDING_TEXT_MAX - 32];

	(void)snprintf(parameter, sizeof(parameter), "%.30s=%.120s", name, value);
	bootloader_advise(view->bootloader, false, parameter, text, sizeof(text));
	finding_advise(finding, "%s: the config decides now", text);
	return finding;
}

static struct finding *list_advise(const struct view *view, const struct list *list,
				   struct finding *finding)
{
	return list->in_cmdline ?
		       cmdline_advise(view, "vfio-pci.ids", list->ids, finding) :
		       finding;
}

static void list_judge(const struct view *view, const struct list *list)
{
	struct taking taking = { .wanted = 0 };
	char text[CARD_TEXT_MAX];
	struct finding *finding;

	if (strlen(list->ids) > VFIO_IDS_MAX) {
		findings_add(view->findings, FINDING_HINT, FINDING_LEFTOVER_IDS,
			     list->origin,
			     "vfio-pci.ids has more than %d bytes: the kernel rejects it",
			     VFIO_IDS_MAX);
		return;
	}
	entries_judge(view, list->origin, list->ids, &taking);
	if (!view->plan->n_targets) {
		ids_keep(view, list, &taking);
	} else if (taking.n_others) {
		card_mention_all(view->host, taking.others, taking.n_others, text);
		finding = findings_add(
			view->findings, FINDING_WARN, FINDING_LEFTOVER_IDS, list->origin,
			"in conflict: vfio-pci.ids=%.120s also binds functions that no "
			"target reserves: %s",
			list->ids, text);
		guests_advise(view, list_advise(view, list, finding));
	} else {
		finding = findings_add(
			view->findings, FINDING_HINT, FINDING_LEFTOVER_IDS, list->origin,
			"superfluous: vfio-pci.ids=%.120s %s", list->ids,
			taking.wanted ? "binds only functions that a target reserves" :
					"matches nothing on this machine");
		(void)list_advise(view, list, finding);
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
 * The parameter is one string: the last occurrence counts. libkmod passes the options of
 * modprobe.d first, then those of the kernel command line (libkmod-config.c).
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
			(void)list_advise(
				view, &view->lists[i],
				findings_add(view->findings, FINDING_HINT,
					     FINDING_LEFTOVER_IDS, view->lists[i].origin,
					     "vfio-pci.ids=%.120s has no effect: that of "
					     "%s comes later" TO_DO "remove it",
					     view->lists[i].ids, last->origin));
	}
}

/* ---- the kernel command line ---- */

/* Makers whose cards a driver is for; 0: of all makers */
static uint16_t maker_of(const char *driver)
{
	static const struct {
		const char *start;
		uint16_t vendor;
	} makers[] = {
		{ "nvidia", 0x10de }, { "nouveau", 0x10de }, { "i2c_nvidia", 0x10de },
		{ "amdgpu", 0x1002 }, { "radeon", 0x1002 },  { "i915", 0x8086 },
		{ "xe", 0x8086 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(makers); i++)
		if (starts_with(driver, makers[i].start))
			return makers[i].vendor;
	return 0;
}

/* A card of that maker that stays with the host; NULL: there is none */
static const struct host_function *other_card(const struct view *view, uint16_t vendor)
{
	for (size_t i = 0; i < view->host->n_functions; i++) {
		const struct host_function *function = &view->host->functions[i];

		if (function->id.vendor == vendor && host_is_display(function) &&
		    !card_any_takes(view->plan, i))
			return function;
	}
	return NULL;
}

/* Is it there to keep the driver off a card that the host drives by another one? */
static void blacklist_judge(const struct view *view, const char *origin,
			    const char *driver)
{
	const struct host_function *other = other_card(view, maker_of(driver));
	char mention[CARD_TEXT_MAX];

	if (!is_card_driver(driver))
		return;
	if (other)
		card_mention(other, mention);
	if (other && *other->driver && !module_name_equal(other->driver, driver) &&
	    !card_is_vfio(view->host, other->driver))
		findings_add(view->findings, FINDING_HINT, FINDING_LEFTOVER_MODULE,
			     origin,
			     "also keeps %s from %s, which the host uses" TO_DO
			     "leave it as it is: the host needs it",
			     driver, mention);
	else if (other && !*other->driver)
		findings_add(view->findings, FINDING_HINT, FINDING_LEFTOVER_MODULE,
			     origin,
			     "also keeps %s from %s, which has no driver now" TO_DO
			     "leave it as it is, unless you want the host to use that "
			     "card with %s",
			     driver, mention, driver);
	else if (other)
		leftover_advise(view,
				findings_add(view->findings, FINDING_HINT,
					     FINDING_LEFTOVER_MODULE, origin,
					     "superfluous, if it was meant to keep %s "
					     "from the card; it also keeps it from %s",
					     driver, mention));
	else if (!strcmp(driver, "nouveau") && strstr(origin, "nvidia"))
		findings_add(
			view->findings, FINDING_HINT, FINDING_LEFTOVER_MODULE, origin,
			"keeps nouveau from loading; by its name the file belongs to "
			"NVIDIA's own driver" TO_DO "leave it as it is: it is harmless, "
			"and that driver needs it when the host uses the card");
	else
		leftover_advise(view,
				findings_add(view->findings, FINDING_HINT,
					     FINDING_LEFTOVER_MODULE, origin,
					     "superfluous, if it was meant to keep %s "
					     "from the card",
					     driver));
}

static void framebuffer_judge(const struct view *view, const char *word)
{
	const struct host *host = view->host;

	for (size_t i = 0; i < host->n_functions; i++) {
		const struct host_function *function = &host->functions[i];

		if (!*function->framebuffer)
			continue;
		findings_add(
			view->findings, FINDING_HINT, FINDING_LEFTOVER_MODULE,
			"kernel command line",
			"%s has no effect: %s holds the framebuffer of %s" TO_DO
			"remove it: simpledrm does not read video=, and kernels built "
			"with LTO do not find sysfb_init",
			word, PCI_ADDRESS(&function->address), function->framebuffer);
		return;
	}
}

/* vfio-pci-ids=, vfiopci.ids=, pci-stub.ids=: similar parameters with another meaning */
static void near_miss_judge(const struct view *view, const char *name, const char *value)
{
	char plain[32];
	size_t used = 0;

	for (const char *c = name; *c && used + 1 < sizeof(plain); c++)
		if (!strchr("-_.", *c))
			plain[used++] = *c;
	plain[used] = '\0';
	if (!strcmp(plain, "vfiopciids") || !strcmp(plain, "vfioids") ||
	    !strcmp(plain, "vfiopciid") || !strcmp(plain, "vfiopcids"))
		findings_add(
			view->findings, FINDING_WARN, FINDING_LEFTOVER_IDS,
			"kernel command line",
			"%s=%.100s has no effect: the parameter is called "
			"vfio-pci.ids=" TO_DO
			"remove it; to convert it into a config: vfio-early --suggest "
			"--from-ids %s",
			name, value, SHELL_WORD(value));
	else if (!strcmp(plain, "pcistubids"))
		findings_add(view->findings, FINDING_WARN, FINDING_LEFTOVER_IDS,
			     "kernel command line",
			     "%s=%.100s: pci-stub binds to all cards with these ids "
			     "before VFIO can" TO_DO
			     "first convert it into a config: vfio-early --suggest "
			     "--from-ids %s; then remove it",
			     name, value, SHELL_WORD(value));
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
	else
		near_miss_judge(view, name, value);
	if (cmdline_name_equal(name, "rd.driver.pre"))
		while (lines_word(&cursor, ",", word))
			if (is_vfio_module(word))
				guests_advise(
					view,
					cmdline_advise(
						view, name, value,
						findings_add(view->findings, FINDING_HINT,
							     FINDING_LEFTOVER_DRIVERS,
							     origin,
							     "superfluous: "
							     "rd.driver.pre=%s",
							     word)));
	if (word_is(name, blacklists, ARRAY_SIZE(blacklists)))
		while (lines_word(&cursor, ",", word))
			blacklist_judge(view, origin, word);
	(void)snprintf(parameter, sizeof(parameter), "%s=%s", name, value);
	if (!strcmp(parameter, "initcall_blacklist=sysfb_init") ||
	    (!strcmp(name, "video") && strstr(value, "fb:off")))
		framebuffer_judge(view, parameter);
}

static void cmdline_judge(struct view *view, const char *cmdline)
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
		     gone ? "this kernel no longer has" :
			    "kernels since 6.2 do not have");
}

/* One word of a list of modules for the initramfs or for boot */
static void listed_judge(const struct view *view, const char *origin, const char *word)
{
	if (module_name_equal(word, "vfio_virqfd"))
		virqfd_judge(view, origin);
	else if (is_vfio_module(word))
		guests_advise(view, findings_add(view->findings, FINDING_HINT,
						 FINDING_LEFTOVER_DRIVERS, origin,
						 "superfluous: %s", word));
	else if (is_card_driver(word))
		findings_add(
			view->findings, FINDING_HINT, FINDING_LEFTOVER_DRIVERS, origin,
			"%s is loaded early; vfio-early-boot must run before it" TO_DO
			"keep it if the host's own card needs it",
			word);
}

/* The kernel splits the options of a module as it splits its own command line. */
static void options_take(struct view *view, const struct recipe *recipe,
			 const char *origin, const char *options)
{
	/* kernel 6.18: drivers/vfio/pci/vfio_pci.c */
	static const char *const known[] = { "nointxmask", "disable_vga",
					     "disable_idle_d3", "enable_sriov",
					     "disable_denylist" };
	char name[64], value[LINE_TEXT_MAX - 128], file[ORIGIN_MAX];

	(void)snprintf(file, sizeof(file), "/%.140s", recipe->path);
	while (cmdline_next(&options, name, sizeof(name), value, sizeof(value)))
		if (!strcmp(name, "ids"))
			list_add(view, origin, file, value);
		else if (!word_is(name, known, ARRAY_SIZE(known)))
			findings_add(view->findings, FINDING_WARN,
				     FINDING_LEFTOVER_MODULE, origin,
				     "vfio-pci has no option %s: the "
				     "kernel ignores it" TO_DO "remove it",
				     name);
}

/* libkmod takes only words behind "pre:" and "post:", which stand alone. */
static void softdep_judge(const struct view *view, const char *origin, const char *module,
			  const char *rest)
{
	const char *cursor = rest;
	char word[LINES_WORD_MAX];
	bool counts = false;

	if (!strstr(rest, "vfio"))
		return;
	while (lines_word(&cursor, " \t", word))
		counts = counts || !strcmp(word, "pre:") || !strcmp(word, "post:");
	if (counts)
		guests_advise(view, findings_add(view->findings, FINDING_HINT,
						 FINDING_LEFTOVER_MODULE, origin,
						 "superfluous: softdep %s%.200s", module,
						 rest));
	else
		findings_add(view->findings, FINDING_HINT, FINDING_LEFTOVER_MODULE,
			     origin,
			     "has no effect: softdep %s%.200s has no separate word "
			     "\"pre:\"" TO_DO "remove it",
			     module, rest);
}

/*
 * system76-power writes this file for each of its modes; only that of the mode Integrated
 * keeps the driver itself off, and then its daemon removes the card (graphics.rs).
 */
static bool system76_judge(struct view *view, const struct recipe *recipe,
			   const char *origin, const char *command, const char *module)
{
	bool wanted = view->plan->n_targets;

	if (!strstr(recipe->path, "/system76-power.conf"))
		return false;
	if (!strcmp(command, "blacklist") && !strcmp(module, "nvidia") &&
	    !leftover_spoken(view, recipe->path))
		findings_add(view->findings, wanted ? FINDING_WARN : FINDING_HINT,
			     FINDING_LEFTOVER_RULE, origin,
			     "in conflict: system76-power is in the mode Integrated, and "
			     "removes NVIDIA's cards from the bus" TO_DO
			     "%ssystem76-power graphics hybrid, and reboot",
			     wanted ? "" : "when a config reserves the card: ");
	return true;
}

static bool is_kmod_command(const char *word)
{
	static const char *const commands[] = { "alias",   "blacklist", "options",
						"install", "remove",	"softdep",
						"weakdep", "include",	"config" };

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(word, commands[i]))
			return true;
	return false;
}

static void modprobe_take(const struct recipe *recipe, struct view *view)
{
	const char *cursor = recipe->text;
	char command[LINES_WORD_MAX] = "", module[LINES_WORD_MAX] = "";
	char origin[ORIGIN_MAX];

	leftover_origin(recipe, origin);
	(void)lines_word(&cursor, " \t", command);
	(void)lines_word(&cursor, " \t", module);
	if (system76_judge(view, recipe, origin, command, module))
		return;
	if (!strcmp(command, "options") && module_name_equal(module, "vfio-pci")) {
		options_take(view, recipe, origin, cursor);
	} else if (!strcmp(command, "softdep")) {
		softdep_judge(view, origin, module, cursor);
	} else if (!strcmp(command, "install") && is_vfio_module(module)) {
		findings_add(view->findings, FINDING_WARN, FINDING_LEFTOVER_SCRIPT,
			     origin,
			     "in conflict: a command runs instead of loading %s: %.200s",
			     module, cursor);
	} else if (!strcmp(command, "blacklist") || !strcmp(command, "install")) {
		blacklist_judge(view, origin, module);
	} else if (!is_kmod_command(command) && strstr(recipe->text, "vfio")) {
		findings_add(view->findings, FINDING_HINT, FINDING_LEFTOVER_MODULE,
			     origin,
			     "has no effect: \"%.40s\" is not a command of modprobe.d: "
			     "%.200s" TO_DO "remove it",
			     command, recipe->text);
	}
}

static void ignored_take(const struct recipe *recipe, struct view *view)
{
	char origin[ORIGIN_MAX];

	leftover_origin(recipe, origin);
	if (!leftover_spoken(view, recipe->path))
		findings_add(view->findings, FINDING_HINT, FINDING_LEFTOVER_MODULE,
			     origin,
			     "has no effect: only files of modprobe.d whose names end in "
			     ".conf are read" TO_DO "remove the file");
}

static void modules_take(const struct recipe *recipe, struct view *view)
{
	const char *cursor = recipe->text;
	char word[LINES_WORD_MAX], origin[ORIGIN_MAX];

	leftover_origin(recipe, origin);
	if (lines_word(&cursor, " \t", word))
		listed_judge(view, origin, word);
}

/* force_drivers+=" a b ": dracut.conf(5): blanks at both ends, or words grow together */
static void dracut_take(const struct recipe *recipe, struct view *view)
{
	static const char *const keys[] = { "force_drivers", "add_drivers" };
	const char *quote = strpbrk(recipe->text, "\"'"), *cursor = quote;
	char word[LINES_WORD_MAX], origin[ORIGIN_MAX];
	const char *end;

	if (!quote ||
	    (!starts_with(recipe->text, keys[0]) && !starts_with(recipe->text, keys[1])))
		return;
	end = strchr(quote + 1, *quote);
	leftover_origin(recipe, origin);
	if (strstr(recipe->text, "+=") && (quote[1] != ' ' || !end || end[-1] != ' '))
		findings_add(view->findings, FINDING_WARN, FINDING_LEFTOVER_DRIVERS,
			     origin,
			     "the list does not begin and end with a blank: its words "
			     "run together with those of other files" TO_DO
			     "write it as +=\" a b \"");
	while (lines_word(&cursor, " \t\"'", word))
		listed_judge(view, origin, word);
}

/* MODULES=(a b), or MODULES="a b" of old */
static void mkinitcpio_take(const struct recipe *recipe, struct view *view)
{
	const char *cursor = recipe->text;
	char word[LINES_WORD_MAX], origin[ORIGIN_MAX];

	if (!starts_with(recipe->text, "MODULES"))
		return;
	leftover_origin(recipe, origin);
	while (lines_word(&cursor, " \t()=+\"'", word))
		listed_judge(view, origin, word);
}

/* ---- all of it ---- */

/*
 * Without a config, leftovers of other recipes may be the only thing that reserves the
 * card.
 */
void leftover_advise(const struct view *view, struct finding *finding)
{
	if (!view->plan->n_targets)
		finding_advise(finding, "leave it until a config reserves the card, then "
					"remove it");
}

/* Each file is reported once. */
bool leftover_spoken(struct view *view, const char *path)
{
	bool same = !strcmp(view->last, path);

	(void)snprintf(view->last, sizeof(view->last), "%s", path);
	return same;
}

static void recipe_judge(const struct recipe *recipe, struct view *view)
{
	static void (*const takes[])(const struct recipe *recipe, struct view *view) = {
		[RECIPE_MODPROBE] = modprobe_take,
		[RECIPE_IGNORED] = ignored_take,
		[RECIPE_MODULES] = modules_take,
		[RECIPE_DRACUT] = dracut_take,
		[RECIPE_MKINITCPIO] = mkinitcpio_take,
		[RECIPE_SCRIPT] = leftover_script,
		[RECIPE_HOOK] = leftover_hook,
		[RECIPE_RULE] = leftover_rule,
		[RECIPE_DRIVERCTL] = leftover_driverctl,
		[RECIPE_SUPERGFX] = leftover_supergfx,
	};

	static_assert(ARRAY_SIZE(takes) == RECIPE_KINDS, "a kind of line has no judge");
	takes[recipe->kind](recipe, view);
}

void leftover_check(const struct scene *scene)
{
	const struct recipes *recipes = &scene->survey->recipes;
	struct view view = { .host = scene->host,
			     .config = scene->config,
			     .plan = scene->plan,
			     .bootloader = &scene->survey->bootloader,
			     .findings = scene->findings };
	enum finding_level level;

	cmdline_judge(&view, scene->next_cmdline);
	for (size_t i = 0; i < recipes->count; i++)
		recipe_judge(&recipes->list[i], &view);
	lists_judge(&view);
	if (recipes->more)
		findings_add(
			scene->findings, FINDING_UNKNOWN, FINDING_LEFTOVER_SCRIPT, NULL,
			"other set-ups have more than %d lines: those beyond are not "
			"known" TO_DO "mend what is listed, then check again",
			RECIPES_MAX);
	else if (!*recipes->closed && /* which is said to be unknown */
		 !findings_worst(scene->findings, FINDING_AREA_LEFTOVER, NULL, &level))
		findings_add(scene->findings, FINDING_PASS, FINDING_LEFTOVER_SCRIPT, NULL,
			     "no leftovers of other passthrough set-ups in the places "
			     "that vfio-early(8) lists");
}
