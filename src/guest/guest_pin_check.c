// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/guest_pin_check.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/text.h"

/**
 * struct pins - input of all these rules; large: allocate it
 * @vcpus: how many
 * @used: every processor that a vCPU may run on
 * @home: of each vCPU the core that all of its processors are threads of; NULL: there is
 *	none, or they are of several
 */
struct pins {
	struct fit *fit;
	const struct guest *guest;
	const struct cores *cores;
	unsigned int vcpus;
	struct guest_cpus used;
	const struct core *home[GUEST_CPUS_MAX];
};

static bool is_pinned(const struct guest *guest)
{
	return guest->pins.n_vcpus || guest->pins.has_all;
}

/* The command that prints better pins */
static struct finding *advise_pins(struct pins *pins, struct finding *finding)
{
	finding_advise(finding, "`vfio-early --pin %s` prints pins that fit",
		       SHELL_WORD(pins->fit->subject));
	return finding;
}

static void vcpu_fill(struct pins *pins, unsigned int vcpu)
{
	const struct guest_cpus *cpus = guest_pin_of(pins->guest, vcpu);
	const struct core *home = NULL;
	bool several = false;

	for (unsigned int cpu = 0; cpus && cpu < GUEST_CPUS_MAX; cpu++) {
		const struct core *core;

		if (!guest_cpus_has(cpus, cpu))
			continue;
		guest_cpus_add(&pins->used, cpu);
		core = cores_find(pins->cores, cpu);
		several = several || !core || (home && home != core);
		home = core;
	}
	pins->home[vcpu] = several ? NULL : home;
}

static void none_judge(struct fit *fit)
{
	bool isolated = *fit->facts->isolcpus;

	finding_advise(
		findings_add(fit->findings, isolated ? FINDING_WARN : FINDING_HINT,
			     FINDING_PIN_NONE, NULL, "its vCPUs are not pinned%s%s%s",
			     isolated ? ", and so they never run on the processors of "
					"isolcpus=" :
					"",
			     isolated ? fit->facts->isolcpus : "",
			     isolated ? ", which Linux leaves idle" : ""),
		"`vfio-early --pin %s` prints pins; without them Linux moves the vCPUs "
		"around",
		SHELL_WORD(fit->subject));
}

static bool cpus_judge(struct pins *pins)
{
	for (unsigned int cpu = 0; cpu < GUEST_CPUS_MAX; cpu++)
		if (guest_cpus_has(&pins->used, cpu) && !cores_find(pins->cores, cpu)) {
			advise_pins(
				pins,
				findings_add(pins->fit->findings, FINDING_FAIL,
					     FINDING_PIN_CPU, NULL,
					     "a vCPU is pinned to CPU %u, which is not "
					     "online",
					     cpu));
			return false;
		}
	return true;
}

/* May two vCPUs ever run on the same core? One without a pin may run anywhere. */
static bool cores_meet(const struct pins *pins, unsigned int a, unsigned int b)
{
	const struct guest_cpus *one = guest_pin_of(pins->guest, a);
	const struct guest_cpus *two = guest_pin_of(pins->guest, b);

	if (!one || !two)
		return true;
	for (unsigned int cpu = 0; cpu < GUEST_CPUS_MAX; cpu++) {
		const struct core *core =
			guest_cpus_has(one, cpu) ? cores_find(pins->cores, cpu) : NULL;

		for (size_t i = 0; core && i < core->n_cpus; i++)
			if (guest_cpus_has(two, core->cpus[i]))
				return true;
	}
	return false;
}

/* Two threads of a core in the guest, of which one may run on several cores */
static bool apart_judge(struct pins *pins, unsigned int threads)
{
	for (unsigned int a = 0; a < pins->vcpus; a++)
		for (unsigned int b = a + 1;
		     b < pins->vcpus && a / threads == b / threads; b++) {
			if (cores_meet(pins, a, b))
				continue;
			advise_pins(pins,
				    findings_add(pins->fit->findings, FINDING_WARN,
						 FINDING_PIN_SIBLINGS, NULL,
						 "vCPU %u and %u are threads of one core "
						 "in the guest, and their pins have no "
						 "core in common",
						 a, b));
			return false;
		}
	return true;
}

/* Threads of one core have neighbouring numbers in the guest (QEMU, x86 topology). */
static bool siblings_judge(struct pins *pins)
{
	unsigned int threads = pins->guest->cpu.threads ? pins->guest->cpu.threads : 1;

	for (unsigned int a = 0; a < pins->vcpus; a++)
		for (unsigned int b = a + 1; b < pins->vcpus; b++) {
			const struct core *one = pins->home[a], *two = pins->home[b];
			bool same = a / threads == b / threads;

			if (!one || !two || same == (one == two))
				continue;
			advise_pins(pins,
				    findings_add(
					    pins->fit->findings, FINDING_WARN,
					    FINDING_PIN_SIBLINGS, NULL,
					    same ? "vCPU %u and %u are threads of one "
						   "core in the guest, CPU %u and %u "
						   "are not" :
						   "vCPU %u and %u are cores of their "
						   "own in the guest, CPU %u and %u "
						   "are threads of one",
					    a, b, one->cpus[0],
					    two->cpus[one == two ? two->n_cpus - 1 : 0]));
			return false;
		}
	return apart_judge(pins, threads);
}

/* A vCPU that has one processor: which one? GUEST_CPUS_MAX: it may run on several */
static unsigned int single_of(const struct guest_cpus *cpus)
{
	unsigned int cpu = 0;

	if (!cpus || guest_cpus_count(cpus) != 1)
		return GUEST_CPUS_MAX;
	while (!guest_cpus_has(cpus, cpu))
		cpu++;
	return cpu;
}

static bool vcpus_judge_shared(struct pins *pins)
{
	/* of each processor the vCPU that it belongs to, and 1; 0: none */
	unsigned int owners[GUEST_CPUS_MAX] = { 0 };

	for (unsigned int vcpu = 0; vcpu < pins->vcpus; vcpu++) {
		unsigned int cpu = single_of(guest_pin_of(pins->guest, vcpu));

		if (cpu == GUEST_CPUS_MAX)
			continue;
		if (owners[cpu]) {
			advise_pins(pins, findings_add(pins->fit->findings, FINDING_WARN,
						       FINDING_PIN_SHARED, NULL,
						       "vCPU %u and %u are pinned to CPU "
						       "%u, both",
						       owners[cpu] - 1, vcpu, cpu));
			return false;
		}
		owners[cpu] = vcpu + 1;
	}
	return true;
}

/* Proxmox pins a machine as a whole: there is nothing to keep apart. */
static bool shared_judge(struct pins *pins)
{
	const struct guest_pins *pinned = &pins->guest->pins;
	const char *what = NULL;

	if (!pinned->n_vcpus)
		return true;
	if (!vcpus_judge_shared(pins))
		return false;
	if (pinned->has_emulator && guest_cpus_meet(&pinned->emulator, &pins->used))
		what = "the emulator";
	for (size_t i = 0; i < pinned->n_iothreads; i++)
		if (guest_cpus_meet(&pinned->iothreads[i].cpus, &pins->used))
			what = "an I/O thread";
	if (what)
		advise_pins(pins,
			    findings_add(pins->fit->findings, FINDING_WARN,
					 FINDING_PIN_SHARED, NULL,
					 "%s may run on processors of the vCPUs and "
					 "stall them",
					 what));
	else if (!pinned->has_emulator)
		advise_pins(pins,
			    findings_add(pins->fit->findings, FINDING_HINT,
					 FINDING_PIN_SHARED, NULL,
					 "the emulator is not pinned (emulatorpin): "
					 "it runs where the vCPUs do"));
	return !what;
}

static bool kind_judge(struct pins *pins)
{
	const struct core *first = NULL;

	for (size_t i = 0; i < pins->cores->count; i++) {
		const struct core *core = &pins->cores->list[i];
		bool used = false;

		for (size_t j = 0; j < core->n_cpus; j++)
			used = used || guest_cpus_has(&pins->used, core->cpus[j]);
		if (!used)
			continue;
		if (first && first->kind != core->kind) {
			advise_pins(pins,
				    findings_add(pins->fit->findings, FINDING_WARN,
						 FINDING_PIN_KIND, NULL,
						 "CPU %u and %u are cores of different "
						 "kinds: the guest takes them for equal",
						 first->cpus[0], core->cpus[0]));
			return false;
		}
		first = first ? first : core;
	}
	return true;
}

/**
 * struct cache - a last-level cache
 * @all: its cores
 * @used: those that are pinned to
 */
struct cache {
	size_t all;
	size_t used;
};

static int cache_compare(const void *a, const void *b)
{
	const struct cache *one = a, *two = b;

	return one->all > two->all ? -1 : one->all < two->all;
}

/* The largest caches first: how many are enough for that many cores? */
static size_t caches_needed(struct cache *caches, size_t count, size_t cores)
{
	size_t needed = 0;

	qsort(caches, count, sizeof(*caches), cache_compare);
	for (; needed < count && cores; needed++)
		cores -= cores < caches[needed].all ? cores : caches[needed].all;
	return needed;
}

static void cache_judge(struct pins *pins)
{
	struct cache *caches cleanup_free = calloc(CORES_MAX, sizeof(*caches));
	size_t cores = 0, used = 0, needed;

	for (size_t i = 0; caches && i < pins->cores->count; i++) {
		const struct core *core = &pins->cores->list[i];

		/* the numbers are from 0, and there are no more caches than cores */
		if (core->cache >= CORES_MAX)
			return;
		caches[core->cache].all++;
		for (size_t j = 0; j < core->n_cpus; j++)
			if (guest_cpus_has(&pins->used, core->cpus[j])) {
				used += !caches[core->cache].used++;
				cores++;
				break;
			}
	}
	if (!caches)
		return;
	needed = caches_needed(caches, CORES_MAX, cores);
	if (used > needed)
		advise_pins(pins, findings_add(pins->fit->findings, FINDING_HINT,
					       FINDING_PIN_CACHE, NULL,
					       "its vCPUs are spread over %zu last-level "
					       "caches, but %zu would be enough",
					       used, needed));
}

/* The node of the card; without one there is none to be near to. */
static bool node_find(const struct fit *fit, unsigned int *ret_node)
{
	bool found = false;

	for (size_t i = 0; i < fit->facts->n_passed; i++) {
		const struct host_function *function =
			fit_function(fit, &fit->facts->passed[i]);

		if (!function || function->numa_node < 0)
			continue;
		if (!found || host_is_display(function))
			*ret_node = (unsigned int)function->numa_node;
		found = true;
	}
	return found;
}

static void node_judge(struct pins *pins)
{
	const struct guest_pins *pinned = &pins->guest->pins;
	unsigned int node = 0, away = 0;

	if (!node_find(pins->fit, &node) || guest_cpus_count(&pins->cores->nodes) < 2)
		return;
	for (unsigned int cpu = 0; cpu < GUEST_CPUS_MAX; cpu++) {
		const struct core *core = cores_find(pins->cores, cpu);

		away += core && core->node != node && guest_cpus_has(&pins->used, cpu);
	}
	if (away)
		advise_pins(
			pins,
			findings_add(pins->fit->findings, FINDING_WARN, FINDING_PIN_NODE,
				     NULL,
				     "%u of its processors are on another NUMA node than "
				     "the card, which is on node %u",
				     away, node));
	else if (pinned->has_nodes && !guest_cpus_has(&pinned->nodes, node))
		advise_pins(pins, findings_add(pins->fit->findings, FINDING_WARN,
					       FINDING_PIN_NODE, NULL,
					       "its memory comes from another NUMA node "
					       "than the card, which is on node %u",
					       node));
}

static void host_judge(struct pins *pins)
{
	struct guest_cpus all;

	cores_all(pins->cores, &all);
	for (unsigned int cpu = 0; cpu < GUEST_CPUS_MAX; cpu++)
		if (guest_cpus_has(&all, cpu) && !guest_cpus_has(&pins->used, cpu))
			return;
	findings_add(pins->fit->findings, FINDING_WARN, FINDING_PIN_HOST, NULL,
		     "its vCPUs may run on every processor: none is left for the host");
}

static void pins_judge(struct pins *pins)
{
	bool good = siblings_judge(pins);

	good = shared_judge(pins) && good;
	good = kind_judge(pins) && good;
	cache_judge(pins);
	node_judge(pins);
	host_judge(pins);
	if (good && pins->guest->pins.n_vcpus)
		findings_add(pins->fit->findings, FINDING_PASS, FINDING_PIN_SIBLINGS,
			     NULL, "its vCPUs are pinned as its topology says");
}

static void pinned_judge(struct fit *fit)
{
	struct pins *pins cleanup_free = calloc(1, sizeof(*pins));

	if (!pins)
		return;
	pins->fit = fit;
	pins->guest = fit->guest;
	pins->cores = fit->cores;
	pins->vcpus = fit->guest->cpu.vcpus < GUEST_CPUS_MAX ? fit->guest->cpu.vcpus :
							       GUEST_CPUS_MAX;
	for (unsigned int vcpu = 0; vcpu < pins->vcpus; vcpu++)
		vcpu_fill(pins, vcpu);
	if (cpus_judge(pins))
		pins_judge(pins);
}

void guest_pin_check(struct fit *fit)
{
	if (!is_pinned(fit->guest))
		none_judge(fit);
	else if (!fit->cores)
		fit_unknown(fit, FINDING_PIN_CPU, NULL, "ls /sys/devices/system/cpu",
			    "the host's processors could not be looked at, so its pins "
			    "could not be judged");
	else
		pinned_judge(fit);
}
