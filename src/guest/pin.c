// SPDX-License-Identifier: GPL-2.0-or-later

/*
 * How cores are chosen:
 *
 *	1. The node: that of the card; without one, the node with most cores to give.
 *	2. The kind: the fastest of that node. Kinds are never mixed.
 *	3. Of these, without the core of CPU 0: one last-level cache after another, those
 *	   with most cores to give first, and in each the cores by number.
 */
#include "guest/pin.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CORES_PER_HOST_CORE 8

/**
 * struct choice - the cores that may be given
 * @list: in the order in which they are given
 * @limit: at most so many, so that the host keeps its share
 * @most: threads of the largest core
 * @largest: how many vCPUs would fit
 */
struct choice {
	const struct cores *cores;
	const struct core *list[CORES_MAX];
	size_t count;
	size_t limit;
	unsigned int node;
	unsigned int kind;
	unsigned int threads;
	unsigned int most;
	size_t largest;
};

static const struct core *host_core(const struct cores *cores)
{
	const struct core *core = cores_find(cores, 0);

	return core ? core : &cores->list[0];
}

static unsigned int kind_of_node(const struct cores *cores, unsigned int node)
{
	unsigned int kind = 0;

	for (size_t i = 0; i < cores->count; i++)
		if (cores->list[i].node == node && cores->list[i].kind > kind)
			kind = cores->list[i].kind;
	return kind;
}

static bool is_candidate(const struct cores *cores, const struct core *core,
			 unsigned int node, unsigned int kind)
{
	return core->node == node && core->kind == kind && core != host_core(cores);
}

static size_t candidates_count(const struct cores *cores, unsigned int node,
			       unsigned int kind)
{
	size_t count = 0;

	for (size_t i = 0; i < cores->count; i++)
		count += is_candidate(cores, &cores->list[i], node, kind);
	return count;
}

static bool has_cores(const struct cores *cores, unsigned int node)
{
	return node < CORES_NODES_MAX && guest_cpus_has(&cores->nodes, node);
}

static unsigned int node_choose(const struct cores *cores, const struct pin_wish *wish)
{
	unsigned int best = 0;
	size_t most = 0;

	if (wish->has_node && has_cores(cores, wish->node))
		return wish->node;
	for (unsigned int node = 0; node < CORES_NODES_MAX; node++) {
		size_t count = candidates_count(cores, node, kind_of_node(cores, node));

		if (count > most) {
			most = count;
			best = node;
		}
	}
	return best;
}

/* How many cores of the choice share a cache with this one */
static size_t cache_size(const struct choice *choice, uint32_t cache)
{
	size_t count = 0;

	for (size_t i = 0; i < choice->count; i++)
		count += choice->list[i]->cache == cache;
	return count;
}

static int core_compare(const void *a, const void *b, void *context)
{
	const struct core *one = *(const struct core *const *)a;
	const struct core *two = *(const struct core *const *)b;
	size_t first = cache_size(context, one->cache);
	size_t second = cache_size(context, two->cache);

	if (first != second)
		return first > second ? -1 : 1;
	if (one->cache != two->cache)
		return one->cache < two->cache ? -1 : 1;
	return one->number < two->number ? -1 : one->number > two->number;
}

static size_t host_share(const struct cores *cores)
{
	return (cores->count + CORES_PER_HOST_CORE - 1) / CORES_PER_HOST_CORE;
}

/* The sort asks for the sizes of caches: it needs a copy that stays as it is. */
static void choice_sort(struct choice *choice)
{
	struct choice *still = malloc(sizeof(*still));

	if (!still)
		return;
	memcpy(still, choice, sizeof(*still));
	qsort_r((void *)choice->list, choice->count, sizeof(const struct core *),
		core_compare, still);
	free(still);
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void choice_make(const struct cores *cores, const struct pin_wish *wish,
			struct choice *choice)
{
	size_t room = cores->count - host_share(cores), full = 0;

	choice->cores = cores;
	choice->node = node_choose(cores, wish);
	choice->kind = kind_of_node(cores, choice->node);
	for (size_t i = 0; i < cores->count; i++) {
		const struct core *core = &cores->list[i];

		if (!is_candidate(cores, core, choice->node, choice->kind))
			continue;
		full = core->n_cpus > choice->most ?
			       1 :
			       full + (core->n_cpus == choice->most);
		if (core->n_cpus > choice->most)
			choice->most = (unsigned int)core->n_cpus;
	}
	choice->threads = choice->most && wish->vcpus % choice->most ? 1 : choice->most;
	for (size_t i = 0; i < cores->count; i++)
		if (is_candidate(cores, &cores->list[i], choice->node, choice->kind) &&
		    cores->list[i].n_cpus >= choice->threads)
			choice->list[choice->count++] = &cores->list[i];
	choice->limit = smaller(room, choice->count);
	choice->largest = smaller(room, full) * choice->most;
	choice_sort(choice);
}

static int refuse(const struct choice *choice, const struct pin_wish *wish,
		  struct fault *fault)
{
	const struct cores *cores = choice->cores;
	size_t slower = 0;
	char more[96] = "";

	if (wish->vcpus < choice->largest)
		return fault_set(
			fault, -ENOSPC,
			"%u vCPUs are not a multiple of the %u threads of a core, and "
			"there are not %u cores for them: %u or %u would fit",
			wish->vcpus, choice->most, wish->vcpus,
			wish->vcpus / choice->most * choice->most,
			(wish->vcpus / choice->most + 1) * choice->most);
	for (unsigned int kind = 0; kind < choice->kind; kind++)
		slower += candidates_count(cores, choice->node, kind);
	if (slower)
		(void)snprintf(more, sizeof(more),
			       "; %zu slower cores there are not mixed with them",
			       slower);
	return fault_set(
		fault, -ENOSPC,
		"%u vCPUs are too many: at most %zu fit, on cores of node %u; the "
		"host keeps %zu of %zu cores%s",
		wish->vcpus, choice->largest, choice->node, host_share(cores),
		cores->count, more);
}

static void core_take(const struct core *core, unsigned int threads,
		      struct pinning *pinning)
{
	for (unsigned int i = 0; i < threads; i++)
		pinning->cpus[pinning->vcpus++] = core->cpus[i];
	pinning->idle_threads = pinning->idle_threads || core->n_cpus > threads;
}

static bool is_taken(const struct choice *choice, const struct core *core, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (choice->list[i] == core)
			return true;
	return false;
}

/* The remaining processors, on the same node if it has any */
static void rest_fill(const struct choice *choice, struct pinning *pinning)
{
	const struct cores *cores = choice->cores;

	for (size_t i = 0; i < cores->count; i++) {
		const struct core *core = &cores->list[i];
		bool near = core->node == choice->node;

		if (is_taken(choice, core, pinning->cores))
			continue;
		for (size_t j = 0; j < core->n_cpus; j++) {
			guest_cpus_add(&pinning->host, core->cpus[j]);
			if (near)
				guest_cpus_add(&pinning->rest, core->cpus[j]);
		}
		pinning->rest_is_near = pinning->rest_is_near || near;
	}
	if (!pinning->rest_is_near)
		pinning->rest = pinning->host;
}

static unsigned int caches_count(const struct choice *choice, size_t count)
{
	unsigned int caches = 0;

	for (size_t i = 0; i < count; i++)
		caches += !i || choice->list[i]->cache != choice->list[i - 1]->cache;
	return caches;
}

static void choice_take(const struct choice *choice, const struct pin_wish *wish,
			struct pinning *pinning)
{
	uint64_t memory = choice->cores->node_memory[choice->node];

	*pinning = (struct pinning){
		.cores = wish->vcpus / choice->threads,
		.threads = choice->threads,
		.node = choice->node,
		.kind = choice->kind,
	};
	for (size_t i = 0; i < pinning->cores; i++)
		core_take(choice->list[i], choice->threads, pinning);
	pinning->caches = caches_count(choice, pinning->cores);
	rest_fill(choice, pinning);
	pinning->strict = guest_cpus_count(&choice->cores->nodes) > 1 && wish->memory &&
			  wish->memory < memory;
}

int pin_plan(const struct cores *cores, const struct pin_wish *wish,
	     struct pinning *ret_pinning, struct fault *fault)
{
	struct choice *choice = calloc(1, sizeof(*choice));
	int error = 0;

	if (!choice)
		return fault_set(fault, -ENOMEM, "%s", strerror(ENOMEM));
	if (!cores->count || !wish->vcpus || wish->vcpus > GUEST_CPUS_MAX)
		error = fault_set(fault, -EINVAL, "%u vCPUs on %zu cores", wish->vcpus,
				  cores->count);
	if (!error) {
		choice_make(cores, wish, choice);
		if (!choice->threads || wish->vcpus / choice->threads > choice->limit)
			error = refuse(choice, wish, fault);
		else
			choice_take(choice, wish, ret_pinning);
	}
	free(choice);
	return error;
}
