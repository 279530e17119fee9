/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_PLAN_H
#define VFIO_EARLY_PLAN_H

/*
 * What will be done, and why not. Pure: config and host in, verdicts and actions out.
 */

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

/** enum verdict - what the rules say of a target */
enum verdict { VERDICT_RESERVE, VERDICT_REFUSED, VERDICT_ABSENT, VERDICT_SKIPPED };

extern const char *const verdict_names[];

/**
 * enum role - why a function is taken
 * @ROLE_TARGET: a selector names it
 * @ROLE_COMPANION: it belongs to the card
 * @ROLE_PEER: it shares the group, and peers = take
 */
enum role { ROLE_TARGET, ROLE_COMPANION, ROLE_PEER };

extern const char *const role_names[];

/**
 * struct plan_function - a function that a target wants
 * @function: index in host.functions
 * @role: why
 * @driver: index in host.drivers: the VFIO driver that it is to get
 * @may_unbind: a host driver that has it, also one that comes in the last moment, may be
 *	made to let go
 */
struct plan_function {
	size_t function;
	enum role role;
	size_t driver;
	bool may_unbind;
};

/**
 * struct plan_target - a card that is wanted, and the verdict
 * @config: index in config.targets
 * @name: of the config; with all = yes each card's own: "gpu#1"
 * @verdict: all rules taken together
 * @reason: of the first rule that refused; REASON_NONE when none did
 * @reasons: bit n set: reason n holds
 * @at: index in host.functions: the function that @reason is about; PLAN_NOWHERE: none
 * @detail: sentence with this machine's facts to the reason; empty: there is none to add
 * @functions: by address, the functions to be taken; for a refused target those that it
 *	would be; empty when no card could be chosen
 * @blockers: indices in host.functions: other endpoints in the groups of @functions
 * @found: indices in host.functions: what matches an id (ambiguous, id-mismatch), as
 *	many as there is room for
 * @peers_help: refused as group-shared, and with peers = take it would be reserved
 * @is_built_in: refused as group-shared, and a function of a root bus: it has no slot
 * @has_culprit: @culprit explains why the group is shared
 * @culprit: the port nearest the root that merges the group
 * @bundle: targets of one bundle share a group and succeed or fail together
 */
struct plan_target {
	size_t config;
	char name[PLAN_NAME_MAX];
	enum verdict verdict;
	enum reason reason;
	uint64_t reasons;
	size_t at;
	char detail[PLAN_DETAIL_MAX];
	struct plan_function functions[PLAN_FUNCTIONS_MAX];
	size_t n_functions;
	size_t blockers[PLAN_BLOCKERS_MAX];
	size_t n_blockers;
	size_t found[PLAN_FOUND_MAX];
	size_t n_found;
	bool peers_help;
	bool is_built_in;
	bool has_culprit;
	struct acs_culprit culprit;
	size_t bundle;
};

/**
 * enum action_type - what can be done to the machine; the whole vocabulary
 * @ACTION_OVERRIDE: write the driver's name to driver_override
 * @ACTION_UNBIND: take the function from the driver that has it; one that comes later is
 *	dealt with when it is bound
 * @ACTION_RELEASE: free its BARs from the firmware's framebuffer, before the VFIO driver
 *	may put the card to sleep under a console that still draws
 * @ACTION_LOAD: load the driver's module with everything it needs
 * @ACTION_BIND: let the driver probe the function
 * @ACTION_VERIFY: read the driver link back, and whether the BARs of a display are free
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
 * @type: what
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
 * @targets: in the order of the config; one with all = yes gives one for each card
 * @actions: to be done in this order: the overrides of all targets, then bundle by bundle
 *	the rest, so that no module which is loaded for one finds another one's function
 *	free
 * @overflow: a limit of this header was met: nothing is done, the targets say so
 * @narrowed: targets of other functions were left out (narrow.h)
 */
struct plan {
	struct plan_target targets[PLAN_TARGETS_MAX];
	size_t n_targets;
	struct action actions[PLAN_ACTIONS_MAX];
	size_t n_actions;
	bool overflow;
	bool narrowed;
};

/**
 * plan_build() - decide
 * @plan: filled; what it held before does not matter
 *
 * Cannot fail: what does not fit or is not known becomes a refusal.
 */
void plan_build(const struct config *config, const struct host *host, struct plan *plan);

/**
 * plan_needs_disks() - does a verdict depend on where the host's disks are?
 *
 * False for displays, sound, accelerators and UCSI alone: no disk hangs on these.
 */
bool plan_needs_disks(const struct host *host, const struct plan *plan);

/**
 * plan_driver_is_idle() - does a driver only hold a function, and use it for nothing?
 *
 * Return: true for VFIO drivers and the kernel's place holders: taking a function from
 * them harms nothing
 */
bool plan_driver_is_idle(const char *driver);

#endif
