// SPDX-License-Identifier: GPL-2.0-or-later

/*
 * Apply on a kernel made of a few strings: apply.h, kmsg.h. Whatever fails, hangs or
 * crashes, and whenever, a card is reserved whole or the machine is as it was.
 */

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "apply/apply.h"
#include "base/array.h"
#include "boot/kmsg.h"
#include "helper-machine.h"
#include "helper-tree.h"
#include "read/kept.h"
#include "read/pci.h"
#include "read/pci_near.h"
#include "report/run.h"

#define LOG_MAX 16384
#define CALLS_MAX 1000
#define FUNCTIONS_MAX 64 /* more than any scene has */

/* What happens to a call */
enum mishap {
	MISHAP_NONE,
	MISHAP_ERROR,
	MISHAP_HANG,
	MISHAP_QUEUED,
	MISHAP_DIE_AFTER,
	MISHAP_LIE,
	MISHAP_FRIEND,
	MISHAP_STRANGER,
	MISHAP_GONE,
	MISHAP_LOST,
	MISHAP_UNPLUG, /* from this call on all functions are gone */
};

/**
 * struct fault_rule - `WHERE:ATTRIBUTE:WHAT[:TIMES]`
 * @where: address or module
 * @attribute: override, unbind, bind, return (a bind to a host driver), probe, driver,
 *	load or list
 * @mishap: of WHAT: `hang` (never returns), `queued` (likewise, but the kernel does it
 *	later), `die` (done, then the process is gone), `lie`
 *	(not done, success), `friend` (another program just bound it to vfio-pci),
 *	`stranger` (a host driver just bound it), `gone` (its driver just let go), `lost`
 *	(likewise, after the driver's `unbind` was opened), errno
 * @error: of WHAT: a number
 * @left: TIMES; without it for ever
 */
struct fault_rule {
	char where[32];
	char attribute[16];
	enum mishap mishap;
	int error;
	unsigned int left;
};

/**
 * struct fake - a kernel
 * @drivers: bound, for each function of the host
 * @overrides: likewise
 * @natives: driver that takes the function when nothing is overridden; empty: none there
 * @holders: owner of the firmware's framebuffer in the function's BARs; empty: none
 * @holds_on: which cannot be released
 * @registered: the VFIO driver is there
 * @dynamic: the VFIO driver has an id of the function (ids=, new_id)
 * @rules: what goes wrong
 * @calls: how many were made
 * @strike: the call with this number goes wrong, 0: none
 * @mishap: how
 * @error: MISHAP_ERROR: with what
 * @probing: the function whose probe by the VFIO driver goes on when its module is
 *	loaded, and fails; 0: none
 * @pauses: made so far
 * @looks: functions that were looked at once more
 * @clock: where it stands; 0: it goes on
 * @allowed: with this one the kernel allows binding: @rules end; 0: never
 * @winner: the driver that gets 0000:09:00.0 then; empty: none
 * @queued: the call in which a killed worker still is
 * @queued_at: it is carried out at the call with this number, or at a pause; UINT_MAX:
 *	never
 * @stop: where a process that hangs or dies ends
 * @log: a line for each write and load
 */
struct queued {
	enum { QUEUED_NOTHING, QUEUED_WRITE, QUEUED_LOAD, QUEUED_SCREEN } call;
	size_t index;
	enum kernel_attribute attribute;
	enum kernel_screen deed;
	char value[HOST_NAME_MAX];
};

struct fake {
	char drivers[FUNCTIONS_MAX][HOST_NAME_MAX];
	char overrides[FUNCTIONS_MAX][HOST_NAME_MAX];
	char natives[FUNCTIONS_MAX][HOST_NAME_MAX];
	char holders[FUNCTIONS_MAX][HOST_NAME_MAX];
	bool holds_on;
	bool registered;
	bool dynamic[FUNCTIONS_MAX];
	struct fault_rule rules[4];
	size_t n_rules;
	unsigned int calls;
	unsigned int strike;
	enum mishap mishap;
	int error;
	size_t probing;
	unsigned int pauses;
	unsigned int looks;
	uint64_t clock;
	unsigned int allowed;
	char winner[HOST_NAME_MAX];
	struct queued queued;
	unsigned int queued_at;
	jmp_buf stop;
	char log[LOG_MAX];
};

static struct run run;
static struct fake fake;
static uint64_t fake_until; /* how long a late run waits for the kernel */

static size_t index_at(const char *address);
static void queued_happen(void);

/* ---- the kernel ---- */

static void fake_log(const char *where, const char *what)
{
	size_t length = strlen(fake.log);

	(void)snprintf(fake.log + length, LOG_MAX - length, "%s %s\n", where, what);
}

static struct fault_rule *rule_find(const char *where, const char *attribute)
{
	for (size_t i = 0; i < fake.n_rules; i++) {
		struct fault_rule *rule = &fake.rules[i];

		if (rule->left && !strcmp(rule->where, where) &&
		    !strcmp(rule->attribute, attribute))
			return rule;
	}
	return NULL;
}

/* What happens to this call. A hang ends here; an error has its fault filled. */
static enum mishap mishap_of(const char *where, const char *attribute, int *ret_error,
			     struct fault *fault)
{
	struct fault_rule *rule = rule_find(where, attribute);
	enum mishap mishap = rule ? rule->mishap : MISHAP_NONE;
	int error = rule ? rule->error : 0;

	if (rule)
		rule->left--;
	if (++fake.calls == fake.strike) {
		mishap = fake.mishap;
		error = fake.error;
	}
	if (fake.mishap == MISHAP_UNPLUG && fake.calls >= fake.strike &&
	    strcmp(attribute, "load") != 0) {
		mishap = MISHAP_ERROR;
		error = -ESTALE;
	}
	if (mishap == MISHAP_HANG)
		longjmp(fake.stop, 1);
	if (mishap == MISHAP_ERROR)
		*ret_error = fault_set(fault, error, "%s: %s: %s", where, attribute,
				       strerror(-error));
	if (fake.calls == fake.queued_at)
		queued_happen();
	return mishap;
}

/* The process is killed in this call, which the kernel carries out later. */
static void queue(const struct queued *queued)
{
	fake.queued = *queued;
	longjmp(fake.stop, 1);
}

static int done(enum mishap mishap, int error, const char *where, struct fault *fault)
{
	if (mishap == MISHAP_DIE_AFTER)
		longjmp(fake.stop, 1);
	return error ? fault_set(fault, error, "%s: %s", where, strerror(-error)) : 0;
}

static bool is_vfio(const char *driver)
{
	return !strcmp(driver, "vfio-pci");
}

/* What drivers_probe and a driver's registration do */
static void match(size_t index)
{
	const char *override = fake.overrides[index];

	if (fake.drivers[index][0])
		return;
	if (!override[0] && fake.registered && fake.dynamic[index])
		strcpy(fake.drivers[index], "vfio-pci");
	else if (!override[0])
		strcpy(fake.drivers[index], fake.natives[index]);
	else if (is_vfio(override) ? fake.registered :
				     !strcmp(override, fake.natives[index]))
		strcpy(fake.drivers[index], override);
}

static int bind(size_t index, const char *driver)
{
	bool fits = is_vfio(driver) ? fake.dynamic[index] :
				      !strcmp(driver, fake.natives[index]);

	if (is_vfio(driver) ? !fake.registered : !fake.natives[index][0])
		return -ENOENT;
	/* drivers/base/bus.c bind_store(), before and since 5.14 */
	if (fake.drivers[index][0])
		return run.host.kernel_major < 5 || (run.host.kernel_major == 5 &&
						     run.host.kernel_minor < 14) ?
			       -ENODEV :
			       -EBUSY;
	if (fake.overrides[index][0] ? strcmp(fake.overrides[index], driver) != 0 : !fits)
		return -ENODEV;
	strcpy(fake.drivers[index], driver);
	return 0;
}

/* By its address: a far one is looked at in a copy. */
static size_t index_of(const struct host_function *function)
{
	return (size_t)(host_find(&run.host, &function->address) - run.host.functions);
}

static int write_carry_out(size_t index, enum kernel_attribute attribute,
			   const char *value)
{
	int error = 0;

	switch (attribute) {
	case KERNEL_OVERRIDE:
		(void)snprintf(fake.overrides[index], HOST_NAME_MAX, "%s", value);
		break;
	case KERNEL_UNBIND:
		error = fake.drivers[index][0] ? 0 : -ENOENT;
		fake.drivers[index][0] = '\0';
		break;
	case KERNEL_BIND:
		error = bind(index, value);
		break;
	case KERNEL_PROBE:
		match(index);
		break;
	}
	return error;
}

/* Its link was there from the beginning. */
static void probe_end(size_t index)
{
	if (!fake.probing || fake.probing != index)
		return;
	fake.probing = 0;
	fake.drivers[index][0] = '\0';
}

static int fake_write(void *context, const struct host_function *function,
		      enum kernel_attribute attribute, const char *value,
		      struct fault *fault)
{
	static const char *const names[] = {
		[KERNEL_OVERRIDE] = "override",
		[KERNEL_UNBIND] = "unbind",
		[KERNEL_BIND] = "bind",
		[KERNEL_PROBE] = "probe",
	};
	size_t index = index_of(function);
	char address[PCI_ADDRESS_TEXT];
	enum mishap mishap;
	int error = 0;

	(void)context;
	pci_address_format(&function->address, address);
	if (attribute == KERNEL_BIND)
		probe_end(index);
	mishap = mishap_of(address,
			   attribute == KERNEL_BIND && !is_vfio(value) ? "return" :
									 names[attribute],
			   &error, fault);
	if (error || mishap == MISHAP_LIE)
		return error;
	if (mishap == MISHAP_QUEUED) {
		struct queued queued = { QUEUED_WRITE, index, attribute, 0, "" };

		strcpy(queued.value, value);
		queue(&queued);
	}
	if (mishap == MISHAP_FRIEND)
		strcpy(fake.drivers[index], "vfio-pci");
	if (mishap == MISHAP_STRANGER)
		strcpy(fake.drivers[index], "stranger");
	if (mishap == MISHAP_GONE || mishap == MISHAP_LOST)
		fake.drivers[index][0] = '\0';
	fake_log(address, names[attribute]);
	error = mishap == MISHAP_LOST ? -ENODEV :
					write_carry_out(index, attribute, value);
	return done(mishap, error, address, fault);
}

static int fake_driver(void *context, const struct host_function *function,
		       char ret_driver[static HOST_NAME_MAX], struct fault *fault)
{
	size_t index = index_of(function);
	char address[PCI_ADDRESS_TEXT];
	enum mishap mishap;
	int error = 0;

	(void)context;
	pci_address_format(&function->address, address);
	mishap = mishap_of(address, "driver", &error, fault);
	if (error)
		return error;
	if (mishap == MISHAP_QUEUED)
		queue(&(struct queued){ 0 });
	strcpy(ret_driver, fake.drivers[index]);
	return done(mishap, 0, address, fault);
}

/* A driver that registers takes everything that is overridden to it. */
static void load_carry_out(void)
{
	fake.registered = true;
	for (size_t i = 0; i < run.host.n_functions; i++)
		if (is_vfio(fake.overrides[i]) || fake.dynamic[i])
			match(i);
}

static int fake_load(void *context, const struct host_driver *driver,
		     char left_out[static MODULE_LEFT_OUT_MAX], struct fault *fault)
{
	int error = 0;
	enum mishap mishap = mishap_of(driver->module, "load", &error, fault);

	(void)context;
	if (error || mishap == MISHAP_LIE)
		return error;
	if (mishap == MISHAP_QUEUED)
		queue(&(struct queued){ .call = QUEUED_LOAD });
	fake_log("load", driver->module);
	load_carry_out();
	strcpy(left_out, "vfio_pci: ids=10de:1e84");
	return done(mishap, 0, driver->module, fault);
}

static int fake_list(void *context, const struct host_driver *driver,
		     struct kernel_list *list, struct fault *fault)
{
	int error = 0;
	enum mishap mishap = mishap_of(driver->module, "list", &error, fault);

	(void)context;
	list->n = 0;
	for (size_t i = 0; i < run.host.n_functions && !error; i++)
		if (!strcmp(fake.drivers[i], driver->name))
			list->at[list->n++] = run.host.functions[i].address;
	return error ? error : done(mishap, 0, driver->module, fault);
}

static void screen_carry_out(size_t index, enum kernel_screen deed)
{
	if (deed == KERNEL_SCREEN_RESTORE)
		strcpy(fake.holders[index], run.host.functions[index].framebuffer);
	else if (!fake.holds_on)
		fake.holders[index][0] = '\0';
}

static void queued_happen(void)
{
	const struct queued queued = fake.queued;

	switch (queued.call) {
	case QUEUED_WRITE:
		(void)write_carry_out(queued.index, queued.attribute, queued.value);
		break;
	case QUEUED_LOAD:
		load_carry_out();
		break;
	case QUEUED_SCREEN:
		screen_carry_out(queued.index, queued.deed);
		break;
	case QUEUED_NOTHING:
		break;
	}
	fake.queued.call = QUEUED_NOTHING;
	run.apply.worker_lives = false;
}

/* A native driver removes the firmware's framebuffer for good, a VFIO driver does not. */
static int fake_screen(void *context, const struct host_function *function,
		       enum kernel_screen deed, struct fault *fault)
{
	bool release = deed == KERNEL_SCREEN_RELEASE;
	size_t index = index_of(function);
	char address[PCI_ADDRESS_TEXT];
	enum mishap mishap;
	int error = 0;

	(void)context;
	pci_address_format(&function->address, address);
	mishap = mishap_of(address, release ? "release" : "restore", &error, fault);
	if (error || mishap == MISHAP_LIE)
		return error;
	if (mishap == MISHAP_QUEUED)
		queue(&(struct queued){ QUEUED_SCREEN, index, 0, deed, "" });
	fake_log(address, release ? "release" : "restore");
	screen_carry_out(index, deed);
	return done(mishap, 0, address, fault);
}

static int fake_holder(void *context, const struct host_function *function,
		       char ret_owner[static HOST_NAME_MAX], struct fault *fault)
{
	char address[PCI_ADDRESS_TEXT];
	int error = 0;
	enum mishap mishap;

	(void)context;
	pci_address_format(&function->address, address);
	mishap = mishap_of(address, "holder", &error, fault);
	if (error)
		return error;
	strcpy(ret_owner, fake.holders[function - run.host.functions]);
	return done(mishap, 0, address, fault);
}

static uint64_t fake_now(void *context)
{
	(void)context;
	return fake.clock ? fake.clock : 1 + fake.calls + 1000 * fake.pauses;
}

/* The kernel allows binding while we wait, or another driver gets the function. */
static void fake_pause(void *context)
{
	(void)context;
	fake.pauses++;
	if (run.apply.worker_lives && fake.queued_at != UINT_MAX)
		queued_happen();
	if (fake.allowed && fake.pauses >= fake.allowed && fake.winner[0])
		strcpy(fake.drivers[index_at("0000:09:00.0")], fake.winner);
	if (fake.allowed && fake.pauses >= fake.allowed)
		fake.n_rules = 0;
}

static int fake_look(void *context, struct host_function *function, struct fault *fault)
{
	const struct host_function *known = host_find(&run.host, &function->address);

	(void)context;
	(void)fault;
	assert_non_null(known);
	fake.looks++;
	function->id.vendor = 0x10de;
	strcpy(function->override, fake.overrides[known - run.host.functions]);
	return 0;
}

static const struct kernel kernel = {
	.write = fake_write,
	.driver = fake_driver,
	.load = fake_load,
	.list = fake_list,
	.look = fake_look,
	.screen = fake_screen,
	.holder = fake_holder,
	.now = fake_now,
	.pause = fake_pause,
};

/* The last field is TIMES. */
static void rule_add(const char *text)
{
	struct fault_rule *rule = &fake.rules[fake.n_rules++];
	char what[16], times[16] = "";
	char rest[64];
	const char *end = strstr(text, ":override");
	const char *const names[] = { ":unbind",  ":bind",   ":probe", ":driver",
				      ":load",	  ":return", ":list",  ":release",
				      ":restore", ":holder" };

	for (size_t i = 0; i < ARRAY_SIZE(names) && !end; i++)
		end = strstr(text, names[i]);
	assert_non_null(end);
	(void)snprintf(rule->where, sizeof(rule->where), "%.*s", (int)(end - text), text);
	(void)snprintf(rest, sizeof(rest), "%s", end + 1);
	(void)snprintf(rule->attribute, sizeof(rule->attribute), "%s", strtok(rest, ":"));
	(void)snprintf(what, sizeof(what), "%s", strtok(NULL, ":"));
	end = strtok(NULL, ":");
	if (end)
		(void)snprintf(times, sizeof(times), "%s", end);
	rule->left = times[0] ? (unsigned int)strtoul(times, NULL, 10) : UINT32_MAX;
	rule->mishap = !strcmp(what, "hang")	 ? MISHAP_HANG :
		       !strcmp(what, "queued")	 ? MISHAP_QUEUED :
		       !strcmp(what, "die")	 ? MISHAP_DIE_AFTER :
		       !strcmp(what, "lie")	 ? MISHAP_LIE :
		       !strcmp(what, "friend")	 ? MISHAP_FRIEND :
		       !strcmp(what, "stranger") ? MISHAP_STRANGER :
		       !strcmp(what, "gone")	 ? MISHAP_GONE :
		       !strcmp(what, "lost")	 ? MISHAP_LOST :
						   MISHAP_ERROR;
	if (rule->mishap == MISHAP_ERROR)
		rule->error = -(int)strtol(what, NULL, 10);
}

/* ---- scenes ---- */

static size_t index_at(const char *address)
{
	return (size_t)(machine_at(&run.host, address) - run.host.functions);
}

/* The function has a host driver, bound already or not. */
static void native_set(const char *address, const char *driver, bool bound)
{
	strcpy(fake.natives[index_at(address)], driver);
	if (bound)
		strcpy(machine_at(&run.host, address)->driver, driver);
}

#define CARD "[target card]\naddress = 09:00.0\nbound-driver = unbind\n"
#define SECOND "[target second]\naddress = 0b:00.0\nbound-driver = unbind\n"

static void scene_module(void)
{
	config_of(&run.config, CARD);
}

static void scene_builtin(void)
{
	run.host.drivers[0].state = HOST_DRIVER_BUILTIN;
	config_of(&run.config, CARD);
}

static void scene_bound(void)
{
	native_set("0000:09:00.0", "nouveau", true);
	native_set("0000:09:00.1", "snd_hda_intel", false);
	native_set("0000:09:00.2", "xhci_hcd", true);
	config_of(&run.config, CARD);
}

static void scene_bound_builtin(void)
{
	scene_bound();
	run.host.drivers[0].state = HOST_DRIVER_LOADED;
}

/* A binding by hand that stopped half way */
static void scene_half(void)
{
	run.host.drivers[0].state = HOST_DRIVER_LOADED;
	strcpy(machine_at(&run.host, "0000:09:00.0")->driver, "vfio-pci");
	strcpy(machine_at(&run.host, "0000:09:00.0")->override, "vfio-pci");
	strcpy(machine_at(&run.host, "0000:09:00.1")->override, "pci-stub");
	/* by new_id, without an override */
	strcpy(machine_at(&run.host, "0000:09:00.3")->driver, "vfio-pci");
	native_set("0000:09:00.2", "xhci_hcd", true);
	config_of(&run.config, CARD);
}

static void scene_two(void)
{
	native_set("0000:09:00.1", "snd_hda_intel", true);
	native_set("0000:0b:00.0", "nouveau", true);
	config_of(&run.config, CARD SECOND);
}

static void scene_bundle(void)
{
	native_set("0000:09:00.1", "snd_hda_intel", true);
	machine_move(&run.host, "0000:0b:00.0", 24);
	machine_move(&run.host, "0000:0b:00.1", 24);
	config_of(&run.config, CARD SECOND);
}

static void scene_screen(void)
{
	native_set("0000:09:00.1", "snd_hda_intel", true);
	strcpy(machine_at(&run.host, "0000:09:00.0")->framebuffer, "efifb");
	config_of(&run.config, CARD "boot-display = allow\n");
}

static void scene_screen_builtin(void)
{
	scene_screen();
	run.host.drivers[0].state = HOST_DRIVER_BUILTIN;
}

static const struct {
	const char *name;
	void (*make)(void);
} scenes[] = {
	{ "a card without drivers, vfio-pci is a module", scene_module },
	{ "the same, vfio-pci is built in", scene_builtin },
	{ "a card with drivers", scene_bound },
	{ "the same, vfio-pci is there", scene_bound_builtin },
	{ "a card that is half taken already", scene_half },
	{ "two cards", scene_two },
	{ "two cards in one group", scene_bundle },
	{ "the firmware's framebuffer on the card", scene_screen },
	{ "the same, vfio-pci is built in", scene_screen_builtin },
};

/* The scene sets the machine: clearing all of its room would take longest. */
static void run_clear(void)
{
	memset(&run, 0, offsetof(struct run, host));
	memset(&fake, 0, sizeof(fake));
}

static void scene_set(void (*make)(void))
{
	run_clear();
	machine_desktop(&run.host);
	run.host.drivers_count = true;
	make();
	assert_true(run.host.n_functions <= FUNCTIONS_MAX);
	for (size_t i = 0; i < run.host.n_functions; i++) {
		strcpy(fake.drivers[i], run.host.functions[i].driver);
		strcpy(fake.overrides[i], run.host.functions[i].override);
		strcpy(fake.holders[i], run.host.functions[i].framebuffer);
	}
	fake.registered = run.host.drivers[0].state != HOST_DRIVER_MODULE;
	plan_build(&run.config, &run.host, &run.plan);
	apply_init(&run.apply, &run.plan);
	run.phase = RUN_APPLY;
}

/* Return: false when the process hung or died */
static bool worker_run(void)
{
	if (setjmp(fake.stop))
		return false;
	apply_run(&run.apply, &run.plan, &run.host, &kernel, fake_until);
	run.phase = RUN_DONE;
	return true;
}

static bool abandon_run(enum reason reason)
{
	if (setjmp(fake.stop))
		return false;
	apply_abandon(&run.apply, &run.plan, &run.host, &kernel, reason,
		      fake_now(NULL) + 20000);
	return true;
}

/* ---- what must hold ---- */

/* A function that had no driver may get the host's own. */
static bool is_as_before(size_t index)
{
	const struct host_function *before = &run.host.functions[index];
	const char *driver = fake.drivers[index];

	if (strcmp(fake.overrides[index], before->override) != 0 ||
	    strcmp(fake.holders[index], before->framebuffer) != 0)
		return false;
	return !strcmp(driver, before->driver) ||
	       (!before->driver[0] && !strcmp(driver, fake.natives[index]));
}

static bool is_taken(size_t index)
{
	return is_vfio(fake.drivers[index]) && is_vfio(fake.overrides[index]) &&
	       !fake.holders[index][0];
}

static void assert_whole_or_not(const char *scene, unsigned int strike)
{
	for (size_t t = 0; t < run.plan.n_targets; t++) {
		const struct plan_target *target = &run.plan.targets[t];
		enum target_state state = run.apply.targets[t].state;

		if (state != TARGET_RESERVED && state != TARGET_ROLLED_BACK)
			fail_msg("%s, call %u: target %zu is %s", scene, strike, t,
				 target_state_names[state]);
		if ((state == TARGET_RESERVED) !=
		    (run.apply.targets[t].reason == REASON_NONE))
			fail_msg("%s, call %u: target %zu: reason", scene, strike, t);
		for (size_t i = 0; i < target->n_functions; i++) {
			size_t index = target->functions[i].function;

			if (state == TARGET_RESERVED ? !is_taken(index) :
						       !is_as_before(index))
				fail_msg("%s, call %u: target %zu is %s, function %zu: "
					 "driver '%s', override '%s'\n%s",
					 scene, strike, t, target_state_names[state], i,
					 fake.drivers[index], fake.overrides[index],
					 fake.log);
		}
	}
}

/* What no target wants is as it was. */
static void assert_others_untouched(void)
{
	for (size_t i = 0; i < run.host.n_functions; i++) {
		bool wanted = false;
		char address[PCI_ADDRESS_TEXT];

		for (size_t t = 0; t < run.plan.n_targets; t++)
			for (size_t f = 0; f < run.plan.targets[t].n_functions; f++)
				wanted |= run.plan.targets[t].functions[f].function == i;
		pci_address_format(&run.host.functions[i].address, address);
		if (!wanted)
			assert_null(strstr(fake.log, address));
	}
}

/* No step of an ended run is left as if it still went on. */
static void assert_steps_ended(void)
{
	for (size_t i = 0; i < run.plan.n_actions; i++)
		if (run.apply.steps[i].state == STEP_PENDING)
			fail_msg("action %zu is still pending", i);
}

static void assert_bundles_agree(void)
{
	for (size_t a = 0; a < run.plan.n_targets; a++)
		for (size_t b = 0; b < a; b++)
			if (run.plan.targets[a].bundle == run.plan.targets[b].bundle)
				assert_int_equal(run.apply.targets[a].state,
						 run.apply.targets[b].state);
}

/* What was done to a function is on record. */
static void assert_flag(const struct action *action, enum step_state state)
{
	const struct plan_target *plan = &run.plan.targets[action->target];
	const struct apply_function *record = run.apply.targets[action->target].functions;

	for (size_t i = 0; i < plan->n_functions; i++, record++) {
		if (plan->functions[i].function != action->function)
			continue;
		if (action->type == ACTION_OVERRIDE)
			assert_true(record->overridden);
		if (action->type == ACTION_UNBIND)
			assert_int_equal(record->unbound, state == STEP_DONE);
		if (action->type == ACTION_RELEASE)
			assert_true(record->released);
		if (action->type == ACTION_BIND)
			assert_true(record->bound);
		if (action->type == ACTION_VERIFY) {
			assert_true(record->after_known);
			assert_string_equal(record->driver_after, "vfio-pci");
		}
		assert_false(record->given_back);
	}
}

/* ---- tests ---- */

static void test_reserved(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(scenes); i++) {
		scene_set(scenes[i].make);
		assert_true(worker_run());
		assert_whole_or_not(scenes[i].name, 0);
		assert_others_untouched();
		for (size_t t = 0; t < run.plan.n_targets; t++)
			assert_int_equal(run.apply.targets[t].state, TARGET_RESERVED);
		for (size_t s = 0; s < run.plan.n_actions; s++) {
			enum step_state step = run.apply.steps[s].state;

			assert_true(step == STEP_DONE || step == STEP_NEEDLESS);
			assert_true(run.apply.steps[s].start > 0);
			assert_true(run.apply.steps[s].end >= run.apply.steps[s].start);
			assert_flag(&run.plan.actions[s], step);
		}
	}
}

static void test_order(void **state)
{
	(void)state;
	scene_set(scene_bound_builtin);
	assert_true(worker_run());
	assert_string_equal(fake.log, "0000:09:00.0 override\n"
				      "0000:09:00.1 override\n"
				      "0000:09:00.2 override\n"
				      "0000:09:00.3 override\n"
				      "0000:09:00.0 unbind\n"
				      "0000:09:00.2 unbind\n"
				      "0000:09:00.0 bind\n"
				      "0000:09:00.1 bind\n"
				      "0000:09:00.2 bind\n"
				      "0000:09:00.3 bind\n");
}

/*
 * The console stops before the VFIO driver has the card; and comes back, when that was
 * all for nothing, before a driver of the host could.
 */
static void test_screen_order(void **state)
{
	(void)state;
	scene_set(scene_screen);
	assert_true(worker_run());
	assert_string_equal(fake.log, "0000:09:00.0 override\n"
				      "0000:09:00.1 override\n"
				      "0000:09:00.2 override\n"
				      "0000:09:00.3 override\n"
				      "0000:09:00.1 unbind\n"
				      "0000:09:00.0 release\n"
				      "load vfio_pci\n"
				      "0000:09:00.0 bind\n"
				      "0000:09:00.1 bind\n"
				      "0000:09:00.2 bind\n"
				      "0000:09:00.3 bind\n");
	scene_set(scene_screen);
	fake.holds_on = true;
	strcpy(fake.natives[index_at("0000:09:00.0")], "nouveau");
	assert_true(worker_run());
	assert_int_equal(run.apply.targets[0].state, TARGET_ROLLED_BACK);
	assert_non_null(strstr(fake.log, "0000:09:00.0 override\n"
					 "0000:09:00.0 unbind\n"
					 "0000:09:00.0 restore\n"
					 "0000:09:00.0 probe\n"));
	/* nothing of the firmware: nothing to release */
	scene_set(scene_module);
	assert_true(worker_run());
	assert_null(strstr(fake.log, "release"));
}

/* Only what belongs to a display, or holds the framebuffer, is asked for its owner. */
static void test_screen_of_others(void **state)
{
	(void)state;
	scene_set(scene_module);
	rule_add("0000:09:00.1:holder:13");
	assert_true(worker_run());
	assert_int_equal(run.apply.targets[0].state, TARGET_RESERVED);
	scene_set(scene_module);
	strcpy(machine_at(&run.host, "0000:09:00.3")->framebuffer, "efifb");
	rule_add("0000:09:00.3:holder:13");
	assert_true(worker_run());
	assert_int_equal(run.apply.targets[0].state, TARGET_ROLLED_BACK);
}

/* A module that registers binds by itself: the write only waits for that. */
static void test_needless(void **state)
{
	(void)state;
	scene_set(scene_module);
	assert_true(worker_run());
	for (size_t i = 0; i < run.plan.n_actions; i++)
		if (run.plan.actions[i].type == ACTION_BIND)
			assert_int_equal(run.apply.steps[i].state, STEP_NEEDLESS);
}

/* Once each call fails, with each errno; nothing else goes wrong. */
static void test_each_call_fails(void **state)
{
	static const int errors[] = { -EIO,    -EBUSY,	-ENODEV, -EINVAL,
				      -EACCES, -ENOENT, -EAGAIN, -ENOMEM };
	unsigned int tried = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(scenes); i++)
		for (size_t e = 0; e < ARRAY_SIZE(errors); e++)
			for (unsigned int strike = 1;; strike++) {
				scene_set(scenes[i].make);
				fake.strike = strike;
				fake.mishap = MISHAP_ERROR;
				fake.error = errors[e];
				assert_true(worker_run());
				if (fake.calls < strike)
					break;
				assert_whole_or_not(scenes[i].name, strike);
				assert_bundles_agree();
				assert_others_untouched();
				assert_steps_ended();
				tried++;
			}
	(void)printf("# counted: %u calls of the actions of a plan failed: %zu machines, "
		     "%zu errors\n",
		     tried, ARRAY_SIZE(scenes), ARRAY_SIZE(errors));
	assert_true(tried > 500);
}

/* The cards are pulled out at each call: there is nothing left to give back. */
static void test_each_call_unplugs(void **state)
{
	unsigned int tried = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(scenes); i++)
		for (unsigned int strike = 1;; strike++) {
			const struct apply_target *target = &run.apply.targets[0];

			scene_set(scenes[i].make);
			fake.strike = strike;
			fake.mishap = MISHAP_UNPLUG;
			assert_true(worker_run());
			if (fake.calls < strike)
				break;
			if (target->state == TARGET_RESERVED)
				continue; /* a later one was still to be done */
			assert_int_equal(target->state, TARGET_ROLLED_BACK);
			assert_true(target->reason == REASON_IDENTITY_CHANGED ||
				    target->reason == REASON_BUNDLE_FAILED);
			assert_bundles_agree();
			assert_steps_ended();
			tried++;
		}
	assert_true(tried > 50);
}

/* The worker ends at each call, before or after it was done; another one tidies up. */
static void test_each_call_ends_worker(void **state)
{
	unsigned int tried = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(scenes); i++)
		for (enum mishap mishap = MISHAP_HANG; mishap <= MISHAP_DIE_AFTER;
		     mishap++)
			for (unsigned int strike = 1; strike < CALLS_MAX; strike++) {
				scene_set(scenes[i].make);
				fake.strike = strike;
				fake.mishap = mishap;
				if (worker_run())
					break;
				fake.strike = 0;
				assert_true(abandon_run(REASON_CRASHED));
				assert_whole_or_not(scenes[i].name, strike);
				assert_bundles_agree();
				assert_others_untouched();
				assert_steps_ended();
				tried++;
			}
	assert_true(tried > 150);
}

/* The same for the worker that tidies up: a third one finds what it left. */
static void test_each_call_ends_both(void **state)
{
	unsigned int tried = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(scenes); i++)
		for (unsigned int first = 1; first < CALLS_MAX; first++)
			for (unsigned int second = 1; second < CALLS_MAX; second++) {
				scene_set(scenes[i].make);
				fake.strike = first;
				fake.mishap = MISHAP_DIE_AFTER;
				if (worker_run()) {
					first = CALLS_MAX;
					break;
				}
				fake.strike = first + second;
				if (abandon_run(REASON_DEADLINE))
					break;
				fake.strike = 0;
				assert_true(abandon_run(REASON_DEADLINE));
				assert_whole_or_not(scenes[i].name, first);
				tried++;
			}
	(void)printf(
		"# counted: %u pairs of calls of the actions and of what undoes them "
		"ended their process\n",
		tried);
	assert_true(tried > 1000);
}

static const struct {
	const char *rules[3];
	void (*make)(void);
	enum target_state state;
	enum reason reason;
	const char *detail;
} failures[] = {
	{ { "0000:09:00.1:override:5" },
	  scene_module,
	  TARGET_FAILED,
	  REASON_OVERRIDE_FAILED,
	  "0000:09:00.1" },
	{ { "0000:09:00.1:override:5:1" },
	  scene_module,
	  TARGET_ROLLED_BACK,
	  REASON_OVERRIDE_FAILED,
	  "Input/output error" },
	{ { "0000:09:00.1:override:116" },
	  scene_module,
	  TARGET_ROLLED_BACK,
	  REASON_IDENTITY_CHANGED,
	  "0000:09:00.1" },
	{ { "0000:09:00.2:unbind:5:1" },
	  scene_bound,
	  TARGET_ROLLED_BACK,
	  REASON_UNBIND_FAILED,
	  "0000:09:00.2" },
	{ { "vfio_pci:load:129" },
	  scene_module,
	  TARGET_ROLLED_BACK,
	  REASON_LOAD_FAILED,
	  "signature" },
	{ { "vfio_pci:load:1" },
	  scene_module,
	  TARGET_ROLLED_BACK,
	  REASON_LOAD_FAILED,
	  "lockdown" },
	{ { "vfio_pci:load:8" },
	  scene_module,
	  TARGET_ROLLED_BACK,
	  REASON_LOAD_FAILED,
	  "another kernel" },
	{ { "vfio_pci:load:2" },
	  scene_module,
	  TARGET_ROLLED_BACK,
	  REASON_LOAD_FAILED,
	  "not in this initramfs" },
	{ { "0000:09:00.0:release:5" },
	  scene_screen,
	  TARGET_ROLLED_BACK,
	  REASON_FRAMEBUFFER_HELD,
	  "0000:09:00.0" },
	{ { "0000:09:00.0:release:lie" },
	  scene_screen,
	  TARGET_ROLLED_BACK,
	  REASON_FRAMEBUFFER_HELD,
	  "efifb still holds a part of its memory" },
	{ { "0000:09:00.0:restore:5", "vfio_pci:load:1" },
	  scene_screen,
	  TARGET_FAILED,
	  REASON_LOAD_FAILED,
	  "lockdown" },
	{ { "0000:09:00.0:holder:13" },
	  scene_module,
	  TARGET_ROLLED_BACK,
	  REASON_BIND_FAILED,
	  "0000:09:00.0" },
	{ { "0000:09:00.3:bind:22" },
	  scene_builtin,
	  TARGET_ROLLED_BACK,
	  REASON_BIND_FAILED,
	  "denylist" },
	{ { "0000:09:00.3:bind:16" },
	  scene_builtin,
	  TARGET_ROLLED_BACK,
	  REASON_BIND_FAILED,
	  "virtual functions" },
	{ { "0000:09:00.3:bind:19" },
	  scene_builtin,
	  TARGET_ROLLED_BACK,
	  REASON_BIND_FAILED,
	  "does not support" },
	{ { "0000:09:00.3:bind:2" },
	  scene_builtin,
	  TARGET_ROLLED_BACK,
	  REASON_BIND_FAILED,
	  "built into the kernel" },
	/* the bind is lost without a word */
	{ { "0000:09:00.2:bind:16", "0000:09:00.2:probe:22", "0000:09:00.2:return:19" },
	  scene_bound_builtin,
	  TARGET_FAILED,
	  REASON_BIND_FAILED,
	  "0000:09:00.2" },
	/* giving back is tried twice */
	{ { "0000:09:00.1:bind:22", "0000:09:00.0:unbind:5:1" },
	  scene_builtin,
	  TARGET_ROLLED_BACK,
	  REASON_BIND_FAILED,
	  "IOMMU group" },
	{ { "0000:09:00.1:bind:22", "0000:09:00.0:unbind:5:2" },
	  scene_builtin,
	  TARGET_FAILED,
	  REASON_BIND_FAILED,
	  "IOMMU group" },
};

static void test_reasons(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(failures); i++) {
		const struct apply_target *target = &run.apply.targets[0];

		scene_set(failures[i].make);
		for (size_t r = 0; r < ARRAY_SIZE(failures[i].rules); r++)
			if (failures[i].rules[r])
				rule_add(failures[i].rules[r]);
		assert_true(worker_run());
		if (target->state != failures[i].state ||
		    target->reason != failures[i].reason ||
		    !strstr(target->detail, failures[i].detail))
			fail_msg("%s: %s, %s, %s", failures[i].rules[0],
				 target_state_names[target->state],
				 reason_info(target->reason)->code, target->detail);
		if (target->state == TARGET_ROLLED_BACK)
			assert_whole_or_not(failures[i].rules[0], 0);
	}
}

/* Before 5.14 bind says ENODEV whatever the probe said. */
static void test_masked_errno(void **state)
{
	static const struct {
		unsigned int major, minor;
		bool hides;
	} kernels[] = {
		{ 4, 19, true },  { 5, 10, true },  { 5, 13, true },
		{ 5, 14, false }, { 5, 15, false }, { 6, 1, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kernels); i++) {
		scene_set(scene_builtin);
		run.host.kernel_major = kernels[i].major;
		run.host.kernel_minor = kernels[i].minor;
		rule_add("0000:09:00.3:bind:19");
		assert_true(worker_run());
		assert_int_equal(!!strstr(run.apply.targets[0].detail, "hides the cause"),
				 kernels[i].hides);
	}
}

/*
 * What was in the memory before is no part of the outcome; behind the plan nothing is
 * touched.
 */
static void test_init(void **state)
{
	static struct apply used;
	static const struct apply_function none;

	(void)state;
	scene_set(scene_bound_builtin);
	memset(&used, 0x5a, sizeof(used));
	memset(&run.apply, 0x5a, sizeof(run.apply));
	run.apply.worker_lives = true;
	apply_init(&run.apply, &run.plan);
	assert_int_equal(run.apply.n_strays, 0);
	assert_string_equal(run.apply.left_out, "");
	assert_false(run.apply.worker_lives);
	for (size_t i = 0; i < run.plan.n_targets; i++)
		assert_memory_equal(&run.apply.targets[i].functions[0], &none,
				    sizeof(none));
	assert_memory_equal(&run.apply.targets[run.plan.n_targets],
			    &used.targets[run.plan.n_targets], sizeof(used.targets[0]));
	assert_memory_equal(&run.apply.steps[run.plan.n_actions],
			    &used.steps[run.plan.n_actions], sizeof(used.steps[0]));
}

/* Refused before the write, it has nothing to give back. */
static void test_stale_override(void **state)
{
	const struct apply_function *functions = run.apply.targets[0].functions;

	(void)state;
	scene_set(scene_module);
	rule_add("0000:09:00.1:override:116:1");
	assert_true(worker_run());
	assert_true(functions[0].overridden);
	assert_true(functions[0].given_back);
	assert_false(functions[1].overridden);
	assert_false(functions[1].given_back);
}

/* An action about a function that its target does not name writes no record behind. */
static void test_foreign_function(void **state)
{
	const struct apply_function *functions = run.apply.targets[0].functions;

	(void)state;
	scene_set(scene_builtin);
	run.plan.actions[0].function = index_at("0000:0b:00.0");
	rule_add("0000:0b:00.0:override:5");
	assert_true(worker_run());
	assert_true(functions[3].overridden);
	assert_false(functions[4].overridden);
}

/* Another program binds it to the wanted driver: before the look, and after. */
static void test_faster_friend(void **state)
{
	(void)state;
	scene_set(scene_builtin);
	strcpy(fake.drivers[index_at("0000:09:00.3")], "vfio-pci");
	assert_true(worker_run());
	assert_int_equal(run.apply.targets[0].state, TARGET_RESERVED);
	scene_set(scene_builtin);
	rule_add("0000:09:00.3:bind:friend");
	assert_true(worker_run());
	assert_int_equal(run.apply.targets[0].state, TARGET_RESERVED);
	scene_set(scene_builtin);
	run.host.kernel_major = 5; /* before 5.14: another errno */
	rule_add("0000:09:00.3:bind:friend");
	assert_true(worker_run());
	assert_int_equal(run.apply.targets[0].state, TARGET_RESERVED);
	scene_set(scene_bound_builtin);
	strcpy(fake.drivers[index_at("0000:09:00.0")], "vfio-pci");
	assert_true(worker_run());
	assert_int_equal(run.apply.targets[0].state, TARGET_RESERVED);
	assert_null(strstr(fake.log, "0000:09:00.0 unbind"));
}

/* Writes that say that they worked prove nothing. */
static void test_lies(void **state)
{
	static const char *const lies[] = {
		"0000:09:00.0:override:lie",
		"0000:09:00.2:unbind:lie",
		"0000:09:00.1:bind:lie",
		"vfio_pci:load:lie",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lies); i++) {
		scene_set(i == 3 ? scene_module : scene_bound_builtin);
		rule_add(lies[i]);
		assert_true(worker_run());
		assert_int_equal(run.apply.targets[0].state, TARGET_ROLLED_BACK);
		assert_int_equal(run.apply.targets[0].reason, REASON_BIND_FAILED);
		assert_whole_or_not(lies[i], 0);
	}
}

/*
 * A host driver came between the facts and us: what the config says of one holds for it.
 */
static void stranger_comes(const char *address, const char *driver)
{
	strcpy(fake.natives[index_at(address)], driver);
	strcpy(fake.drivers[index_at(address)], driver);
}

static void test_faster_stranger(void **state)
{
	(void)state;
	scene_set(scene_builtin);
	stranger_comes("0000:09:00.1", "snd_hda_intel");
	assert_true(worker_run());
	assert_int_equal(run.apply.targets[0].state, TARGET_RESERVED);
	assert_true(run.apply.targets[0].functions[1].unbound);
	assert_non_null(strstr(fake.log, "0000:09:00.1 unbind\n0000:09:00.1 bind\n"));
	/* while it is being bound; the override lets it come no second time */
	scene_set(scene_builtin);
	rule_add("0000:09:00.1:bind:stranger:1");
	assert_true(worker_run());
	assert_int_equal(run.apply.targets[0].state, TARGET_RESERVED);
	assert_non_null(strstr(fake.log, "0000:09:00.1 bind\n0000:09:00.1 unbind\n"
					 "0000:09:00.1 bind\n"));
	scene_set(scene_builtin);
	rule_add("0000:09:00.1:bind:stranger");
	assert_true(worker_run());
	assert_int_equal(run.apply.targets[0].state, TARGET_ROLLED_BACK);
	assert_int_equal(run.apply.targets[0].reason, REASON_BIND_FAILED);
}

/* The link is there while the driver probes; that it is bound is known after that. */
static void test_probe_goes_on(void **state)
{
	size_t index;

	(void)state;
	scene_set(scene_module);
	index = index_at("0000:09:00.1");
	fake.probing = index;
	rule_add("0000:09:00.1:bind:62:1");
	assert_true(worker_run());
	probe_end(index);
	assert_whole_or_not("a probe that fails late", 0);
	assert_int_equal(run.apply.targets[0].state, TARGET_ROLLED_BACK);
	assert_int_equal(run.apply.targets[0].reason, REASON_BIND_FAILED);
	/* one that the next try makes good */
	scene_set(scene_module);
	fake.probing = index;
	assert_true(worker_run());
	probe_end(index);
	assert_whole_or_not("a probe that fails once", 0);
	assert_int_equal(run.apply.targets[0].state, TARGET_RESERVED);
}

static void scene_careful(void)
{
	run.host.drivers[0].state = HOST_DRIVER_BUILTIN;
	config_of(&run.config, "[target card]\naddress = 09:00.0\n");
}

/* No display driver is made to let go, whenever it came. */
static void test_display_in_use(void **state)
{
	const struct apply_target *target = &run.apply.targets[0];

	(void)state;
	scene_set(scene_careful);
	stranger_comes("0000:09:00.0", "nouveau");
	assert_true(worker_run());
	assert_int_equal(target->state, TARGET_ROLLED_BACK);
	assert_int_equal(target->reason, REASON_DRIVER_IN_USE);
	assert_non_null(strstr(target->detail, "0000:09:00.0: nouveau"));
	assert_null(strstr(fake.log, "unbind"));
	assert_false(target->functions[0].unbound);
	assert_string_equal(fake.drivers[index_at("0000:09:00.0")], "nouveau");
	assert_string_equal(fake.overrides[index_at("0000:09:00.0")], "");
	/* the sound function is another matter */
	scene_set(scene_careful);
	stranger_comes("0000:09:00.1", "snd_hda_intel");
	assert_true(worker_run());
	assert_int_equal(target->state, TARGET_RESERVED);
	/* a place holder has it */
	scene_set(scene_careful);
	stranger_comes("0000:09:00.0", "pci-stub");
	assert_true(worker_run());
	assert_int_equal(target->state, TARGET_RESERVED);
}

/* A driver goes by itself between the look and the unbind. */
static void test_driver_goes(void **state)
{
	(void)state;
	scene_set(scene_bound);
	rule_add("0000:09:00.2:unbind:gone:1");
	assert_true(worker_run());
	assert_int_equal(run.apply.targets[0].state, TARGET_RESERVED);
	scene_set(scene_bound);
	rule_add("0000:09:00.2:unbind:lost:1");
	assert_true(worker_run());
	assert_int_equal(run.apply.targets[0].state, TARGET_RESERVED);
	scene_set(scene_bound);
	fake.drivers[index_at("0000:09:00.2")][0] = '\0'; /* before the look */
	assert_true(worker_run());
	assert_int_equal(run.apply.targets[0].state, TARGET_RESERVED);
	assert_false(run.apply.targets[0].functions[2].unbound);
	for (size_t i = 0; i < run.plan.n_actions; i++)
		if (run.plan.actions[i].type == ACTION_UNBIND &&
		    run.plan.actions[i].function == index_at("0000:09:00.2"))
			assert_int_equal(run.apply.steps[i].state, STEP_NEEDLESS);
	/* ENODEV is an error while it is still there */
	scene_set(scene_bound);
	rule_add("0000:09:00.2:unbind:19:1");
	assert_true(worker_run());
	assert_int_equal(run.apply.targets[0].state, TARGET_ROLLED_BACK);
	assert_int_equal(run.apply.targets[0].reason, REASON_UNBIND_FAILED);
}

/* ---- nothing but what was planned ---- */

static const struct stray *stray_at(const char *address)
{
	for (size_t i = 0; i < run.apply.n_strays; i++)
		if (run.apply.strays[i].function == index_at(address))
			return &run.apply.strays[i];
	fail_msg("%s: no stray", address);
	return NULL;
}

/* The driver has ids of its own: they take the boot display and the other card along. */
static void ids_take(void)
{
	fake.dynamic[index_at("0000:00:02.0")] = true;
	fake.dynamic[index_at("0000:0b:00.0")] = true;
	strcpy(fake.natives[index_at("0000:00:02.0")], "i915");
}

static void test_unplanned_is_given_back(void **state)
{
	(void)state;
	scene_set(scene_module);
	ids_take();
	assert_true(worker_run());
	assert_int_equal(run.apply.targets[0].state, TARGET_RESERVED);
	assert_whole_or_not("unplanned", 0);
	assert_int_equal(run.apply.n_strays, 2);
	assert_true(stray_at("0000:00:02.0")->came);
	assert_int_equal(stray_at("0000:00:02.0")->undo_error, 0);
	assert_int_equal(stray_at("0000:0b:00.0")->undo_error, 0);
	assert_string_equal(fake.drivers[index_at("0000:00:02.0")], "");
	assert_string_equal(fake.drivers[index_at("0000:0b:00.0")], "");
	assert_string_equal(run.apply.left_out, "vfio_pci: ids=10de:1e84");
	assert_int_equal(fake.looks, 0);
	for (size_t i = 0; i < run.plan.n_actions; i++)
		assert_int_equal(run.apply.steps[i].reason, REASON_NONE);
}

/* There is no room for them in the report; the host gets them nevertheless. */
static void test_unplanned_without_room(void **state)
{
	(void)state;
	scene_set(scene_module);
	ids_take();
	run.apply.n_strays = APPLY_STRAYS_MAX;
	for (size_t i = 0; i < APPLY_STRAYS_MAX; i++)
		run.apply.strays[i].function = index_at("0000:09:00.0");
	assert_true(worker_run());
	assert_int_equal(run.apply.targets[0].state, TARGET_RESERVED);
	assert_string_equal(fake.drivers[index_at("0000:00:02.0")], "");
	assert_string_equal(fake.drivers[index_at("0000:0b:00.0")], "");
	assert_int_equal(run.apply.n_strays, APPLY_STRAYS_MAX);
}

/* What a refused target names is not planned. */
static void test_unplanned_of_refused(void **state)
{
	(void)state;
	scene_set(scene_two);
	ids_take();
	machine_at(&run.host, "0000:0b:00.0")->boot_vga = FACT_YES;
	machine_at(&run.host, "0000:0b:00.0")->driver[0] = '\0';
	fake.drivers[index_at("0000:0b:00.0")][0] = '\0';
	plan_build(&run.config, &run.host, &run.plan);
	apply_init(&run.apply, &run.plan);
	assert_int_equal(run.apply.targets[1].state, TARGET_REFUSED);
	assert_true(run.plan.targets[1].n_functions > 0);
	assert_true(worker_run());
	assert_int_equal(run.apply.targets[0].state, TARGET_RESERVED);
	assert_true(stray_at("0000:0b:00.0")->came);
	assert_string_equal(fake.drivers[index_at("0000:0b:00.0")], "");
}

/* After a failure they are given back as well. */
static void test_unplanned_of_failed(void **state)
{
	(void)state;
	scene_set(scene_module);
	ids_take();
	rule_add("vfio_pci:list:5:1");
	assert_true(worker_run());
	assert_int_equal(run.apply.targets[0].state, TARGET_ROLLED_BACK);
	assert_true(stray_at("0000:00:02.0")->came);
	assert_string_equal(fake.drivers[index_at("0000:00:02.0")], "");
	/* and when the module comes only after the worker was killed */
	scene_set(scene_module);
	ids_take();
	rule_add("vfio_pci:load:queued:1");
	assert_false(worker_run());
	run.apply.worker_lives = true;
	assert_true(abandon_run(REASON_DEADLINE));
	assert_false(run.apply.worker_lives);
	assert_true(stray_at("0000:00:02.0")->came);
	assert_string_equal(fake.drivers[index_at("0000:00:02.0")], "");
}

/* Giving one back hangs: the record does not say that it ended. */
static void test_unplanned_hangs(void **state)
{
	(void)state;
	scene_set(scene_module);
	ids_take();
	rule_add("0000:00:02.0:unbind:hang");
	assert_false(worker_run());
	assert_true(stray_at("0000:00:02.0")->came);
	assert_int_equal(stray_at("0000:00:02.0")->undo_error, -EINPROGRESS);
}

/* What is there before us, and what another tool's override names, is its business. */
static void test_unplanned_of_others_stays(void **state)
{
	(void)state;
	scene_set(scene_module);
	strcpy(machine_at(&run.host, "0000:0b:00.0")->override, "vfio-pci");
	strcpy(fake.overrides[index_at("0000:0b:00.0")], "vfio-pci");
	strcpy(machine_at(&run.host, "0000:0b:00.1")->driver, "vfio-pci");
	strcpy(fake.drivers[index_at("0000:0b:00.1")], "vfio-pci");
	assert_true(worker_run());
	assert_int_equal(run.apply.targets[0].state, TARGET_RESERVED);
	assert_false(stray_at("0000:0b:00.0")->came);
	assert_false(stray_at("0000:0b:00.1")->came);
	assert_string_equal(fake.drivers[index_at("0000:0b:00.0")], "vfio-pci");
	assert_string_equal(fake.drivers[index_at("0000:0b:00.1")], "vfio-pci");
}

/* A plan for one late function does not know what other targets name. */
static void test_reserved_before_is_no_stray(void **state)
{
	(void)state;
	scene_set(scene_module);
	run.plan.narrowed = true;
	strcpy(machine_at(&run.host, "0000:0b:00.1")->driver, "vfio-pci");
	strcpy(fake.drivers[index_at("0000:0b:00.1")], "vfio-pci");
	ids_take();
	assert_true(worker_run());
	assert_true(stray_at("0000:00:02.0")->came);
	for (size_t i = 0; i < run.apply.n_strays; i++)
		assert_true(run.apply.strays[i].came);
	assert_string_equal(fake.drivers[index_at("0000:0b:00.1")], "vfio-pci");
}

/* Of a far function nothing is known: what it is now is looked up then. */
static void test_unplanned_far(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct host_function *far;

		scene_set(scene_module);
		ids_take();
		far = machine_at(&run.host, "0000:0b:00.0");
		far->far = true;
		if (i)
			strcpy(fake.overrides[index_at("0000:0b:00.0")], "vfio-pci");
		assert_true(worker_run());
		assert_int_equal(run.apply.targets[0].state, TARGET_RESERVED);
		assert_int_equal(stray_at("0000:0b:00.0")->came, !i);
		assert_string_equal(fake.drivers[index_at("0000:0b:00.0")],
				    i ? "vfio-pci" : "");
	}
}

/* A card that is with a VFIO driver against the plan's word is no success. */
static void test_unplanned_stays(void **state)
{
	const struct apply_target *target = &run.apply.targets[0];

	(void)state;
	scene_set(scene_module);
	ids_take();
	rule_add("0000:00:02.0:unbind:5");
	assert_true(worker_run());
	assert_int_equal(target->state, TARGET_ROLLED_BACK);
	assert_int_equal(target->reason, REASON_UNPLANNED);
	assert_non_null(strstr(target->detail, "0000:00:02.0"));
	assert_int_equal(stray_at("0000:00:02.0")->undo_error, -EIO);
	scene_set(scene_module);
	rule_add("vfio_pci:list:5");
	assert_true(worker_run());
	assert_int_equal(target->state, TARGET_ROLLED_BACK);
}

/* Whatever fails, and wherever the worker ends: nothing unplanned stays. */
static void test_unplanned_with_failures(void **state)
{
	unsigned int tried = 0;

	(void)state;
	for (enum mishap mishap = MISHAP_ERROR; mishap <= MISHAP_DIE_AFTER; mishap++)
		for (unsigned int strike = 1; strike < CALLS_MAX; strike++) {
			bool ended;

			scene_set(scene_module);
			ids_take();
			fake.strike = strike;
			fake.mishap = mishap;
			fake.error = -EIO;
			ended = worker_run();
			if (fake.calls < strike)
				break;
			fake.strike = 0;
			if (!ended)
				assert_true(abandon_run(REASON_CRASHED));
			assert_whole_or_not("unplanned", strike);
			if (run.apply.n_strays &&
			    run.apply.targets[0].reason != REASON_UNPLANNED)
				assert_false(
					is_vfio(fake.drivers[index_at("0000:00:02.0")]));
			tried++;
		}
	assert_true(tried > 50);
}

/* Rolling back while the driver has the card's id: it is not taken again. */
static void test_dynamic_ids(void **state)
{
	(void)state;
	scene_set(scene_bound_builtin);
	for (unsigned int i = 0; i < 4; i++)
		fake.dynamic[index_at("0000:09:00.0") + i] = true;
	rule_add("0000:09:00.3:bind:22");
	assert_true(worker_run());
	assert_int_equal(run.apply.targets[0].state, TARGET_ROLLED_BACK);
	assert_whole_or_not("dynamic ids", 0);
	assert_string_equal(fake.drivers[index_at("0000:09:00.0")], "nouveau");
	assert_string_equal(fake.drivers[index_at("0000:09:00.1")], "");
}

/* ---- late functions ---- */

static void late_run(int error, unsigned int allowed, const char *winner)
{
	char rule[64];

	scene_set(scene_careful);
	(void)snprintf(rule, sizeof(rule), "0000:09:00.0:bind:%d", error);
	rule_add(rule);
	fake.allowed = allowed;
	strcpy(fake.winner, winner);
	fake_until = 100000;
	assert_true(worker_run());
	fake_until = 0;
}

/* "Not yet" while no driver has it; nothing is undone meanwhile. */
static void test_late_waits(void **state)
{
	static const int errors[] = { 19, 11 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		late_run(errors[i], 7, "");
		assert_int_equal(run.apply.targets[0].state, TARGET_RESERVED);
		assert_int_equal(fake.pauses, 7);
		assert_null(strstr(fake.log, "probe"));
		assert_whole_or_not("late", 0);
		/* the kernel itself gave it to the driver of the override */
		late_run(errors[i], 7, "vfio-pci");
		assert_int_equal(run.apply.targets[0].state, TARGET_RESERVED);
		/* a driver of the host was faster all the same */
		late_run(errors[i], 7, "nouveau");
		assert_int_equal(run.apply.targets[0].state, TARGET_ROLLED_BACK);
		assert_int_equal(run.apply.targets[0].reason, REASON_DRIVER_IN_USE);
		assert_string_equal(fake.drivers[index_at("0000:09:00.0")], "nouveau");
	}
}

/* It ends; and what is no "not yet" does not wait. */
static void test_late_ends(void **state)
{
	(void)state;
	late_run(19, 0, "");
	assert_int_equal(run.apply.targets[0].state, TARGET_ROLLED_BACK);
	assert_int_equal(run.apply.targets[0].reason, REASON_BIND_FAILED);
	assert_in_range(fake.pauses, 90, 110);
	assert_whole_or_not("late", 0);
	late_run(22, 0, "");
	assert_int_equal(run.apply.targets[0].state, TARGET_ROLLED_BACK);
	assert_int_equal(fake.pauses, 0);
	/* the time itself is too late */
	scene_set(scene_careful);
	rule_add("0000:09:00.0:bind:19");
	fake.allowed = 1;
	fake.clock = fake_until = 5000;
	assert_true(worker_run());
	fake_until = 0;
	assert_int_equal(run.apply.targets[0].state, TARGET_ROLLED_BACK);
	assert_int_equal(fake.pauses, 0);
}

/* All overrides stand before the first module is loaded. */
static void test_overrides_come_first(void **state)
{
	const char *load;

	(void)state;
	scene_set(scene_two);
	assert_true(worker_run());
	load = strstr(fake.log, "load vfio_pci");
	assert_non_null(load);
	assert_non_null(strstr(fake.log, "0000:0b:00.1 override"));
	assert_true(strstr(fake.log, "0000:0b:00.1 override") < load);
	assert_null(strstr(load, "override"));
}

/* One bundle's failure is not another one's. */
static void test_bundles_are_apart(void **state)
{
	(void)state;
	scene_set(scene_two);
	rule_add("0000:09:00.0:override:5:1");
	assert_true(worker_run());
	assert_int_equal(run.apply.targets[0].state, TARGET_ROLLED_BACK);
	assert_int_equal(run.apply.targets[1].state, TARGET_RESERVED);
	scene_set(scene_two);
	rule_add("vfio_pci:load:5:1");
	assert_true(worker_run());
	assert_int_equal(run.apply.targets[0].state, TARGET_ROLLED_BACK);
	assert_int_equal(run.apply.targets[1].state, TARGET_RESERVED);
}

/* What shares a group goes together, and each says why. */
static void test_bundle_fails_whole(void **state)
{
	(void)state;
	scene_set(scene_bundle);
	rule_add("0000:0b:00.1:bind:22");
	run.host.drivers[0].state = HOST_DRIVER_BUILTIN;
	fake.registered = true;
	plan_build(&run.config, &run.host, &run.plan);
	apply_init(&run.apply, &run.plan);
	assert_true(worker_run());
	assert_int_equal(run.apply.targets[0].state, TARGET_ROLLED_BACK);
	assert_int_equal(run.apply.targets[0].reason, REASON_BUNDLE_FAILED);
	assert_non_null(strstr(run.apply.targets[0].detail, "0000:0b:00.1"));
	assert_int_equal(run.apply.targets[1].state, TARGET_ROLLED_BACK);
	assert_int_equal(run.apply.targets[1].reason, REASON_BIND_FAILED);
	assert_whole_or_not("bundle", 0);
}

static void test_undo_is_recorded(void **state)
{
	const struct apply_function *function = &run.apply.targets[0].functions[2];

	(void)state;
	scene_set(scene_bound_builtin);
	rule_add("0000:09:00.3:bind:22");
	rule_add("0000:09:00.2:return:19");
	rule_add("0000:09:00.2:probe:5");
	assert_true(worker_run());
	assert_int_equal(run.apply.targets[0].state, TARGET_FAILED);
	assert_true(function->given_back);
	assert_int_equal(function->undo_error, -EIO);
	assert_true(function->after_known);
	assert_string_equal(function->driver_after, "");
	/* the others are back nevertheless */
	assert_true(is_as_before(index_at("0000:09:00.0")));
	assert_true(is_as_before(index_at("0000:09:00.1")));
	assert_true(is_as_before(index_at("0000:09:00.3")));
}

/* What was done last */
static void assert_log_ends(const char *wanted)
{
	size_t length = strlen(fake.log), tail = strlen(wanted);

	assert_true(length >= tail);
	assert_string_equal(fake.log + length - tail, wanted);
}

/* Once, in reverse; what worked is not tried a second time. */
static void test_undo_order(void **state)
{
	(void)state;
	scene_set(scene_bound_builtin);
	rule_add("0000:09:00.3:bind:22");
	assert_true(worker_run());
	assert_log_ends(
		"0000:09:00.2 bind\n"
		"0000:09:00.3 override\n0000:09:00.3 probe\n"
		"0000:09:00.2 override\n0000:09:00.2 unbind\n0000:09:00.2 bind\n"
		"0000:09:00.1 override\n0000:09:00.1 unbind\n0000:09:00.1 probe\n"
		"0000:09:00.0 override\n0000:09:00.0 unbind\n0000:09:00.0 bind\n");
	/* the one at which the worker stopped comes last */
	scene_set(scene_bound);
	rule_add("0000:09:00.2:override:hang:1");
	assert_false(worker_run());
	assert_true(abandon_run(REASON_CRASHED));
	assert_string_equal(fake.log, "0000:09:00.0 override\n0000:09:00.1 override\n"
				      "0000:09:00.1 override\n0000:09:00.1 probe\n"
				      "0000:09:00.0 override\n"
				      "0000:09:00.2 override\n");
}

/* Each thing that is on record is undone, also when the others are not. */
static void test_each_record_is_undone(void **state)
{
	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct apply_function *function = &run.apply.targets[0].functions[1];
		bool *const flags[] = { &function->overridden, &function->unbound,
					&function->released, &function->bound };

		scene_set(scene_builtin);
		*flags[i] = true;
		assert_true(abandon_run(REASON_CRASHED));
		assert_true(function->given_back);
		assert_false(function[1].given_back);
	}
}

/* Once it is being given back, what was read before says nothing of the end. */
static void test_after_is_forgotten(void **state)
{
	const struct apply_function *function = &run.apply.targets[0].functions[0];

	(void)state;
	scene_set(scene_bound_builtin);
	rule_add("vfio_pci:list:5:1"); /* the driver has been read by then */
	rule_add("0000:09:00.0:return:hang");
	assert_false(worker_run());
	assert_string_equal(function->driver_after, "vfio-pci");
	assert_false(function->after_known);
}

/* The function that hangs hangs again: it comes last, so the others are back by then. */
static void test_hang_hangs_again(void **state)
{
	const struct apply_target *target = &run.apply.targets[0];

	(void)state;
	scene_set(scene_bound);
	rule_add("0000:09:00.1:override:hang");
	assert_false(worker_run());
	assert_int_equal(run.apply.steps[1].state, STEP_STARTED);
	assert_true(run.apply.steps[1].start > 0);
	assert_int_equal(run.apply.steps[1].end, 0);
	assert_false(abandon_run(REASON_DEADLINE));
	assert_int_equal(target->state, TARGET_PENDING);
	apply_close(&run.apply, &run.plan, &run.host, REASON_DEADLINE);
	assert_int_equal(target->state, TARGET_FAILED);
	assert_int_equal(target->reason, REASON_DEADLINE);
	assert_non_null(strstr(target->detail, "0000:09:00.1: override"));
	assert_int_equal(target->functions[1].undo_error, -EINPROGRESS);
	assert_true(is_as_before(index_at("0000:09:00.0")));
	assert_true(target->functions[0].given_back);
	assert_int_equal(target->functions[0].undo_error, 0);
	assert_int_equal(run.apply.steps[1].state, STEP_STARTED);
	assert_steps_ended();
}

/* Each call is carried out after the worker was killed in it, whenever that is. */
static void test_each_call_is_queued(void **state)
{
	unsigned int tried = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(scenes); i++)
		for (unsigned int when = 0; when < 40; when++)
			for (unsigned int strike = 1;; strike++) {
				scene_set(scenes[i].make);
				fake.strike = strike;
				fake.mishap = MISHAP_QUEUED;
				(void)worker_run();
				if (fake.calls < strike)
					break;
				fake.strike = 0;
				fake.queued_at = fake.calls + 1 + when;
				run.apply.worker_lives = true;
				assert_true(abandon_run(REASON_DEADLINE));
				assert_whole_or_not(scenes[i].name, strike);
				assert_bundles_agree();
				assert_steps_ended();
				tried++;
			}
	assert_true(tried > 2000);
}

/* It never ends: what can be given back is, and the report does not say that all was. */
static void test_worker_outlives_all(void **state)
{
	const struct apply_target *target = &run.apply.targets[0];
	char detail[FAULT_TEXT_MAX];

	(void)state;
	scene_set(scene_two);
	rule_add("0000:09:00.1:override:queued:1");
	fake.queued_at = UINT_MAX;
	assert_false(worker_run());
	run.apply.worker_lives = true;
	assert_true(abandon_run(REASON_DEADLINE));
	assert_in_range(fake.pauses, 18, 21);
	assert_int_equal(target->state, TARGET_FAILED);
	assert_int_equal(target->reason, REASON_DEADLINE);
	assert_string_equal(target->detail,
			    "0000:09:00.1: override (vfio-pci) had not ended by the "
			    "deadline; the worker was killed but still exists: the "
			    "kernel may yet complete its write");
	assert_int_equal(target->functions[0].undo_error, 0);
	assert_int_equal(target->functions[1].undo_error, -EINPROGRESS);
	assert_true(is_as_before(index_at("0000:09:00.1")));
	assert_int_equal(run.apply.targets[1].state, TARGET_ROLLED_BACK);
	assert_null(strstr(run.apply.targets[1].detail, "still exists"));
	strcpy(detail, target->detail);
	apply_close(&run.apply, &run.plan, &run.host, REASON_DEADLINE);
	assert_string_equal(target->detail, detail);
	/* the process that gives back hangs too, and is killed */
	scene_set(scene_two);
	rule_add("0000:09:00.1:override:queued:1");
	fake.queued_at = UINT_MAX;
	assert_false(worker_run());
	run.apply.worker_lives = true;
	rule_add("0000:09:00.1:override:hang");
	assert_false(abandon_run(REASON_DEADLINE));
	apply_close(&run.apply, &run.plan, &run.host, REASON_DEADLINE);
	assert_int_equal(target->state, TARGET_FAILED);
	assert_string_equal(target->detail, detail);
}

/* It is said of the target at whose function the worker is, and of no other one. */
static void test_outliving_worker_is_named(void **state)
{
	static const struct {
		const char *queued, *hang;
		size_t target;
	} rows[] = {
		{ "0000:09:00.0:override:queued:1", "0000:09:00.0:override:hang", 0 },
		{ "0000:09:00.3:override:queued:1", "0000:09:00.3:override:hang", 0 },
		/* the functions of the first target are back by then */
		{ "0000:0b:00.1:override:queued:1", "0000:0b:00.1:override:hang", 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		scene_set(scene_two);
		rule_add(rows[i].queued);
		fake.queued_at = UINT_MAX;
		assert_false(worker_run());
		run.apply.worker_lives = true;
		rule_add(rows[i].hang);
		assert_false(abandon_run(REASON_DEADLINE));
		apply_close(&run.apply, &run.plan, &run.host, REASON_DEADLINE);
		for (size_t t = 0; t < run.plan.n_targets; t++)
			assert_int_equal(!!strstr(run.apply.targets[t].detail,
						  "still exists"),
					 t == rows[i].target);
		assert_int_equal(run.apply.targets[rows[i].target].state, TARGET_FAILED);
	}
}

/* At the time itself it is waited for no more. */
static void test_waiting_ends_in_time(void **state)
{
	(void)state;
	scene_set(scene_two);
	rule_add("0000:09:00.0:override:queued:1");
	assert_false(worker_run());
	run.apply.worker_lives = true;
	fake.clock = 5000;
	apply_abandon(&run.apply, &run.plan, &run.host, &kernel, REASON_DEADLINE,
		      fake.clock);
	assert_int_equal(fake.pauses, 0);
	assert_true(run.apply.worker_lives);
	assert_int_equal(run.apply.targets[0].state, TARGET_FAILED);
}

/* ---- behind the end of each list ---- */

/*
 * What is there, of an earlier plan, would be as good as what is in the lists: a target
 * and a function that are being given back, a step, an unplanned function, a driver.
 */
static void behind_set(enum step_state step)
{
	static const struct apply_function record = { .overridden = true,
						      .given_back = true,
						      .undo_error = -EINPROGRESS };
	const struct plan_function function = { .function = index_at("0000:0b:00.0") };
	struct plan_target *first = &run.plan.targets[0];
	size_t t = run.plan.n_targets, a = run.plan.n_actions;

	run.plan.targets[t] = *first;
	run.plan.targets[t].functions[0] = function;
	run.plan.targets[t].n_functions = 1;
	memset(&run.apply.targets[t], 0, sizeof(run.apply.targets[t]));
	run.apply.targets[t].functions[0] = record;
	first->functions[first->n_functions] = function;
	run.apply.targets[0].functions[first->n_functions] = record;
	run.plan.actions[a] = run.plan.actions[0];
	run.apply.steps[a] = (struct step){ .state = step };
	run.apply.strays[0].function = index_at("0000:00:02.0");
	strcpy(run.host.drivers[run.host.n_drivers].name, "stranger");
	strcpy(fake.drivers[index_at("0000:0a:00.0")], "stranger");
}

static void assert_behind(enum step_state step)
{
	const struct apply_target *target = &run.apply.targets[run.plan.n_targets];

	assert_int_equal(target->state, TARGET_PENDING);
	assert_int_equal(target->reason, REASON_NONE);
	assert_string_equal(target->detail, "");
	assert_int_equal(run.apply.steps[run.plan.n_actions].state, step);
	assert_string_equal(fake.drivers[index_at("0000:0a:00.0")], "stranger");
}

static void test_run_ends_with_the_plan(void **state)
{
	(void)state;
	for (int fails = 0; fails < 2; fails++) {
		scene_set(scene_module);
		ids_take();
		behind_set(STEP_PENDING);
		if (fails)
			rule_add("vfio_pci:list:5:1");
		assert_true(worker_run());
		assert_int_equal(run.apply.targets[0].state,
				 fails ? TARGET_ROLLED_BACK : TARGET_RESERVED);
		assert_int_equal(run.apply.n_strays, 2);
		assert_string_equal(fake.drivers[index_at("0000:0b:00.0")], "");
		assert_behind(STEP_PENDING);
	}
}

/* What is on the stack is no sentence. */
static void stack_fill(void)
{
	volatile char room[16384];

	for (size_t i = 0; i < sizeof(room); i++)
		room[i] = 'x';
}

/* The worker has ended between two steps: nothing is waited for, or named. */
static void test_abandon_ends_with_the_plan(void **state)
{
	(void)state;
	scene_set(scene_module);
	behind_set(STEP_STARTED);
	fake.queued_at = UINT_MAX;
	run.apply.worker_lives = true;
	stack_fill();
	assert_true(abandon_run(REASON_CRASHED));
	assert_int_equal(fake.pauses, 0);
	assert_int_equal(run.apply.targets[0].state, TARGET_ROLLED_BACK);
	assert_int_equal(run.apply.targets[0].reason, REASON_CRASHED);
	assert_string_equal(run.apply.targets[0].detail, "");
	assert_behind(STEP_STARTED);
}

/* No process could give back: what is touched has failed, what is not was not begun. */
static void test_close_has_a_reason(void **state)
{
	static const struct {
		enum reason reason;
		const char *end;
	} rows[] = { { REASON_DEADLINE, " had not ended by the deadline" },
		     { REASON_CRASHED, " was begun when the worker ended" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct apply_target *targets = run.apply.targets;

		scene_set(scene_two);
		rule_add("0000:09:00.1:override:hang");
		assert_false(worker_run());
		apply_close(&run.apply, &run.plan, &run.host, rows[i].reason);
		assert_int_equal(targets[0].state, TARGET_FAILED);
		assert_int_equal(targets[0].reason, rows[i].reason);
		assert_non_null(strstr(targets[0].detail, rows[i].end));
		assert_int_equal(targets[1].state, TARGET_ROLLED_BACK);
		assert_int_equal(targets[1].reason, rows[i].reason);
		assert_steps_ended();
	}
}

/* The kernel says that it let go, and did not: it is no card that was given back. */
static void test_driver_stays(void **state)
{
	const struct apply_function *function = &run.apply.targets[0].functions[0];

	(void)state;
	scene_set(scene_builtin);
	rule_add("0000:09:00.3:bind:22");
	rule_add("0000:09:00.0:unbind:lie");
	assert_true(worker_run());
	assert_int_equal(run.apply.targets[0].state, TARGET_FAILED);
	assert_int_equal(run.apply.targets[0].reason, REASON_BIND_FAILED);
	assert_true(function->given_back);
	assert_int_equal(function->undo_error, -EBUSY);
	assert_string_equal(function->driver_after, "vfio-pci");
	assert_int_equal(function[1].undo_error, 0);
}

/* What failed first is the reason, also when giving back hangs then. */
static void test_reason_is_kept(void **state)
{
	(void)state;
	scene_set(scene_bound_builtin);
	rule_add("0000:09:00.3:bind:22");
	rule_add("0000:09:00.2:return:hang:1");
	assert_false(worker_run());
	assert_true(abandon_run(REASON_DEADLINE));
	assert_int_equal(run.apply.targets[0].state, TARGET_ROLLED_BACK);
	assert_int_equal(run.apply.targets[0].reason, REASON_BIND_FAILED);
	assert_non_null(strstr(run.apply.targets[0].detail, "0000:09:00.3"));
	assert_whole_or_not("hang", 0);
}

/* A bundle that was reserved before stays; one that was not begun is rolled back. */
static void test_abandon_leaves_ended(void **state)
{
	(void)state;
	scene_set(scene_two);
	rule_add("0000:0b:00.0:unbind:hang:1");
	assert_false(worker_run());
	assert_true(abandon_run(REASON_DEADLINE));
	assert_int_equal(run.apply.targets[0].state, TARGET_RESERVED);
	assert_int_equal(run.apply.targets[1].state, TARGET_ROLLED_BACK);
	assert_int_equal(run.apply.targets[1].reason, REASON_DEADLINE);
	assert_whole_or_not("two", 0);
	scene_set(scene_two);
	rule_add("0000:09:00.0:override:hang:1");
	assert_false(worker_run());
	assert_true(abandon_run(REASON_DEADLINE));
	assert_int_equal(run.apply.targets[1].state, TARGET_ROLLED_BACK);
	assert_null(strstr(fake.log, "0000:0b"));
}

/* Nothing is written for a target that is not to be reserved. */
static void test_refused_is_untouched(void **state)
{
	(void)state;
	scene_set(scene_two);
	machine_at(&run.host, "0000:09:00.0")->boot_vga = FACT_YES;
	plan_build(&run.config, &run.host, &run.plan);
	apply_init(&run.apply, &run.plan);
	assert_int_equal(run.apply.targets[0].state, TARGET_REFUSED);
	assert_int_equal(run.apply.targets[0].reason, REASON_BOOT_DISPLAY);
	assert_string_equal(run.apply.targets[0].detail, run.plan.targets[0].detail);
	assert_true(worker_run());
	assert_null(strstr(fake.log, "0000:09"));
	assert_int_equal(run.apply.targets[0].state, TARGET_REFUSED);
	assert_int_equal(run.apply.targets[1].state, TARGET_RESERVED);
}

static void test_nothing_wanted(void **state)
{
	(void)state;
	scene_set(scene_two);
	run.config.mode = CONFIG_MODE_OFF;
	plan_build(&run.config, &run.host, &run.plan);
	apply_init(&run.apply, &run.plan);
	assert_true(worker_run());
	assert_int_equal(fake.calls, 0);
	for (size_t i = 0; i < run.plan.n_targets; i++)
		assert_int_equal(run.apply.targets[i].state, TARGET_SKIPPED);
}

/* ---- the files of a machine ---- */

static void assert_stale(int error, const struct fault *fault, const char *text)
{
	assert_int_equal(error, -ESTALE);
	assert_non_null(strstr(fault->text, text));
}

/* A function is written to only while it is the one that was decided about. */
static void test_function_goes(void **state)
{
	static const char address[] = "0000:09:00.0";
	static const char place[] = "sys/devices/pci0000:00/0000:09:00.0";
	struct host_function function = { .address = { .bus = 9 },
					  .id = { .vendor = 0x10de, .device = 0x1e84 } };
	char text[HOST_NAME_MAX], path[64];
	struct kernel real;
	struct fault fault;
	struct tree tree;

	(void)state;
	tree_make(&tree);
	tree_function(&tree, "pci0000:00/0000:09:00.0", "10de:1e84", 0x030000, -1);
	real = kernel_of_sysroot(&tree.root);
	assert_int_equal(real.write(real.context, &function, KERNEL_OVERRIDE, "vfio-pci",
				    &fault),
			 0);
	(void)snprintf(path, sizeof(path), "%s/driver_override", place);
	assert_true(sysroot_read(tree.root.fd, path, text, sizeof(text)) > 0);
	assert_string_equal(text, "vfio-pci");
	tree_attribute(&tree, address, "device", "0x1e85\n");
	assert_stale(real.write(real.context, &function, KERNEL_OVERRIDE, "", &fault),
		     &fault, "0000:09:00.0: device is 1e85, but was 1e84");
	(void)snprintf(path, sizeof(path), "%s/vendor", place);
	tree_delete(&tree, path);
	assert_stale(real.driver(real.context, &function, text, &fault), &fault,
		     "0000:09:00.0: the function is gone");
	tree_delete(&tree, "sys/bus/pci/devices/0000:09:00.0");
	assert_stale(real.write(real.context, &function, KERNEL_PROBE, "", &fault),
		     &fault, "0000:09:00.0: the function is gone");
	(void)snprintf(path, sizeof(path), "%s/driver_override", place);
	assert_true(sysroot_read(tree.root.fd, path, text, sizeof(text)) > 0);
	assert_string_equal(text, "vfio-pci");
	tree_remove(&tree);
}

/* While it is acted on it stays open, and is looked at before each write all the same. */
static void test_function_is_kept(void **state)
{
	static const char address[] = "0000:09:00.0";
	struct host_function function = { .address = { .bus = 9 },
					  .id = { .vendor = 0x10de, .device = 0x1e84 } };
	struct kept kept = KEPT_NONE;
	struct kernel real;
	struct fault fault;
	struct tree tree;

	(void)state;
	tree_make(&tree);
	tree_function(&tree, "pci0000:00/0000:09:00.0", "10de:1e84", 0x030000, -1);
	tree.root.kept = &kept;
	real = kernel_of_sysroot(&tree.root);
	assert_int_equal(real.write(real.context, &function, KERNEL_OVERRIDE, "vfio-pci",
				    &fault),
			 0);
	assert_int_equal(kept.n, 1);
	tree_attribute(&tree, address, "device", "0x1e85\n");
	assert_stale(real.write(real.context, &function, KERNEL_OVERRIDE, "", &fault),
		     &fault, "0000:09:00.0: device is 1e85, but was 1e84");
	assert_int_equal(kept.n, 0);
	tree_attribute(&tree, address, "device", "0x1e84\n");
	for (int i = 0; i < 2; i++)
		assert_int_equal(real.write(real.context, &function, KERNEL_OVERRIDE, "",
					    &fault),
				 0);
	assert_int_equal(kept.n, 1);
	kept_done(&kept);
	assert_int_equal(kept.n, 0);
	tree_remove(&tree);
}

/* From its facts on, so that it cannot go unseen */
static void test_facts_are_kept(void **state)
{
	static struct host host;
	const struct pci_address address = { .bus = 9 };
	uint8_t want[2] = { HOST_WANT_FUNCTION, HOST_WANT_FUNCTION };
	struct kept kept = KEPT_NONE;
	struct kernel real;
	struct fault fault;
	struct tree tree;

	(void)state;
	tree_make(&tree);
	tree_function(&tree, "pci0000:00/0000:00:01.0", "8086:1901", 0x060400, -1);
	tree_function(&tree, "pci0000:00/0000:00:01.0/0000:09:00.0", "10de:1e84",
		      0x030000, -1);
	tree.root.kept = &kept;
	real = kernel_of_sysroot(&tree.root);
	assert_int_equal(pci_names_read(&tree.root, &host, &fault), 0);
	for (int i = 0; i < 2; i++) {
		memset(want, HOST_WANT_FUNCTION, sizeof(want));
		assert_int_equal(pci_near_read(&tree.root, want, &host, &fault), 0);
		assert_int_equal(kept.n, 1);
		assert_non_null(kept_find(&kept, &address));
	}
	assert_int_equal(real.write(real.context, &host.functions[1], KERNEL_OVERRIDE,
				    "vfio-pci", &fault),
			 0);
	assert_int_equal(pci_near_read(&tree.root, want, &host, &fault), 0);
	tree_delete(&tree, "sys/devices/pci0000:00/0000:00:01.0/0000:09:00.0/device");
	assert_stale(real.write(real.context, &host.functions[1], KERNEL_OVERRIDE, "",
				&fault),
		     &fault, "0000:09:00.0: the function is gone");
	assert_int_equal(kept.n, 0);
	tree_remove(&tree);
}

/* Not more than there is room for; the others are opened each time. */
static void test_many_are_kept(void **state)
{
	struct host_function function = { .id = { .vendor = 0x10de, .device = 0x1e84 } };
	struct kept kept = KEPT_NONE;
	struct kernel real;
	struct fault fault;
	struct tree tree;

	(void)state;
	tree_make(&tree);
	tree.root.kept = &kept;
	real = kernel_of_sysroot(&tree.root);
	for (uint8_t bus = 0; bus < KEPT_MAX + 2; bus++) {
		char path[64];

		(void)snprintf(path, sizeof(path), "pci0000:00/0000:%02x:00.0", bus);
		tree_function(&tree, path, "10de:1e84", 0x030000, -1);
		function.address.bus = bus;
		for (int i = 0; i < 2; i++)
			assert_int_equal(real.write(real.context, &function,
						    KERNEL_OVERRIDE, "vfio-pci", &fault),
					 0);
	}
	assert_int_equal(kept.n, KEPT_MAX);
	kept_done(&kept);
	tree_remove(&tree);
}

/* Half a name is another one: a write that was cut is an error. */
static void test_short_write(void **state)
{
	const struct rlimit cut = { .rlim_cur = 4, .rlim_max = RLIM_INFINITY };
	void (*usual)(int) = signal(SIGXFSZ, SIG_IGN);
	struct rlimit before;
	struct tree tree;
	int error;

	(void)state;
	tree_make(&tree);
	tree_put(&tree, "", "attribute");
	assert_int_equal(attribute_write(tree.root.fd, "attribute", "vfio-pci"), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &cut), 0);
	error = attribute_write(tree.root.fd, "attribute", "vfio-pci");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	(void)signal(SIGXFSZ, usual);
	assert_int_equal(error, -EIO);
	tree_remove(&tree);
}

/* ---- the kernel log ---- */

static void test_farewell(void **state)
{
	char text[KMSG_TEXT_MAX];

	(void)state;
	scene_set(scene_two);
	assert_false(kmsg_farewell(&run, text));
	assert_string_equal(text, "");
	machine_at(&run.host, "0000:09:00.0")->boot_vga = FACT_YES;
	plan_build(&run.config, &run.host, &run.plan);
	assert_false(kmsg_farewell(&run, text)); /* refused, so it goes on */
	config_of(&run.config, CARD "boot-display = allow\n");
	plan_build(&run.config, &run.host, &run.plan);
	assert_true(kmsg_farewell(&run, text));
	assert_non_null(strstr(text, "card: "));
	assert_non_null(strstr(text, "0000:09:00.0"));
	assert_non_null(strstr(text, "vfio_early.mode=off"));
	/* a framebuffer without the VGA attribute: class 0380 */
	machine_at(&run.host, "0000:09:00.0")->boot_vga = FACT_UNKNOWN;
	strcpy(machine_at(&run.host, "0000:09:00.0")->framebuffer, "simpledrm");
	assert_true(kmsg_farewell(&run, text));
}

static void test_log_lines(void **state)
{
	char text[KMSG_TEXT_MAX];

	(void)state;
	scene_set(scene_two);
	rule_add("0000:0b:00.1:override:5:1");
	assert_true(worker_run());
	assert_int_equal(kmsg_target(&run, 0, text), KMSG_INFO);
	assert_string_equal(text, "card: reserved: 0000:09:00.0 0000:09:00.1 "
				  "0000:09:00.2 0000:09:00.3 (vfio-pci)");
	assert_int_equal(kmsg_target(&run, 1, text), KMSG_WARNING);
	assert_non_null(strstr(text, "second: rolled back: override-failed: "
				     "0000:0b:00.1: override: Input/output error; "));
	config_of(&run.config, "[target spare]\nid = 1234:5678\noptional = yes\n");
	plan_build(&run.config, &run.host, &run.plan);
	apply_init(&run.apply, &run.plan);
	assert_int_equal(kmsg_target(&run, 0, text), KMSG_INFO);
	assert_non_null(strstr(text, "spare: absent: "));
	run.config.targets[0].optional = false;
	assert_int_equal(kmsg_target(&run, 0, text), KMSG_WARNING);
}

static void test_log_names_what_is_kept(void **state)
{
	char text[KMSG_TEXT_MAX];

	(void)state;
	scene_set(scene_bound_builtin);
	rule_add("0000:09:00.3:bind:22");
	rule_add("0000:09:00.2:return:5");
	rule_add("0000:09:00.2:probe:5");
	assert_true(worker_run());
	assert_int_equal(kmsg_target(&run, 0, text), KMSG_WARNING);
	assert_non_null(
		strstr(text, "not given back: 0000:09:00.2 (Input/output error)"));
}

static void test_record_format(void **state)
{
	char record[KMSG_RECORD_MAX];
	char text[KMSG_TEXT_MAX];

	(void)state;
	kmsg_format(KMSG_INFO, "a\nb\033[2J", record);
	assert_string_equal(record, "<6>vfio-early: a\\x0ab\\x1b[2J");
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	kmsg_format(KMSG_ALERT, text, record);
	assert_true(strlen(record) < KMSG_RECORD_MAX);
	assert_memory_equal(record, "<1>vfio-early: xxx", 18);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reserved),
		cmocka_unit_test(test_screen_order),
		cmocka_unit_test(test_screen_of_others),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_needless),
		cmocka_unit_test(test_each_call_fails),
		cmocka_unit_test(test_each_call_unplugs),
		cmocka_unit_test(test_each_call_ends_worker),
		cmocka_unit_test(test_each_call_ends_both),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_masked_errno),
		cmocka_unit_test(test_init),
		cmocka_unit_test(test_stale_override),
		cmocka_unit_test(test_foreign_function),
		cmocka_unit_test(test_faster_friend),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_faster_stranger),
		cmocka_unit_test(test_probe_goes_on),
		cmocka_unit_test(test_display_in_use),
		cmocka_unit_test(test_driver_goes),
		cmocka_unit_test(test_unplanned_is_given_back),
		cmocka_unit_test(test_unplanned_without_room),
		cmocka_unit_test(test_unplanned_of_refused),
		cmocka_unit_test(test_unplanned_of_failed),
		cmocka_unit_test(test_unplanned_hangs),
		cmocka_unit_test(test_unplanned_of_others_stays),
		cmocka_unit_test(test_reserved_before_is_no_stray),
		cmocka_unit_test(test_unplanned_far),
		cmocka_unit_test(test_unplanned_stays),
		cmocka_unit_test(test_unplanned_with_failures),
		cmocka_unit_test(test_dynamic_ids),
		cmocka_unit_test(test_overrides_come_first),
		cmocka_unit_test(test_late_waits),
		cmocka_unit_test(test_late_ends),
		cmocka_unit_test(test_bundles_are_apart),
		cmocka_unit_test(test_bundle_fails_whole),
		cmocka_unit_test(test_undo_is_recorded),
		cmocka_unit_test(test_undo_order),
		cmocka_unit_test(test_each_record_is_undone),
		cmocka_unit_test(test_after_is_forgotten),
		cmocka_unit_test(test_hang_hangs_again),
		cmocka_unit_test(test_each_call_is_queued),
		cmocka_unit_test(test_worker_outlives_all),
		cmocka_unit_test(test_outliving_worker_is_named),
		cmocka_unit_test(test_waiting_ends_in_time),
		cmocka_unit_test(test_run_ends_with_the_plan),
		cmocka_unit_test(test_abandon_ends_with_the_plan),
		cmocka_unit_test(test_close_has_a_reason),
		cmocka_unit_test(test_driver_stays),
		cmocka_unit_test(test_short_write),
		cmocka_unit_test(test_reason_is_kept),
		cmocka_unit_test(test_abandon_leaves_ended),
		cmocka_unit_test(test_refused_is_untouched),
		cmocka_unit_test(test_nothing_wanted),
		cmocka_unit_test(test_function_goes),
		cmocka_unit_test(test_function_is_kept),
		cmocka_unit_test(test_facts_are_kept),
		cmocka_unit_test(test_many_are_kept),
		cmocka_unit_test(test_farewell),
		cmocka_unit_test(test_log_lines),
		cmocka_unit_test(test_log_names_what_is_kept),
		cmocka_unit_test(test_record_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
