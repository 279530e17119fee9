// SPDX-License-Identifier: GPL-2.0-or-later
/* Pins on machines made here: a table, and rules that hold on random ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "guest/pin.h"

/**
 * struct machine - a machine in a few numbers
 * @nodes: NUMA nodes
 * @caches: last-level caches of each node
 * @cores: cores of each cache
 * @threads: of each of them; the second thread of core n is CPU n + all cores
 * @slow: slower cores of one thread each, on the last node, in a cache of their own
 * @beside: threads of a core have numbers beside each other
 */
struct machine {
	unsigned int nodes;
	unsigned int caches;
	unsigned int cores;
	unsigned int threads;
	unsigned int slow;
	bool beside;
};

static struct core *core_add(struct cores *cores, unsigned int node, uint32_t cache,
			     unsigned int kind)
{
	struct core *core = &cores->list[cores->count];

	*core = (struct core){
		.number = (unsigned int)cores->count++,
		.node = node,
		.cache = cache,
		.kind = kind,
	};
	guest_cpus_add(&cores->nodes, node);
	return core;
}

static void machine_build(const struct machine *machine, struct cores *cores)
{
	unsigned int all = machine->nodes * machine->caches * machine->cores;

	*cores = (struct cores){ .kinds = machine->slow ? 2 : 1 };
	for (unsigned int i = 0; i < all; i++) {
		unsigned int cache = i / machine->cores;
		struct core *core = core_add(cores, cache / machine->caches, cache,
					     machine->slow != 0);

		for (unsigned int t = 0; t < machine->threads; t++)
			core->cpus[core->n_cpus++] =
				machine->beside ? i * machine->threads + t : i + t * all;
	}
	for (unsigned int i = 0; i < machine->slow; i++) {
		struct core *core = core_add(cores, machine->nodes - 1,
					     machine->nodes * machine->caches, 0);

		core->cpus[core->n_cpus++] = all * machine->threads + i;
	}
	for (unsigned int i = 0; i < machine->nodes; i++)
		cores->node_memory[i] = UINT64_C(16) << 30;
}

static void list_show(const struct guest_cpus *cpus, char *text, size_t size)
{
	size_t used = 0;

	for (unsigned int cpu = 0; cpu < GUEST_CPUS_MAX && used < size; cpu++)
		if (guest_cpus_has(cpus, cpu))
			used += (size_t)snprintf(text + used, size - used, "%s%u",
						 used ? " " : "", cpu);
}

static void pinning_show(const struct pinning *pinning, char *text, size_t size)
{
	char rest[256] = "";
	size_t used = 0;

	for (unsigned int i = 0; i < pinning->vcpus && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%u", i ? " " : "",
					 pinning->cpus[i]);
	list_show(&pinning->rest, rest, sizeof(rest));
	if (used < size)
		snprintf(text + used, size - used, "; %ux%u; rest %s%s%s", pinning->cores,
			 pinning->threads, rest, pinning->rest_is_near ? "" : " far",
			 pinning->strict ? "; strict" : "");
}

struct row {
	const char *name;
	struct machine machine;
	struct pin_wish wish;
	const char *want;
};

static const struct row rows[] = {
	{ "4 cores with threads",
	  { 1, 1, 4, 2, 0, false },
	  { .vcpus = 4 },
	  "1 5 2 6; 2x2; rest 0 3 4 7" },
	{ "threads beside each other",
	  { 1, 1, 4, 2, 0, true },
	  { .vcpus = 4 },
	  "2 3 4 5; 2x2; rest 0 1 6 7" },
	{ "as many as there are",
	  { 1, 1, 4, 2, 0, false },
	  { .vcpus = 6 },
	  "1 5 2 6 3 7; 3x2; rest 0 4" },
	{ "an odd number has a core for each",
	  { 1, 1, 4, 2, 0, false },
	  { .vcpus = 3 },
	  "1 2 3; 3x1; rest 0 4" },
	{ "one", { 1, 1, 2, 2, 0, false }, { .vcpus = 1 }, "1; 1x1; rest 0 2" },
	{ "the cache without CPU 0 has most to give",
	  { 1, 2, 4, 2, 0, true },
	  { .vcpus = 8 },
	  "8 9 10 11 12 13 14 15; 4x2; rest 0 1 2 3 4 5 6 7" },
	{ "more than one cache",
	  { 1, 2, 4, 2, 0, true },
	  { .vcpus = 10 },
	  "8 9 10 11 12 13 14 15 2 3; 5x2; rest 0 1 4 5 6 7" },
	{ "the node of the card",
	  { 2, 1, 4, 2, 0, true },
	  { .vcpus = 4, .has_node = true, .node = 1, .memory = UINT64_C(8) << 30 },
	  "8 9 10 11; 2x2; rest 12 13 14 15; strict" },
	{ "more memory than the node has",
	  { 2, 1, 4, 2, 0, true },
	  { .vcpus = 4, .has_node = true, .node = 1, .memory = UINT64_C(16) << 30 },
	  "8 9 10 11; 2x2; rest 12 13 14 15" },
	{ "the whole node",
	  { 2, 1, 4, 2, 0, true },
	  { .vcpus = 8, .has_node = true, .node = 1 },
	  "8 9 10 11 12 13 14 15; 4x2; rest 0 1 2 3 4 5 6 7 far" },
	{ "no node of the card: the one with most to give",
	  { 2, 1, 4, 1, 0, true },
	  { .vcpus = 4 },
	  "4 5 6 7; 4x1; rest 0 1 2 3 far" },
	{ "a node without cores",
	  { 2, 1, 4, 1, 0, true },
	  { .vcpus = 2, .has_node = true, .node = 7 },
	  "4 5; 2x1; rest 6 7" },
	{ "the fast kind, the slow one is for the emulator",
	  { 1, 1, 6, 2, 8, true },
	  { .vcpus = 10 },
	  "2 3 4 5 6 7 8 9 10 11; 5x2; rest 0 1 12 13 14 15 16 17 18 19" },
	{ "too many of the fast kind",
	  { 1, 1, 6, 2, 8, true },
	  { .vcpus = 12 },
	  "12 vCPUs are too many: at most 10 fit, on cores of node 0; the host keeps 2 of "
	  "14 cores; 8 slower cores there are not mixed with them" },
	{ "the host keeps its share",
	  { 1, 1, 16, 1, 0, true },
	  { .vcpus = 15 },
	  "15 vCPUs are too many: at most 14 fit, on cores of node 0; the host keeps 2 of "
	  "16 cores" },
	{ "an odd number that only its neighbours fit for",
	  { 1, 1, 8, 2, 0, true },
	  { .vcpus = 13 },
	  "13 vCPUs are not a multiple of the 2 threads of a core, and there are not 13 cores "
	  "for them: 12 or 14 would fit" },
	{ "one core",
	  { 1, 1, 1, 2, 0, true },
	  { .vcpus = 1 },
	  "1 vCPUs are too many: at most 0 fit, on cores of node 0; the host keeps 1 of 1 "
	  "cores" },
	{ "none", { 1, 1, 4, 2, 0, true }, { .vcpus = 0 }, "0 vCPUs on 4 cores" },
};

static void test_rows(void **state)
{
	struct cores *cores = malloc(sizeof(*cores));
	struct pinning *pinning = malloc(sizeof(*pinning));

	(void)state;
	assert_true(cores && pinning);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fault fault = { 0 };
		char text[512];

		machine_build(&rows[i].machine, cores);
		if (pin_plan(cores, &rows[i].wish, pinning, &fault) < 0)
			snprintf(text, sizeof(text), "%s", fault.text);
		else
			pinning_show(pinning, text, sizeof(text));
		if (strcmp(text, rows[i].want) != 0)
			fail_msg("%s: %s", rows[i].name, text);
	}
	free(pinning);
	free(cores);
}

/* ---- rules that hold on any machine ---- */

static unsigned int random_below(uint64_t *seed, unsigned int limit)
{
	*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (unsigned int)(*seed >> 33) % limit;
}

static const struct core *must_find(const struct cores *cores, unsigned int cpu)
{
	const struct core *core = cores_find(cores, cpu);

	assert_non_null(core);
	return core;
}

static void pinning_check(const struct cores *cores, const struct pin_wish *wish,
			  const struct pinning *pinning)
{
	struct guest_cpus seen = { 0 };
	const struct core *first = must_find(cores, pinning->cpus[0]);
	size_t touched = 0;

	assert_int_equal(pinning->vcpus, wish->vcpus);
	assert_int_equal(pinning->cores * pinning->threads, wish->vcpus);
	for (unsigned int i = 0; i < pinning->vcpus; i++) {
		const struct core *core = must_find(cores, pinning->cpus[i]);
		const struct core *head = must_find(
			cores, pinning->cpus[i / pinning->threads * pinning->threads]);

		assert_false(guest_cpus_has(&seen, pinning->cpus[i])); /* none twice */
		guest_cpus_add(&seen, pinning->cpus[i]);
		assert_ptr_equal(core, head); /* threads of a core stay together */
		assert_int_equal(core->node, first->node);
		assert_int_equal(core->kind, first->kind);
		touched += core != head || !(i % pinning->threads);
		assert_false(guest_cpus_has(&pinning->rest, pinning->cpus[i]));
		assert_false(guest_cpus_has(&pinning->host, pinning->cpus[i]));
	}
	assert_int_equal(touched, pinning->cores); /* cores of the guest are cores */
	assert_true(guest_cpus_has(&pinning->host, 0));
	assert_true(guest_cpus_count(&pinning->rest) > 0);
	assert_true(cores->count - pinning->cores >= (cores->count + 7) / 8);
}

static void test_random(void **state)
{
	struct cores *cores = malloc(sizeof(*cores));
	struct pinning *pinning = malloc(sizeof(*pinning)),
		       *again = malloc(sizeof(*again));
	uint64_t seed = 13;
	unsigned int fitted = 0;

	(void)state;
	assert_true(cores && pinning && again);
	for (unsigned int i = 0; i < 3000; i++) {
		const struct machine machine = {
			.nodes = 1 + random_below(&seed, 4),
			.caches = 1 + random_below(&seed, 4),
			.cores = 1 + random_below(&seed, 8),
			.threads = 1 + random_below(&seed, 2),
			.slow = random_below(&seed, 3) ? 0 : random_below(&seed, 16),
			.beside = random_below(&seed, 2),
		};
		const struct pin_wish wish = {
			.vcpus = 1 + random_below(&seed, 24),
			.has_node = random_below(&seed, 2),
			.node = random_below(&seed, 4),
		};
		struct fault fault = { 0 };

		machine_build(&machine, cores);
		if (pin_plan(cores, &wish, pinning, &fault) < 0) {
			assert_int_equal(fault.error, -ENOSPC);
			continue;
		}
		fitted++;
		pinning_check(cores, &wish, pinning);
		assert_int_equal(pin_plan(cores, &wish, again, &fault), 0);
		assert_memory_equal(pinning, again, sizeof(*pinning));
	}
	assert_true(fitted > 1000);
	free(again);
	free(pinning);
	free(cores);
}

/* The number that is offered fits, and none beyond it does. */
static void test_offer(void **state)
{
	struct cores *cores = malloc(sizeof(*cores));
	struct pinning *pinning = malloc(sizeof(*pinning));
	uint64_t seed = 4;

	(void)state;
	assert_true(cores && pinning);
	for (unsigned int i = 0; i < 500; i++) {
		const struct machine machine = {
			.nodes = 1,
			.caches = 1 + random_below(&seed, 3),
			.cores = 1 + random_below(&seed, 6),
			.threads = 1 + random_below(&seed, 2),
			.slow = random_below(&seed, 2) * random_below(&seed, 9),
		};
		unsigned int most = 0;
		struct fault fault = { 0 };
		char want[64];

		machine_build(&machine, cores);
		for (unsigned int n = 1; n <= 40; n++)
			if (!pin_plan(cores, &(struct pin_wish){ .vcpus = n }, pinning,
				      &fault))
				most = n;
		snprintf(want, sizeof(want), "at most %u fit", most);
		assert_int_equal(pin_plan(cores, &(struct pin_wish){ .vcpus = 100 },
					  pinning, &fault),
				 -ENOSPC);
		if (!strstr(fault.text, want))
			fail_msg("%s: not %s", fault.text, want);
	}
	free(pinning);
	free(cores);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_offer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
