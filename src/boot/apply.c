// SPDX-License-Identifier: GPL-2.0-or-later

/*
 * DOC: Order of notes and deeds
 *
 * The record is shared with a process that may have to finish our work at any instant.
 * So every deed is noted before it is done (overridden, unbound, bound, given_back), a
 * target's reason before its state, and its state last: whoever finds a target pending
 * undoes all that is noted. Undoing what was not done is harmless, the other way is not.
 */

#include "boot/apply.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ANY_BUNDLE SIZE_MAX

/* The record and what it is about */
struct job {
	struct apply *apply;
	const struct plan *plan;
	const struct host *host;
	const struct kernel *kernel;
};

void apply_init(struct apply *apply, const struct plan *plan)
{
	static const enum target_state states[] = {
		[VERDICT_RESERVE] = TARGET_PENDING,
		[VERDICT_REFUSED] = TARGET_REFUSED,
		[VERDICT_ABSENT] = TARGET_ABSENT,
		[VERDICT_SKIPPED] = TARGET_SKIPPED,
	};

	for (size_t i = 0; i < plan->n_actions; i++)
		apply->steps[i] = (struct step){ .state = STEP_PENDING };
	for (size_t i = 0; i < plan->n_targets; i++) {
		const struct plan_target *planned = &plan->targets[i];
		struct apply_target *target = &apply->targets[i];

		memset(target, 0, sizeof(*target));
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

/* The record of the function that an action is about */
static struct apply_function *record_of(const struct job *job,
					const struct action *action)
{
	const struct plan_target *planned = &job->plan->targets[action->target];
	size_t i = 0;

	while (i + 1 < planned->n_functions &&
	       planned->functions[i].function != action->function)
		i++;
	return &job->apply->targets[action->target].functions[i];
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

/* The actions. Each returns 0 or -errno; @ret_state is set only when it is not DONE. */

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

static int unbind_do(const struct job *job, const struct action *action,
		     enum step_state *ret_state, struct fault *fault)
{
	const struct host_function *function = function_of(job, action);
	char bound[HOST_NAME_MAX];
	int error = kernel_driver(job, function, bound, fault);

	if (error)
		return error;
	if (!bound[0] || !strcmp(bound, driver_of(job, action)->name)) {
		*ret_state = STEP_NEEDLESS;
		return 0;
	}
	record_of(job, action)->unbound = true;
	return kernel_write(job, function, KERNEL_UNBIND, "", fault);
}

/*
 * Loading the driver's module may have bound it already. `bind` and not `drivers_probe`:
 * the latter reports success even when the probe failed (drivers/pci/pci-driver.c
 * drivers_probe_store()). EBUSY and ENODEV also mean that somebody was faster (5.14+ and
 * before: drivers/base/bus.c bind_store()), so the link has the last word.
 */
static int bind_do(const struct job *job, const struct action *action,
		   enum step_state *ret_state, struct fault *fault)
{
	const struct host_function *function = function_of(job, action);
	const char *wanted = driver_of(job, action)->name;
	char bound[HOST_NAME_MAX];
	struct fault ignored;
	int error;

	record_of(job, action)->bound = true;
	error = kernel_driver(job, function, bound, fault);
	if (error)
		return error;
	if (!strcmp(bound, wanted)) {
		*ret_state = STEP_NEEDLESS;
		return 0;
	}
	error = kernel_write(job, function, KERNEL_BIND, wanted, fault);
	if ((error == -EBUSY || error == -ENODEV) &&
	    !kernel_driver(job, function, bound, &ignored) && !strcmp(bound, wanted))
		return 0;
	return error;
}

/* What the writes said proves nothing; the driver link does. */
static int verify_do(const struct job *job, const struct action *action,
		     struct fault *fault)
{
	const struct host_function *function = function_of(job, action);
	const char *wanted = driver_of(job, action)->name;
	struct apply_function *record = record_of(job, action);
	char address[PCI_ADDRESS_TEXT];
	int error = kernel_driver(job, function, record->driver_after, fault);

	if (error)
		return error;
	record->after_known = true;
	if (!strcmp(record->driver_after, wanted))
		return 0;
	pci_address_format(&function->address, address);
	return fault_set(fault, -ENODEV, "%s: driver is %s after the bind, not %s",
			 address, record->driver_after[0] ? record->driver_after : "none",
			 wanted);
}

static int action_do(const struct job *job, const struct action *action,
		     enum step_state *ret_state, struct fault *fault)
{
	switch (action->type) {
	case ACTION_OVERRIDE:
		return override_do(job, action, fault);
	case ACTION_UNBIND:
		return unbind_do(job, action, ret_state, fault);
	case ACTION_LOAD:
		return job->kernel->load(job->kernel->context, driver_of(job, action),
					 fault);
	case ACTION_BIND:
		return bind_do(job, action, ret_state, fault);
	case ACTION_VERIFY:
		return verify_do(job, action, fault);
	}
	return fault_set(fault, -EINVAL, "unknown action %u", (unsigned int)action->type);
}

static int step_run(const struct job *job, size_t index)
{
	struct step *step = &job->apply->steps[index];
	enum step_state state = STEP_DONE;

	step->start = job->kernel->now(job->kernel->context);
	step->state = STEP_STARTED;
	step->error = action_do(job, &job->plan->actions[index], &state, &step->fault);
	step->end = job->kernel->now(job->kernel->context);
	step->state = step->error ? STEP_FAILED : state;
	return step->error;
}

/* Saying why */

static enum reason reason_of(enum action_type type, int error)
{
	if (error == -ESTALE)
		return REASON_IDENTITY_CHANGED;
	switch (type) {
	case ACTION_OVERRIDE:
		return REASON_OVERRIDE_FAILED;
	case ACTION_UNBIND:
		return REASON_UNBIND_FAILED;
	case ACTION_LOAD:
		return REASON_LOAD_FAILED;
	case ACTION_BIND:
	case ACTION_VERIFY:
		return REASON_BIND_FAILED;
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
		return "; the kernel takes only modules with a signature that it trusts "
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
		       "somebody uses the IOMMU group";
	case -EAGAIN:
		return "; the kernel wants to try later: the device is not ready";
	case -ENODEV:
		return masked ? "; this kernel hides the cause, its log may tell "
				"(probe failed with error)" :
				"; the driver does not take the device";
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
	char address[PCI_ADDRESS_TEXT];

	failure_explain(job, index, blamed->detail);
	blamed->reason = reason_of(action->type, job->apply->steps[index].error);
	pci_address_format(&function_of(job, action)->address, address);
	for (size_t i = 0; i < job->plan->n_targets; i++) {
		struct apply_target *target = &job->apply->targets[i];

		if (target == blamed || target->state != TARGET_PENDING ||
		    job->plan->targets[i].bundle !=
			    job->plan->targets[action->target].bundle)
			continue;
		(void)snprintf(target->detail, sizeof(target->detail),
			       "%s, which shares an IOMMU group with it, failed: %s",
			       address, reason_info(blamed->reason)->code);
		target->reason = REASON_BUNDLE_FAILED;
	}
}

/* Giving back */

static bool is_touched(const struct apply_function *record)
{
	return record->overridden || record->unbound || record->bound;
}

/*
 * One try. An override was there before us: then it is put back. The probe is for the
 * driver that had it, and for one that came while our override kept it out.
 */
static int function_restore(const struct job *job, const struct host_function *function,
			    const char *wanted, struct apply_function *record)
{
	char now[HOST_NAME_MAX];
	struct fault ignored;
	int error, first;

	record->after_known = false;
	first = kernel_write(job, function, KERNEL_OVERRIDE, function->override,
			     &ignored);
	error = kernel_driver(job, function, now, &ignored);
	if (!error && !strcmp(now, wanted) && strcmp(function->driver, wanted)) {
		error = kernel_write(job, function, KERNEL_UNBIND, "", &ignored);
		now[0] = '\0';
	}
	if (!error && !now[0])
		error = kernel_write(job, function, KERNEL_PROBE, "", &ignored);
	first = first ? first : error;
	error = kernel_driver(job, function, record->driver_after, &ignored);
	record->after_known = !error;
	if (first || error)
		return first ? first : error;
	if (function->driver[0])
		return strcmp(record->driver_after, function->driver) ? -ENODEV : 0;
	/* It had none: any driver is the host's business, unless it is ours. */
	return strcmp(record->driver_after, wanted) ||
			       !strcmp(function->override, wanted) ?
		       0 :
		       -EBUSY;
}

/* Tried twice: nobody comes after us to do it. What is gone took everything with it. */
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
static void pending_give_back(const struct job *job, const struct apply_function *last)
{
	for (int round = 0; round < (last ? 2 : 1); round++)
		for (size_t t = job->plan->n_targets; t-- > 0;) {
			const struct plan_target *planned = &job->plan->targets[t];
			struct apply_target *target = &job->apply->targets[t];

			if (target->state != TARGET_PENDING)
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

static void steps_cancel(struct apply *apply, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++)
		if (apply->steps[i].state == STEP_PENDING)
			apply->steps[i].state = STEP_CANCELLED;
}

/* Doing */

static size_t bundle_of(const struct plan *plan, size_t action)
{
	return plan->targets[plan->actions[action].target].bundle;
}

static void bundle_run(const struct job *job, size_t first, size_t end)
{
	size_t bundle = bundle_of(job->plan, first);

	for (size_t i = first; i < end; i++) {
		if (!step_run(job, i))
			continue;
		steps_cancel(job->apply, i, end);
		bundle_blame(job, i);
		pending_give_back(job, NULL);
		pending_settle(job->apply, job->plan, bundle);
		return;
	}
	for (size_t i = 0; i < job->plan->n_targets; i++)
		if (job->plan->targets[i].bundle == bundle &&
		    job->apply->targets[i].state == TARGET_PENDING)
			job->apply->targets[i].state = TARGET_RESERVED;
}

void apply_run(struct apply *apply, const struct plan *plan, const struct host *host,
	       const struct kernel *kernel)
{
	const struct job job = {
		.apply = apply,
		.plan = plan,
		.host = host,
		.kernel = kernel,
	};
	size_t end;

	for (size_t first = 0; first < plan->n_actions; first = end) {
		end = first + 1;
		while (end < plan->n_actions &&
		       bundle_of(plan, end) == bundle_of(plan, first))
			end++;
		bundle_run(&job, first, end);
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
	char address[PCI_ADDRESS_TEXT];

	text[0] = '\0';
	for (size_t i = 0; i < job->plan->n_actions; i++) {
		const struct action *action = &job->plan->actions[i];

		if (job->apply->steps[i].state != STEP_STARTED)
			continue;
		pci_address_format(&function_of(job, action)->address, address);
		(void)snprintf(text, FAULT_TEXT_MAX, "%s: %s (%s) %s", address,
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

void apply_abandon(struct apply *apply, const struct plan *plan, const struct host *host,
		   const struct kernel *kernel, enum reason reason)
{
	const struct job job = {
		.apply = apply,
		.plan = plan,
		.host = host,
		.kernel = kernel,
	};

	pending_blame(&job, reason);
	steps_cancel(apply, 0, plan->n_actions);
	pending_give_back(&job, stuck_find(&job));
	pending_settle(apply, plan, ANY_BUNDLE);
}

void apply_close(struct apply *apply, const struct plan *plan, const struct host *host,
		 enum reason reason)
{
	const struct job job = { .apply = apply, .plan = plan, .host = host };

	pending_blame(&job, reason);
	steps_cancel(apply, 0, plan->n_actions);
	pending_settle(apply, plan, ANY_BUNDLE);
}
