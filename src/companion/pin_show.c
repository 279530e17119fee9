// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/pin_show.h"

#include "base/array.h"
#include "base/text.h"
#include "report/json.h"

/* As libvirt, taskset and systemd read it: 0-1,6-7 */
static void list_format(const struct guest_cpus *cpus, char text[static PIN_LIST_MAX])
{
	size_t used = 0;

	*text = '\0';
	for (unsigned int cpu = 0; cpu < GUEST_CPUS_MAX; cpu++) {
		unsigned int last = cpu;

		if (!guest_cpus_has(cpus, cpu))
			continue;
		while (last + 1 < GUEST_CPUS_MAX && guest_cpus_has(cpus, last + 1))
			last++;
		if (used + 16 > PIN_LIST_MAX)
			return;
		used += (size_t)snprintf(text + used, PIN_LIST_MAX - used,
					 last > cpu ? "%s%u-%u" : "%s%u", used ? "," : "",
					 cpu, last);
		cpu = last;
	}
}

static void vcpus_set(const struct pinning *pinning, struct guest_cpus *cpus)
{
	*cpus = (struct guest_cpus){ 0 };
	for (unsigned int i = 0; i < pinning->vcpus; i++)
		guest_cpus_add(cpus, pinning->cpus[i]);
}

/* The choices, one sentence each; @before and @after make a comment of it */
static void choices_print(FILE *out, const struct pin_page *page, const char *before,
			  const char *after)
{
	const struct pinning *pinning = page->pinning;

	fprintf(out, "%s%u of %zu cores, on NUMA node %u%s%s%s%s\n", before,
		pinning->cores, page->cores->count, pinning->node,
		*page->address ? ", for the card at " : "", page->address,
		page->cores->kinds > 1 ? ", all of the fastest kind there" : "", after);
	if (pinning->caches > 1)
		fprintf(out,
			"%sthey share %u last-level caches: fewer vCPUs would fit into "
			"fewer%s\n",
			before, pinning->caches, after);
	if (pinning->idle_threads)
		fprintf(out,
			"%seach vCPU has a core of its own, whose other threads stay "
			"idle%s\n",
			before, after);
	if (!pinning->rest_is_near)
		fprintf(out,
			"%snothing is left on node %u: the emulator runs on another%s\n",
			before, pinning->node, after);
}

/* ---- keeping the host away ---- */

static void slices_print(FILE *out, const char *list)
{
	static const char *const units[] = { "system.slice", "user.slice", "init.scope" };

	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		fprintf(out, "#   systemctl set-property --runtime %s AllowedCPUs=%s\n",
			units[i], list);
}

/* The slice of the machines is none of the three, so they keep their processors. */
static void host_print(FILE *out, const struct pin_page *page)
{
	char host[PIN_LIST_MAX], all[PIN_LIST_MAX];
	struct guest_cpus cpus;

	cores_all(page->cores, &cpus);
	list_format(&cpus, all);
	list_format(&page->pinning->host, host);
	fputs("# To keep the host off these processors while it runs, as root:\n", out);
	slices_print(out, host);
	fputs("# and after it has ended:\n", out);
	slices_print(out, all);
	fputs("# isolcpus= on the kernel command line takes them from the host "
	      "permanently.\n",
	      out);
}

/* ---- libvirt ---- */

static void libvirt_print(FILE *out, const struct pin_page *page)
{
	const struct pinning *pinning = page->pinning;
	char rest[PIN_LIST_MAX];

	list_format(&pinning->rest, rest);
	choices_print(out, page, "<!-- ", " -->");
	fprintf(out, "<vcpu placement='static'>%u</vcpu>\n<cputune>\n", pinning->vcpus);
	for (unsigned int i = 0; i < pinning->vcpus; i++)
		fprintf(out, "  <vcpupin vcpu='%u' cpuset='%u'/>\n", i, pinning->cpus[i]);
	fprintf(out, "  <emulatorpin cpuset='%s'/>\n", rest);
	for (unsigned int i = 1; i <= page->guest->pins.io_count; i++)
		fprintf(out, "  <iothreadpin iothread='%u' cpuset='%s'/>\n", i, rest);
	fputs("</cputune>\n", out);
	if (pinning->strict)
		fprintf(out,
			"<numatune>\n  <memory mode='strict' nodeset='%u'/>\n</numatune>\n",
			pinning->node);
	fputs("<!-- these belong in the element cpu that is there -->\n", out);
	fprintf(out, "<topology sockets='1' dies='1' cores='%u' threads='%u'/>\n",
		pinning->cores, pinning->threads);
	if (page->cores->is_amd && pinning->threads > 1)
		fputs("<feature policy='require' name='topoext'/>\n", out);
	fputc('\n', out);
	host_print(out, page);
}

/* ---- Proxmox ---- */

static void proxmox_print(FILE *out, const struct pin_page *page)
{
	const struct pinning *pinning = page->pinning;
	struct guest_cpus cpus;
	char list[PIN_LIST_MAX];

	vcpus_set(pinning, &cpus);
	list_format(&cpus, list);
	choices_print(out, page, "# ", "");
	fprintf(out, "qm set %s --sockets 1 --cores %u --affinity %s\n",
		SHELL_WORD(page->guest->name), pinning->vcpus, list);
	fputs("# Proxmox pins the whole machine to these processors, its emulator too, and\n"
	      "# no vCPU to one of them.\n",
	      out);
	if (pinning->threads > 1)
		fprintf(out,
			"# The guest does not see threads unless `args` of the machine ends "
			"with:\n#   -smp %u,sockets=1,dies=1,cores=%u,threads=%u%s\n",
			pinning->vcpus, pinning->cores, pinning->threads,
			page->cores->is_amd ?
				"\n# and, on AMD, its processor has topoext "
				"(-cpu host,topoext=on)." :
				"");
	if (pinning->strict)
		fprintf(out,
			"# Memory of node %u needs `numa: 1` and numa0 with "
			"hostnodes=%u,policy=bind.\n",
			pinning->node, pinning->node);
	host_print(out, page);
}

/* ---- QEMU alone ---- */

static void qemu_print(FILE *out, const struct pin_page *page)
{
	const struct pinning *pinning = page->pinning;
	char rest[PIN_LIST_MAX];

	list_format(&pinning->rest, rest);
	choices_print(out, page, "# ", "");
	fprintf(out,
		"# Start QEMU with: -smp %u,sockets=1,dies=1,cores=%u,threads=%u\n"
		"#   -name NAME,debug-threads=on\n",
		pinning->vcpus, pinning->cores, pinning->threads);
	if (page->cores->is_amd && pinning->threads > 1)
		fputs("# and, on AMD, with -cpu host,topoext=on, or the guest sees no threads\n",
		      out);
	fputs("# then, with its process id in PID:\n", out);
	fputs("pin() {\n"
	      "\ttaskset -cp \"$2\" \"$(grep -l \"^CPU $1/\" /proc/\"$PID\"/task/*/comm |\n"
	      "\t\tcut -d/ -f5)\"\n"
	      "}\n",
	      out);
	fprintf(out, "taskset -acp %s \"$PID\"\n", rest);
	for (unsigned int i = 0; i < pinning->vcpus; i++)
		fprintf(out, "pin %u %u\n", i, pinning->cpus[i]);
	fputs("# Started by hand, QEMU is in user.slice: with the next lines start it by\n"
	      "# systemd-run --scope --slice=machine.slice\n",
	      out);
	host_print(out, page);
}

void pin_print(FILE *out, const struct pin_page *page)
{
	if (!page->guest) {
		qemu_print(out, page);
		return;
	}
	switch (page->guest->kind) {
	case GUEST_PROXMOX:
		proxmox_print(out, page);
		break;
	case GUEST_LIBVIRT:
	case GUEST_KINDS:
		libvirt_print(out, page);
		break;
	}
}

static json_t *list_to_json(const struct guest_cpus *cpus)
{
	json_t *list = json_array();

	for (unsigned int cpu = 0; cpu < GUEST_CPUS_MAX; cpu++)
		if (guest_cpus_has(cpus, cpu))
			json_value_add(&list, json_integer(cpu));
	return list;
}

json_t *pin_to_json(const struct pin_page *page)
{
	const struct pinning *pinning = page->pinning;
	json_t *object = json_object(), *vcpus = json_array();

	for (unsigned int i = 0; i < pinning->vcpus; i++)
		json_value_add(&vcpus, json_integer(pinning->cpus[i]));
	json_value_put(&object, "version", json_integer(PIN_VERSION));
	json_value_put(&object, "guest",
		       page->guest ? json_value_text(page->guest->name) : json_null());
	json_value_put(&object, "address",
		       *page->address ? json_value_text(page->address) : json_null());
	json_value_put(&object, "vcpus", vcpus);
	json_value_put(&object, "emulator", list_to_json(&pinning->rest));
	json_value_put(&object, "host", list_to_json(&pinning->host));
	json_value_put(&object, "cores", json_integer(pinning->cores));
	json_value_put(&object, "threads", json_integer(pinning->threads));
	json_value_put(&object, "node", json_integer(pinning->node));
	json_value_put(&object, "caches", json_integer(pinning->caches));
	json_value_put(&object, "memory_strict", json_boolean(pinning->strict));
	json_value_put(&object, "topoext",
		       json_boolean(page->cores->is_amd && pinning->threads > 1));
	return object;
}
