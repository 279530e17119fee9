/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_PLAN_H
#define VFIO_EARLY_PLAN_H

/* The decision. Pure: config and host in, verdicts and actions out. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/config.h"
#include "model/host.h"
#include "plan/acs.h"
#include "plan/reason.h"

#define PLAN_TARGETS_MAX 64
#define PLAN_FUNCTIONS_MAX 64 /* of one target, peers included */
#define PLAN_BLOCKERS_MAX 256 /* of one target */
#define PLAN_FOUND_MAX 32
#define PLAN_ACTIONS_MAX 1024
#define PLAN_DETAIL_MAX 256
#define PLAN_NAME_MAX (CONFIG_NAME_MAX + 3) /* "#64" */
#define PLAN_NOWHERE SIZE_MAX

/** enum verdict - result of the rules for a target */
enum verdict { VERDICT_RESERVE, VERDICT_REFUSED, VERDICT_ABSENT, VERDICT_SKIPPED };

extern const char *const verdict_names[];

/**
 * enum role - why a function is taken
 * @ROLE_TARGET: a selector names it
 * @ROLE_COMPANION: it belongs to the card
 * @ROLE_PEER: it shares the group, and the target has peers = take
 */
enum role { ROLE_TARGET, ROLE_COMPANION, ROLE_PEER };

extern const char *const role_names[];

/**
 * struct plan_function - a function that a target takes
 * @function: index in host.functions
 * @role: why it is taken
 * @driver: index in host.drivers: its future VFIO driver
 * @may_unbind: it may be unbound from a host driver, even one that is bound at the last
 *	moment
 */
struct plan_function {
	size_t function;
	enum role role;
	size_t driver;
	bool may_unbind;
};

/**
 * struct plan_target - a wanted card and its verdict
 * @config: index in config.targets
 * @name: name in the config; with all = yes one for each card: "gpu#1"
 * @verdict: result of all rules
 * @reason: reason of the first rule that refuses; REASON_NONE: no rule refuses
 * @reasons: bit n set: reason n holds
 * @at: index in host.functions: the function that @reason is about; PLAN_NOWHERE: none
 * @peers_help: refused as group-shared, but with peers = take it would be reserved
 * @is_built_in: refused as group-shared, and on a root bus, so it has no slot
 * @has_culprit: @culprit explains why the group is shared
 * @culprit: the port nearest the root that merges the group
 * @bundle: number of its bundle: targets of one bundle share a group and succeed or fail
 *	together
 * @detail: sentence with this machine's facts about the reason; empty: none
 * @functions: functions to take, ordered by address; for a refused target those that it
 *	would take; empty when no card could be chosen
 * @found: indices in host.functions: functions that match an id (ambiguous, id-mismatch),
 *	as many as fit
 * @blockers: indices in host.functions: other endpoints in the groups of @functions
 *
 * The arrays are last, and nothing is in them beyond their numbers: memory that is not
 * used is not touched, and costs nothing (doc/decisions/costs.md).
 */
struct plan_target {
	size_t config;
	char name[PLAN_NAME_MAX];
	enum verdict verdict;
	enum reason reason;
	uint64_t reasons;
	size_t at;
	size_t n_functions;
	size_t n_blockers;
	size_t n_found;
	bool peers_help;
	bool is_built_in;
	bool has_culprit;
	struct acs_culprit culprit;
	size_t bundle;
	char detail[PLAN_DETAIL_MAX];
	struct plan_function functions[PLAN_FUNCTIONS_MAX];
	size_t found[PLAN_FOUND_MAX];
	size_t blockers[PLAN_BLOCKERS_MAX];
};

/**
 * enum action_type - all actions on the machine
 * @ACTION_OVERRIDE: write the driver's name to driver_override
 * @ACTION_UNBIND: unbind the function from its driver; a driver that is bound later is
 *	handled by ACTION_BIND
 * @ACTION_RELEASE: free its BARs from the firmware's framebuffer, before the VFIO driver
 *	may put the card to sleep under a console that still draws
 * @ACTION_LOAD: load the driver's module with everything it needs
 * @ACTION_BIND: let the driver probe the function
 * @ACTION_VERIFY: check by the driver link, and that the BARs of a display are free
 */
enum action_type {
	ACTION_OVERRIDE,
	ACTION_UNBIND,
	ACTION_RELEASE,
	ACTION_LOAD,
	ACTION_BIND,
	ACTION_VERIFY,
};

extern const char *const action_type_names[];

/**
 * struct action - one step
 * @type: kind of step
 * @target: index in plan.targets; for ACTION_LOAD the first target that needs it
 * @function: index in host.functions; for ACTION_LOAD the first function that needs it
 * @driver: index in host.drivers
 */
struct action {
	enum action_type type;
	size_t target;
	size_t function;
	size_t driver;
};

/**
 * struct plan - verdicts and actions
 * @overflow: a limit of this header was exceeded: there are no actions, and the targets
 *	give that reason
 * @narrowed: targets that do not concern a late function were removed (narrow.h)
 * @actions: in the order of execution: the overrides of all targets, then the rest bundle
 *	by bundle, so that a module loaded for one target cannot take the functions of
 *	another
 * @targets: in the order of the config; a target with all = yes gives one for each card
 */
struct plan {
	size_t n_targets;
	size_t n_actions;
	bool overflow;
	bool narrowed;
	struct action actions[PLAN_ACTIONS_MAX];
	struct plan_target targets[PLAN_TARGETS_MAX];
};

/**
 * plan_build() - decide about all targets
 * @plan: filled; what it held before does not matter
 *
 * Cannot fail: anything that does not fit or is unknown becomes a refusal.
 */
void plan_build(const struct config *config, const struct host *host, struct plan *plan);

/**
 * plan_needs() - of what the host uses, what does a verdict depend on?
 *
 * Displays, sound, accelerators and UCSI functions have no disks. A disk or a link of the
 * network is the work of a driver, so an endpoint that has none carries nothing yet.
 *
 * Return: bits of enum host_need
 */
unsigned int plan_needs(const struct host *host, const struct plan *plan);

/**
 * plan_driver_is_idle() - does a driver hold a function without using it?
 *
 * Return: true for VFIO drivers and the kernel's place holders: taking a function from
 * these does no harm
 */
bool plan_driver_is_idle(const char *driver);

#endif
