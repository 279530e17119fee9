// SPDX-License-Identifier: GPL-2.0-or-later

/*
 * DOC: Write-ahead order
 *
 * The outcome is shared with a process that may have to finish the work at any instant.
 * So each step is recorded before it is performed (overridden, unbound, bound,
 * given_back), a target's reason before its state, and its state last: a process that
 * finds a target pending undoes all that is recorded. Undoing what was not done is
 * harmless, the other way is not.
 */

#include "apply/apply.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ANY_BUNDLE SIZE_MAX

static_assert(APPLY_LEFT_OUT_MAX == MODULE_LEFT_OUT_MAX, "one is filled as the other");

/* The record and what it is about */
struct job {
	struct apply *apply;
	const struct plan *plan;
	const struct host *host;
	const struct kernel *kernel;
	uint64_t until;
};

void apply_init(struct apply *apply, const struct plan *plan)
{
	static const enum target_state states[] = {
		[VERDICT_RESERVE] = TARGET_PENDING,
		[VERDICT_REFUSED] = TARGET_REFUSED,
		[VERDICT_ABSENT] = TARGET_ABSENT,
		[VERDICT_SKIPPED] = TARGET_SKIPPED,
	};

	apply->n_strays = 0;
	apply->left_out[0] = '\0';
	apply->worker_lives = false;
	for (size_t i = 0; i < plan->n_actions; i++)
		apply->steps[i] = (struct step){ .state = STEP_PENDING };
	for (size_t i = 0; i < plan->n_targets; i++) {
		const struct plan_target *planned = &plan->targets[i];
		struct apply_target *target = &apply->targets[i];

		memset(target, 0,
		       offsetof(struct apply_target, functions[planned->n_functions]));
		target->state = states[planned->verdict];
		target->reason = planned->reason;
		(void)snprintf(target->detail, sizeof(target->detail), "%s",
			       planned->detail);
	}
}

static const struct host_function *function_of(const struct job *job,
					       const struct action *action)
{
	return &job->host->functions[action->function];
}

static const struct host_driver *driver_of(const struct job *job,
					   const struct action *action)
{
	return &job->host->drivers[action->driver];
}

/* Where the function of an action is in the lists of its target */
static size_t place_of(const struct job *job, const struct action *action)
{
	const struct plan_target *planned = &job->plan->targets[action->target];
	size_t i = 0;

	while (i + 1 < planned->n_functions &&
	       planned->functions[i].function != action->function)
		i++;
	return i;
}

static struct apply_function *record_of(const struct job *job,
					const struct action *action)
{
	return &job->apply->targets[action->target].functions[place_of(job, action)];
}

static const struct plan_function *planned_of(const struct job *job,
					      const struct action *action)
{
	return &job->plan->targets[action->target].functions[place_of(job, action)];
}

static int kernel_write(const struct job *job, const struct host_function *function,
			enum kernel_attribute attribute, const char *value,
			struct fault *fault)
{
	return job->kernel->write(job->kernel->context, function, attribute, value,
				  fault);
}

static int kernel_driver(const struct job *job, const struct host_function *function,
			 char ret_driver[static HOST_NAME_MAX], struct fault *fault)
{
	return job->kernel->driver(job->kernel->context, function, ret_driver, fault);
}

/*
 * The actions. Each returns 0 or -errno; it sets the state of its step only when that is
 * not DONE, and the reason only when type and errno do not tell it.
 */

static int override_do(const struct job *job, const struct action *action,
		       struct fault *fault)
{
	struct apply_function *record = record_of(job, action);
	int error;

	record->overridden = true;
	error = kernel_write(job, function_of(job, action), KERNEL_OVERRIDE,
			     driver_of(job, action)->name, fault);
	if (error == -ESTALE)
		record->overridden = false; /* refused before the write */
	return error;
}

/*
 * The driver is looked up now: one may have been bound since the facts were read, and a
 * probe that was under way when the override was written ends after it. @bound is what
 * was found, also when it is taken away.
 */
static int driver_remove(const struct job *job, const struct action *action,
			 struct step *step, char bound[static HOST_NAME_MAX])
{
	const struct host_function *function = function_of(job, action);
	int error = kernel_driver(job, function, bound, &step->fault);

	if (error || !bound[0] || !strcmp(bound, driver_of(job, action)->name))
		return error;
	if (!planned_of(job, action)->may_unbind && !plan_driver_is_idle(bound)) {
		step->reason = REASON_DRIVER_IN_USE;
		return fault_set(&step->fault, -EBUSY,
				 "%s: %s was bound to it in the meantime",
				 PCI_ADDRESS(&function->address), bound);
	}
	record_of(job, action)->unbound = true;
	error = kernel_write(job, function, KERNEL_UNBIND, "", &step->fault);
	/* It went by itself: drivers/base/bus.c unbind_store() */
	if ((error == -ENOENT || error == -ENODEV) &&
	    !kernel_driver(job, function, bound, &step->fault) && !bound[0])
		error = 0;
	return error;
}

static int unbind_do(const struct job *job, const struct action *action,
		     struct step *step)
{
	struct apply_function *record = record_of(job, action);
	char bound[HOST_NAME_MAX];
	int error = driver_remove(job, action, step, bound);

	if (!error && !record->unbound)
		step->state = STEP_NEEDLESS;
	return error;
}

static int bind_once(const struct job *job, const struct action *action,
		     struct step *step)
{
	const struct host_function *function = function_of(job, action);
	const char *wanted = driver_of(job, action)->name;
	char bound[HOST_NAME_MAX];
	struct fault ignored;
	int error = driver_remove(job, action, step, bound);
	bool has_it = !error && !strcmp(bound, wanted);

	if (error)
		return error;
	error = kernel_write(job, function, KERNEL_BIND, wanted, &step->fault);
	if (error != -EBUSY && error != -ENODEV)
		return error;
	if (has_it) {
		step->state = STEP_NEEDLESS;
		return 0;
	}
	if (kernel_driver(job, function, bound, &ignored) || !bound[0])
		return error;
	return strcmp(bound, wanted) ? -EALREADY : 0;
}

/*
 * The uevent of a new function is sent before the kernel lets it be bound
 * (drivers/pci/bus.c pci_bus_add_device()), which may be seconds later when many appear
 * at once: ENODEV, EAGAIN on new kernels. While no driver has it there is nothing to
 * undo, and then the kernel itself gives it to the driver that its override names.
 */
static bool is_not_yet(int error)
{
	return error == -ENODEV || error == -EAGAIN;
}

/*
 * Loading the driver's module may have bound it already, but the link alone does not show
 * that: it is there while the probe goes on, which may still fail (drivers/base/dd.c
 * really_probe()), when the kernel adds a late function, another process loads the module
 * or module.async_probe= is set. `bind` waits for that probe (5.14+). And not
 * `drivers_probe`, which reports success even when the probe failed
 * (drivers/pci/pci-driver.c drivers_probe_store()). EBUSY and ENODEV mean that a driver
 * has it (5.14+ and before: drivers/base/bus.c bind_store()); the link then tells which
 * one.
 */
static int bind_do(const struct job *job, const struct action *action, struct step *step)
{
	int error;

	record_of(job, action)->bound = true;
	error = bind_once(job, action, step);
	while (is_not_yet(error) && job->kernel->now(job->kernel->context) < job->until) {
		job->kernel->pause(job->kernel->context);
		error = bind_once(job, action, step);
	}
	/* With the override in force it can come once, not again. */
	if (error == -EALREADY)
		error = bind_once(job, action, step);
	return error == -EALREADY ? -EBUSY : error;
}

/* @wanted lets go of it, unless that had it before; @now: the driver that has it then */
static int function_free(const struct job *job, const struct host_function *function,
			 const char *wanted, char now[static HOST_NAME_MAX])
{
	struct fault ignored;
	int error = kernel_driver(job, function, now, &ignored);

	if (error || strcmp(now, wanted) || !strcmp(function->driver, wanted))
		return error;
	now[0] = '\0';
	return kernel_write(job, function, KERNEL_UNBIND, "", &ignored);
}

/*
 * The driver that had it is named, and not found by a probe: a VFIO driver with dynamic
 * ids (ids=, new_id) would be as good a match (drivers/pci/pci-driver.c
 * pci_match_device()). What had none is offered to all, since one may have come while our
 * override kept it out; should ours take it then, it is taken away again.
 */
static int function_offer(const struct job *job, const struct host_function *function,
			  const char *wanted)
{
	char now[HOST_NAME_MAX];
	struct fault ignored;
	int error = -ENODEV;

	if (function->driver[0])
		error = kernel_write(job, function, KERNEL_BIND, function->driver,
				     &ignored);
	if (error)
		error = kernel_write(job, function, KERNEL_PROBE, "", &ignored);
	if (error || !strcmp(function->override, wanted))
		return error;
	return function_free(job, function, wanted, now);
}

/* From @wanted to the host, whatever its override is */
static int function_return(const struct job *job, const struct host_function *function,
			   const char *wanted)
{
	char now[HOST_NAME_MAX];
	int error = function_free(job, function, wanted, now);

	if (!error && !now[0])
		error = function_offer(job, function, wanted);
	return error;
}

/* Nothing but what was planned */

static bool is_planned(const struct job *job, const struct host_function *function)
{
	for (size_t t = 0; t < job->plan->n_targets; t++) {
		const struct plan_target *target = &job->plan->targets[t];

		if (target->verdict != VERDICT_RESERVE)
			continue;
		for (size_t i = 0; i < target->n_functions; i++)
			if (&job->host->functions[target->functions[i].function] ==
			    function)
				return true;
	}
	return false;
}

/* Its record, made if there is none; NULL: no room, but it is given back nevertheless */
static struct stray *stray_of(const struct job *job, size_t function, size_t driver)
{
	struct apply *apply = job->apply;

	for (size_t i = 0; i < apply->n_strays; i++)
		if (apply->strays[i].function == function)
			return &apply->strays[i];
	if (apply->n_strays == APPLY_STRAYS_MAX)
		return NULL;
	apply->strays[apply->n_strays] = (struct stray){
		.function = function,
		.driver = driver,
	};
	return &apply->strays[apply->n_strays++];
}

/*
 * A function that a VFIO driver has and the plan does not name. It stays where something
 * wanted it: it was there before us, or its driver_override says so. A plan that was
 * narrowed does not know which of those the other targets name.
 */
static int stray_settle(const struct job *job, size_t index, size_t driver)
{
	const char *name = job->host->drivers[driver].name;
	struct host_function function = job->host->functions[index];
	struct stray unseen, *stray;
	struct fault ignored;
	bool came = strcmp(function.driver, name);
	int error = 0;

	if (came && function.far)
		error = job->kernel->look(job->kernel->context, &function, &ignored);
	came = came && strcmp(function.override, name);
	if (!came && job->plan->narrowed)
		return 0;
	stray = stray_of(job, index, driver);
	if (!stray)
		stray = &unseen;
	stray->came = came;
	if (!came)
		return 0;
	stray->undo_error = -EINPROGRESS;
	if (!error)
		error = function_return(job, &function, name);
	stray->undo_error = error == -ESTALE ? 0 : error;
	return stray->undo_error;
}

/*
 * What a VFIO driver has now, compared with before: ids that it got from elsewhere, or a
 * module that something else loads with options of its own, take more than the plan says.
 */
static int strays_return(const struct job *job, size_t driver, struct step *step)
{
	struct kernel_list list;
	int error = job->kernel->list(job->kernel->context, &job->host->drivers[driver],
				      &list, &step->fault);

	for (size_t i = 0; !error && i < list.n; i++) {
		const struct host_function *function = host_find(job->host, &list.at[i]);

		if (!function || is_planned(job, function))
			continue;
		error = stray_settle(job, (size_t)(function - job->host->functions),
				     driver);
		if (!error)
			continue;
		step->reason = REASON_UNPLANNED;
		(void)fault_set(&step->fault, error,
				"%s is bound to %s although no target names it, and "
				"could not be given back: %s",
				PCI_ADDRESS(&function->address),
				job->host->drivers[driver].name, strerror(-error));
	}
	return error;
}

/* A step that failed may still have loaded a driver. */
static void strays_tidy(const struct job *job)
{
	struct step ignored;

	for (size_t i = 0; i < job->host->n_drivers; i++)
		(void)strays_return(job, i, &ignored);
}

static int release_do(const struct job *job, const struct action *action,
		      struct fault *fault)
{
	record_of(job, action)->released = true;
	return job->kernel->screen(job->kernel->context, function_of(job, action),
				   KERNEL_SCREEN_RELEASE, fault);
}

/*
 * What holds a part of a display's BARs keeps every virtual machine from mapping it
 * (-EBUSY), whatever driver has the function.
 */
static int bars_verify(const struct job *job, const struct host_function *function,
		       struct step *step)
{
	char owner[HOST_NAME_MAX];
	int error;

	if (!host_is_display(function) && !function->framebuffer[0])
		return 0;
	error = job->kernel->holder(job->kernel->context, function, owner, &step->fault);
	if (error || !owner[0])
		return error;
	step->reason = REASON_FRAMEBUFFER_HELD;
	return fault_set(&step->fault, -EBUSY,
			 "%s: %s still holds a part of its memory (/proc/iomem)",
			 PCI_ADDRESS(&function->address), owner);
}

/* The next action verifies another function with the same driver: one list for both */
static bool is_listed_later(const struct job *job, const struct action *action)
{
	const struct action *next = action + 1;

	return next < job->plan->actions + job->plan->n_actions &&
	       next->type == ACTION_VERIFY && next->target == action->target &&
	       next->driver == action->driver;
}

/* That the writes succeeded proves nothing; the driver link does. */
static int verify_do(const struct job *job, const struct action *action,
		     struct step *step)
{
	const struct host_function *function = function_of(job, action);
	const char *wanted = driver_of(job, action)->name;
	struct apply_function *record = record_of(job, action);
	int error = kernel_driver(job, function, record->driver_after, &step->fault);

	if (error)
		return error;
	record->after_known = true;
	if (!strcmp(record->driver_after, wanted)) {
		error = bars_verify(job, function, step);
		return error || is_listed_later(job, action) ?
			       error :
			       strays_return(job, action->driver, step);
	}
	return fault_set(&step->fault, -ENODEV, "%s: driver is %s after the bind, not %s",
			 PCI_ADDRESS(&function->address),
			 record->driver_after[0] ? record->driver_after : "none", wanted);
}

static int action_do(const struct job *job, const struct action *action,
		     struct step *step)
{
	switch (action->type) {
	case ACTION_OVERRIDE:
		return override_do(job, action, &step->fault);
	case ACTION_UNBIND:
		return unbind_do(job, action, step);
	case ACTION_LOAD:
		return job->kernel->load(job->kernel->context, driver_of(job, action),
					 job->apply->left_out, &step->fault);
	case ACTION_RELEASE:
		return release_do(job, action, &step->fault);
	case ACTION_BIND:
		return bind_do(job, action, step);
	case ACTION_VERIFY:
		break;
	}
	return verify_do(job, action, step);
}

static int step_run(const struct job *job, size_t index)
{
	struct step *step = &job->apply->steps[index];
	/* The shared one shows the progress while this one is being filled. */
	struct step result = { .state = STEP_DONE };

	result.start = job->kernel->now(job->kernel->context);
	step->start = result.start;
	step->state = STEP_STARTED;
	result.error = action_do(job, &job->plan->actions[index], &result);
	result.end = job->kernel->now(job->kernel->context);
	if (result.error)
		result.state = STEP_FAILED;
	*step = result;
	return step->error;
}

/* Saying why */

static enum reason reason_of(enum action_type type, const struct step *step)
{
	if (step->reason != REASON_NONE)
		return step->reason;
	if (step->error == -ESTALE)
		return REASON_IDENTITY_CHANGED;
	switch (type) {
	case ACTION_OVERRIDE:
		return REASON_OVERRIDE_FAILED;
	case ACTION_UNBIND:
		return REASON_UNBIND_FAILED;
	case ACTION_LOAD:
		return REASON_LOAD_FAILED;
	case ACTION_RELEASE:
		return REASON_FRAMEBUFFER_HELD;
	case ACTION_BIND:
	case ACTION_VERIFY:
		break;
	}
	return REASON_BIND_FAILED;
}

/* init_module(2); kernel/module/signing.c; security/lockdown */
static const char *load_hint(int error)
{
	switch (error) {
	case -ENOENT:
		return "; the module, or a symbol that it needs, is not in this "
		       "initramfs";
	case -EKEYREJECTED:
	case -EPERM:
		return "; the kernel accepts only modules with a trusted signature "
		       "(Secure Boot, lockdown)";
	case -ENOEXEC:
		return "; the module was built for another kernel: rebuild the initramfs";
	default:
		return "";
	}
}

/*
 * vfio-pci's own refusals: drivers/vfio/pci/vfio_pci_core.c
 * vfio_pci_core_register_device(), drivers/vfio/pci/vfio_pci.c vfio_pci_is_denylisted(),
 * drivers/vfio/group.c vfio_group_find_or_alloc(). Before 5.14 the errno is lost
 * (drivers/base/dd.c really_probe()).
 */
static const char *bind_hint(int error, const struct host *host)
{
	bool masked = host->kernel_major &&
		      (host->kernel_major < 5 ||
		       (host->kernel_major == 5 && host->kernel_minor < 14));

	switch (error) {
	case -EINVAL:
		return "; the driver refused: no IOMMU group, or the device is on the "
		       "driver's denylist";
	case -EBUSY:
		return "; another driver was faster, virtual functions are enabled, or "
		       "the IOMMU group is in use";
	case -EAGAIN:
		return "; the kernel will try again later: the device is not ready";
	case -ENODEV:
		return masked ? "; this kernel hides the cause; its log may show it "
				"(probe failed with error)" :
				"; the driver does not support the device";
	default:
		return "";
	}
}

static const char *origin_of(const struct host_driver *driver)
{
	switch (driver->state) {
	case HOST_DRIVER_BUILTIN:
		return " (built into the kernel)";
	case HOST_DRIVER_MODULE:
		return " (a module)";
	case HOST_DRIVER_LOADED:
	case HOST_DRIVER_MISSING:
		break;
	}
	return "";
}

static void failure_explain(const struct job *job, size_t index,
			    char detail[static FAULT_TEXT_MAX])
{
	const struct action *action = &job->plan->actions[index];
	const struct step *step = &job->apply->steps[index];
	const struct host_driver *driver = driver_of(job, action);
	char text[FAULT_TEXT_MAX];

	memcpy(text, step->fault.text, sizeof(text));
	switch (action->type) {
	case ACTION_LOAD:
		(void)snprintf(detail, FAULT_TEXT_MAX, "%s could not be loaded: %.160s%s",
			       driver->module, text, load_hint(step->error));
		break;
	case ACTION_BIND:
		(void)snprintf(detail, FAULT_TEXT_MAX, "%.100s%s%s", text,
			       origin_of(driver), bind_hint(step->error, job->host));
		break;
	case ACTION_OVERRIDE:
	case ACTION_UNBIND:
	case ACTION_RELEASE:
	case ACTION_VERIFY:
		(void)snprintf(detail, FAULT_TEXT_MAX, "%s", text);
		break;
	}
}

/* The target whose action failed, and those that stand or fall with it */
static void bundle_blame(const struct job *job, size_t index)
{
	const struct action *action = &job->plan->actions[index];
	struct apply_target *blamed = &job->apply->targets[action->target];

	failure_explain(job, index, blamed->detail);
	blamed->reason = reason_of(action->type, &job->apply->steps[index]);
	for (size_t i = 0; i < job->plan->n_targets; i++) {
		struct apply_target *target = &job->apply->targets[i];

		if (target == blamed || target->state != TARGET_PENDING ||
		    job->plan->targets[i].bundle !=
			    job->plan->targets[action->target].bundle)
			continue;
		(void)snprintf(target->detail, sizeof(target->detail),
			       "%s, which shares an IOMMU group with it, failed: %s",
			       PCI_ADDRESS(&function_of(job, action)->address),
			       reason_info(blamed->reason)->code);
		target->reason = REASON_BUNDLE_FAILED;
	}
}

/* Giving back */

static bool is_touched(const struct apply_function *record)
{
	return record->overridden || record->unbound || record->released || record->bound;
}

/* Before a host driver may take it: that driver removes what the firmware left. */
static int screen_return(const struct job *job, const struct host_function *function,
			 const char *wanted)
{
	char now[HOST_NAME_MAX];
	struct fault ignored;
	int error = function_free(job, function, wanted, now);

	return error ? error :
		       job->kernel->screen(job->kernel->context, function,
					   KERNEL_SCREEN_RESTORE, &ignored);
}

/* One try. An override that was set before the run is put back. */
static int function_restore(const struct job *job, const struct host_function *function,
			    const char *wanted, struct apply_function *record)
{
	struct fault ignored;
	int error, first;

	record->after_known = false;
	first = kernel_write(job, function, KERNEL_OVERRIDE, function->override,
			     &ignored);
	if (record->released) {
		error = screen_return(job, function, wanted);
		first = first ? first : error;
	}
	error = function_return(job, function, wanted);
	first = first ? first : error;
	error = kernel_driver(job, function, record->driver_after, &ignored);
	record->after_known = !error;
	if (first || error)
		return first ? first : error;
	if (function->driver[0])
		return strcmp(record->driver_after, function->driver) ? -ENODEV : 0;
	/* It had none: any driver is fine, except the one that was bound here. */
	return strcmp(record->driver_after, wanted) ||
			       !strcmp(function->override, wanted) ?
		       0 :
		       -EBUSY;
}

/* Tried twice, since nothing later does it. A function that is gone needs nothing. */
static void function_give_back(const struct job *job, const struct plan_function *planned,
			       struct apply_function *record)
{
	const struct host_function *function = &job->host->functions[planned->function];
	const char *wanted = job->host->drivers[planned->driver].name;
	int error;

	record->undo_error = -EINPROGRESS;
	record->given_back = true;
	error = function_restore(job, function, wanted, record);
	if (error && error != -ESTALE)
		error = function_restore(job, function, wanted, record);
	record->undo_error = error == -ESTALE ? 0 : error;
}

/* Everything that is noted of pending targets, in reverse; @last comes last. */
static void pending_give_back(const struct job *job, size_t bundle,
			      const struct apply_function *last)
{
	for (int round = 0; round < (last ? 2 : 1); round++)
		for (size_t t = job->plan->n_targets; t-- > 0;) {
			const struct plan_target *planned = &job->plan->targets[t];
			struct apply_target *target = &job->apply->targets[t];

			if (target->state != TARGET_PENDING ||
			    (bundle != ANY_BUNDLE && planned->bundle != bundle))
				continue;
			for (size_t i = planned->n_functions; i-- > 0;)
				if (is_touched(&target->functions[i]) &&
				    (&target->functions[i] == last) == (round == 1))
					function_give_back(job, &planned->functions[i],
							   &target->functions[i]);
		}
}

static enum target_state state_after(const struct plan_target *planned,
				     const struct apply_target *target)
{
	for (size_t i = 0; i < planned->n_functions; i++) {
		const struct apply_function *record = &target->functions[i];

		if (is_touched(record) && (!record->given_back || record->undo_error))
			return TARGET_FAILED;
	}
	return TARGET_ROLLED_BACK;
}

static void pending_settle(struct apply *apply, const struct plan *plan, size_t bundle)
{
	for (size_t i = 0; i < plan->n_targets; i++)
		if (apply->targets[i].state == TARGET_PENDING &&
		    (bundle == ANY_BUNDLE || plan->targets[i].bundle == bundle))
			apply->targets[i].state =
				state_after(&plan->targets[i], &apply->targets[i]);
}

static size_t bundle_of(const struct plan *plan, size_t action)
{
	return plan->targets[plan->actions[action].target].bundle;
}

static void steps_cancel(struct apply *apply, const struct plan *plan, size_t bundle)
{
	for (size_t i = 0; i < plan->n_actions; i++)
		if (apply->steps[i].state == STEP_PENDING &&
		    (bundle == ANY_BUNDLE || bundle_of(plan, i) == bundle))
			apply->steps[i].state = STEP_CANCELLED;
}

/* Doing */

static void bundle_fail(const struct job *job, size_t index)
{
	size_t bundle = bundle_of(job->plan, index);

	steps_cancel(job->apply, job->plan, bundle);
	bundle_blame(job, index);
	pending_give_back(job, bundle, NULL);
	strays_tidy(job);
	pending_settle(job->apply, job->plan, bundle);
}

static bool is_last_of_bundle(const struct plan *plan, size_t index)
{
	for (size_t i = index + 1; i < plan->n_actions; i++)
		if (bundle_of(plan, i) == bundle_of(plan, index))
			return false;
	return true;
}

static void bundle_end(const struct job *job, size_t bundle)
{
	for (size_t i = 0; i < job->plan->n_targets; i++)
		if (job->plan->targets[i].bundle == bundle &&
		    job->apply->targets[i].state == TARGET_PENDING)
			job->apply->targets[i].state = TARGET_RESERVED;
}

void apply_run(struct apply *apply, const struct plan *plan, const struct host *host,
	       const struct kernel *kernel, uint64_t until)
{
	const struct job job = {
		.apply = apply,
		.plan = plan,
		.host = host,
		.kernel = kernel,
		.until = until,
	};

	for (size_t i = 0; i < plan->n_actions; i++) {
		if (apply->steps[i].state == STEP_CANCELLED)
			continue; /* of a bundle that has failed */
		if (step_run(&job, i))
			bundle_fail(&job, i);
		else if (is_last_of_bundle(plan, i))
			bundle_end(&job, bundle_of(plan, i));
	}
}

/* The function at which the worker stopped: in a step, or in giving it back */
static struct apply_function *stuck_find(const struct job *job)
{
	for (size_t t = 0; t < job->plan->n_targets; t++) {
		struct apply_target *target = &job->apply->targets[t];

		for (size_t i = 0; i < job->plan->targets[t].n_functions; i++)
			if (target->functions[i].given_back &&
			    target->functions[i].undo_error == -EINPROGRESS)
				return &target->functions[i];
	}
	for (size_t i = 0; i < job->plan->n_actions; i++)
		if (job->apply->steps[i].state == STEP_STARTED)
			return record_of(job, &job->plan->actions[i]);
	return NULL;
}

/* Where the worker stopped, as a sentence; empty when it was between two steps */
static void stop_describe(const struct job *job, enum reason reason,
			  char text[static FAULT_TEXT_MAX])
{
	text[0] = '\0';
	for (size_t i = 0; i < job->plan->n_actions; i++) {
		const struct action *action = &job->plan->actions[i];

		if (job->apply->steps[i].state != STEP_STARTED)
			continue;
		(void)snprintf(text, FAULT_TEXT_MAX, "%s: %s (%s) %s",
			       PCI_ADDRESS(&function_of(job, action)->address),
			       action_type_names[action->type],
			       driver_of(job, action)->name,
			       reason == REASON_DEADLINE ?
				       "had not ended by the deadline" :
				       "was begun when the worker ended");
	}
}

/* A target that has failed by itself keeps its own reason. */
static void pending_blame(const struct job *job, enum reason reason)
{
	char stop[FAULT_TEXT_MAX];

	stop_describe(job, reason, stop);
	for (size_t i = 0; i < job->plan->n_targets; i++) {
		struct apply_target *target = &job->apply->targets[i];

		if (target->state != TARGET_PENDING || target->reason != REASON_NONE)
			continue;
		memcpy(target->detail, stop, sizeof(stop));
		target->reason = reason;
	}
}

/*
 * A write that waits for the device's lock is carried out whenever it gets it, and that
 * can be after ours: a task that spins for a mutex overtakes one that sleeps
 * (kernel/locking/mutex.c). Until the worker has ended its function counts as not given
 * back.
 */
static void worker_outlive(const struct job *job, struct apply_function *stuck)
{
	stuck->undo_error = -EINPROGRESS;
	while (job->apply->worker_lives &&
	       job->kernel->now(job->kernel->context) < job->until)
		job->kernel->pause(job->kernel->context);
	if (job->apply->worker_lives)
		return;
	pending_give_back(job, ANY_BUNDLE, NULL);
	strays_tidy(job);
}

/* The target at whose function the worker still is */
static void worker_describe(const struct job *job)
{
	const struct apply_function *stuck = stuck_find(job);

	for (size_t i = 0; i < job->plan->n_targets && stuck; i++) {
		struct apply_target *target = &job->apply->targets[i];
		size_t length = strlen(target->detail);

		if (target->state == TARGET_PENDING && stuck >= target->functions &&
		    stuck < target->functions + PLAN_FUNCTIONS_MAX)
			(void)snprintf(target->detail + length,
				       sizeof(target->detail) - length,
				       "; the worker was killed but still exists: the "
				       "kernel may yet complete its write");
	}
}

static void pending_end(const struct job *job)
{
	if (job->apply->worker_lives)
		worker_describe(job);
	pending_settle(job->apply, job->plan, ANY_BUNDLE);
}

void apply_abandon(struct apply *apply, const struct plan *plan, const struct host *host,
		   const struct kernel *kernel, enum reason reason, uint64_t until)
{
	const struct job job = {
		.apply = apply,
		.plan = plan,
		.host = host,
		.kernel = kernel,
		.until = until,
	};
	struct apply_function *stuck = stuck_find(&job);
	bool lived = apply->worker_lives; /* it may end while we give back */

	pending_blame(&job, reason);
	steps_cancel(apply, plan, ANY_BUNDLE);
	pending_give_back(&job, ANY_BUNDLE, stuck);
	strays_tidy(&job);
	if (lived && stuck)
		worker_outlive(&job, stuck);
	pending_end(&job);
}

void apply_close(struct apply *apply, const struct plan *plan, const struct host *host,
		 enum reason reason)
{
	const struct job job = { .apply = apply, .plan = plan, .host = host };

	pending_blame(&job, reason);
	steps_cancel(apply, plan, ANY_BUNDLE);
	pending_end(&job);
}
