// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/guest_cpu_check.h"

#include <string.h>

#include "base/text.h"

static bool is_host(const struct guest *guest)
{
	return guest->cpu.mode == GUEST_CPU_HOST ||
	       guest->cpu.mode == GUEST_CPU_MAXIMUM || strstr(guest->args, "-cpu host");
}

static void model_judge(struct fit *fit)
{
	const struct guest *guest = fit->guest;
	bool libvirt = guest->kind == GUEST_LIBVIRT;

	if (is_host(guest) || guest->cpu.mode == GUEST_CPU_HOST_MODEL)
		fit_pass(fit, FINDING_GUEST_CPU, NULL,
			 "the guest sees the host's processor%s",
			 is_host(guest) ? "" : ", as the nearest model");
	else
		finding_advise(fit_hint(fit, FINDING_GUEST_CPU, NULL,
					"the guest sees a processor of the model %s, "
					"not the host's",
					*guest->cpu.model ? guest->cpu.model :
					libvirt		  ? "qemu64" :
							    "kvm64"),
			       libvirt ? "<cpu mode='host-passthrough'/>" :
					 "qm set %s --cpu host",
			       SHELL_WORD(guest->name));
}

/* libvirt refuses to define such a domain; Proxmox has no numbers that could disagree. */
static void topology_judge(struct fit *fit)
{
	const struct guest_cpu *cpu = &fit->guest->cpu;
	uint64_t product = (uint64_t)cpu->sockets * cpu->dies * cpu->clusters *
			   cpu->cores * cpu->threads;

	if (!cpu->has_topology || product == cpu->vcpus)
		return;
	fit_fail(fit, FINDING_GUEST_TOPOLOGY, NULL,
		 "the topology (%u sockets, %u dies, %u clusters, %u cores, %u threads) "
		 "does not make %u vCPUs",
		 cpu->sockets, cpu->dies, cpu->clusters, cpu->cores, cpu->threads,
		 cpu->vcpus);
}

/* Models of EPYC have it, host-model takes over what the host has; -cpu host has not. */
static void smt_judge(struct fit *fit)
{
	const struct guest *guest = fit->guest;
	const struct guest_feature *feature = guest_feature_find(guest, "topoext");

	if (guest->cpu.threads < 2 || (feature && feature->on) ||
	    strstr(guest->args, "topoext") || !is_host(guest))
		return;
	if (!fit->facts->vendor_known)
		fit_unknown(fit, FINDING_GUEST_SMT, NULL, "grep vendor_id /proc/cpuinfo",
			    "the vendor of the processor could not be read; on AMD the "
			    "guest would not see its threads");
	else if (fit->facts->is_amd)
		fit_warn(fit, FINDING_GUEST_SMT, NULL,
			 "the topology has %u threads per core, but without topoext a "
			 "guest on AMD does not see them",
			 guest->cpu.threads);
}

static void nested_judge(struct fit *fit)
{
	const struct guest_feature *svm = guest_feature_find(fit->guest, "svm");
	const struct guest_feature *vmx = guest_feature_find(fit->guest, "vmx");
	const char *name = svm && svm->on ? "svm" : "vmx";

	if (!(svm && svm->on) && !(vmx && vmx->on))
		return;
	if (fit->facts->nested == FACT_NO)
		fit_fail(fit, FINDING_GUEST_NESTED, NULL,
			 "%s is required, but KVM's parameter nested is off", name);
	else if (fit->facts->nested == FACT_UNKNOWN)
		fit_unknown(fit, FINDING_GUEST_NESTED, NULL,
			    "cat /sys/module/kvm_*/parameters/nested",
			    "%s is required; KVM's parameter nested could not be read",
			    name);
	else
		fit_hint(fit, FINDING_GUEST_NESTED, NULL,
			 "the guest gets %s: Windows then runs its kernel under Hyper-V, "
			 "which costs speed" TO_DO
			 "remove it if nothing in the guest needs it (WSL, Docker and "
			 "memory integrity do)",
			 name);
}

void guest_cpu_check(struct fit *fit)
{
	model_judge(fit);
	topology_judge(fit);
	smt_judge(fit);
	nested_judge(fit);
}
