// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/guest_memory_check.h"

#include <inttypes.h>

#include "base/text.h"

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

/* All memory is pinned at the start, whatever the balloon says. */
static void size_judge(struct fit *fit)
{
	const struct guest_facts *facts = fit->facts;
	uint64_t size = fit->guest->memory.size;

	if (!facts->memory_total)
		fit_unknown(fit, FINDING_GUEST_MEMORY, NULL, "cat /proc/meminfo",
			    "the host's memory could not be read");
	else if (size > facts->memory_total)
		fit_fail(fit, FINDING_GUEST_MEMORY, NULL,
			 "the guest has %" PRIu64 " MiB, the host %" PRIu64 " MiB",
			 size / MIB, facts->memory_total / MIB);
	else if (facts->memory_free && size > facts->memory_free)
		fit_warn(fit, FINDING_GUEST_MEMORY, NULL,
			 "the guest allocates all of its %" PRIu64
			 " MiB at the start, and "
			 "%" PRIu64 " MiB are available now",
			 size / MIB, facts->memory_free / MIB);
	else
		fit_pass(fit, FINDING_GUEST_MEMORY, NULL, "%" PRIu64 " MiB are available",
			 size / MIB);
}

static const struct guest_pages *pages_find(const struct guest_facts *facts,
					    uint64_t size)
{
	for (size_t i = 0; i < facts->n_pages; i++)
		if (facts->pages[i].size == size)
			return &facts->pages[i];
	return NULL;
}

/* Free pages on the nodes that the guest's memory is bound to; without, all */
static uint64_t pages_free(const struct guest *guest, const struct guest_pages *pages)
{
	uint64_t free = 0;

	if (!guest->pins.has_nodes || !guest->pins.strict || !pages->has_nodes)
		return pages->free;
	for (unsigned int node = 0; node < GUEST_NODES_MAX; node++)
		if (guest_cpus_has(&guest->pins.nodes, node))
			free += pages->nodes[node];
	return free;
}

static void hugepages_judge(struct fit *fit)
{
	const struct guest_memory *memory = &fit->guest->memory;
	uint64_t page = memory->page ? memory->page : fit->facts->page_default;
	const struct guest_pages *pages = pages_find(fit->facts, page);
	uint64_t wanted = page ? (memory->size + page - 1) / page : 0;
	uint64_t free;

	if (!page || !fit->facts->n_pages) {
		fit_unknown(fit, FINDING_GUEST_HUGEPAGES, NULL,
			    "ls /sys/kernel/mm/hugepages",
			    "the host's huge pages could not be read");
		return;
	}
	free = pages ? pages_free(fit->guest, pages) : 0;
	if (free >= wanted)
		fit_pass(fit, FINDING_GUEST_HUGEPAGES, NULL,
			 "%" PRIu64 " huge pages of %" PRIu64 " KiB are free, %" PRIu64
			 " are needed",
			 free, page / 1024, wanted);
	else
		fit_fail(fit, FINDING_GUEST_HUGEPAGES, NULL,
			 "the guest needs %" PRIu64 " huge pages of "
			 "%" PRIu64 " KiB, %" PRIu64 " are free%s" TO_DO
			 "reserve them at boot: hugepagesz=%" PRIu64
			 "K hugepages=%" PRIu64 " on the kernel command line",
			 wanted, page / 1024, free,
			 fit->guest->pins.has_nodes ? " on its node" : "", page / 1024,
			 wanted);
}

/* What QEMU pins beside the guest's memory (libvirt, qemuDomainGetMemLockLimitBytes) */
static void locked_judge(struct fit *fit)
{
	const struct guest_memory *memory = &fit->guest->memory;

	if (!memory->limit || !fit->guest->n_hostdevs ||
	    memory->limit >= memory->size + GIB)
		return;
	fit_fail(fit, FINDING_GUEST_LOCKED, NULL,
		 "hard_limit is %" PRIu64 " MiB; with a card QEMU pins the guest's "
		 "%" PRIu64 " MiB and up to 1024 MiB more",
		 memory->limit / MIB, memory->size / MIB);
}

static void balloon_judge(struct fit *fit)
{
	const struct guest_memory *memory = &fit->guest->memory;
	bool less = memory->current && memory->current < memory->size;

	if (!fit->guest->n_hostdevs || (!memory->balloon && !less))
		return;
	finding_advise(
		fit_hint(fit, FINDING_GUEST_BALLOON, NULL,
			 less ? "the guest is configured to begin with less memory than "
				"its maximum: with a card all of it is allocated at the "
				"start" :
				"the balloon has no effect: with a card all memory is "
				"allocated at the start"),
		fit->guest->kind == GUEST_PROXMOX ?
			"qm set %s --balloon 0" :
			"<memballoon model='none'/>, and currentMemory the same as "
			"memory",
		SHELL_WORD(fit->guest->name));
}

void guest_memory_check(struct fit *fit)
{
	if (fit->guest->memory.hugepages)
		hugepages_judge(fit);
	else
		size_judge(fit);
	locked_judge(fit);
	balloon_judge(fit);
}
