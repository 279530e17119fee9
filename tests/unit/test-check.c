// SPDX-License-Identifier: GPL-2.0-or-later

/* What --check makes of facts: each judge on its own, then the prediction. */

#include <errno.h>
#include <linux/vfio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "check/check.h"
#include "check/finding.h"
#include "check/guard_check.h"
#include "check/iommu_check.h"
#include "check/predict.h"
#include "check/scene.h"
#include "helper-machine.h"
#include "plan/card.h"
#include "plan/remedy.h"
#include "survey/bootloader.h"

static struct check check;
static struct run run;
static struct report report;
static struct drift drift;
static struct findings *const findings = &check.findings;
static struct survey survey;
static const struct scene scene = { .config = &run.config,
				    .host = &run.host,
				    .cmdline = "",
				    .plan = &run.plan,
				    .survey = &survey,
				    .findings = &check.findings };

static int setup(void **state)
{
	(void)state;
	memset(&check, 0, sizeof(check));
	memset(&run, 0, sizeof(run));
	memset(&report, 0, sizeof(report));
	memset(&drift, 0, sizeof(drift));
	check.run = &run;
	memset(&survey, 0, sizeof(survey));
	machine_desktop(&run.host);
	return 0;
}

/* The first finding of a code; it must be there, at a level, and say something. */
static const struct finding *find(enum finding_code code, enum finding_level level,
				  const char *part)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->list[i];

		if (finding->code == code && finding->level == level &&
		    strstr(finding->text, part))
			return finding;
	}
	for (size_t i = 0; i < findings->count; i++)
		print_message("# %s %s: %s\n", finding_info(findings->list[i].code)->name,
			      finding_level_names[findings->list[i].level],
			      findings->list[i].text);
	fail_msg("no finding %s %s: %s", finding_info(code)->name,
		 finding_level_names[level], part);
	return NULL;
}

static size_t count_of(enum finding_code code)
{
	size_t count = 0;

	for (size_t i = 0; i < findings->count; i++)
		count += findings->list[i].code == code;
	return count;
}

static void plan_of(const char *text)
{
	config_of(&run.config, text);
	plan_build(&run.config, &run.host, &run.plan);
}

static const char first_card[] = "[target gpu]\naddress = 0000:09:00.0\n";

/* ---- IOMMU ---- */

static void causes(void **state)
{
	static const struct {
		const char *table, *cmdline;
		enum fact built, default_on;
		enum iommu_cause want;
		const char *word;
	} rows[] = {
		{ "DMAR", "", FACT_YES, FACT_NO, IOMMU_CAUSE_DEFAULT, NULL },
		{ "DMAR", "", FACT_UNKNOWN, FACT_UNKNOWN, IOMMU_CAUSE_MAYBE_DEFAULT,
		  NULL },
		{ "DMAR", "intel_iommu=on", FACT_YES, FACT_NO, IOMMU_CAUSE_DRIVER, NULL },
		{ "DMAR", "intel_iommu=sm_on", FACT_YES, FACT_NO, IOMMU_CAUSE_DEFAULT,
		  NULL },
		{ "DMAR", "", FACT_YES, FACT_YES, IOMMU_CAUSE_DRIVER, NULL },
		{ "DMAR", "intel_iommu=on intel_iommu=off", FACT_YES, FACT_YES,
		  IOMMU_CAUSE_ASKED, "intel_iommu=off" },
		{ "DMAR", "intel-iommu=off intel_iommu=sm_on,on", FACT_YES, FACT_NO,
		  IOMMU_CAUSE_DRIVER, NULL },
		{ "DMAR", "iommu=off", FACT_YES, FACT_YES, IOMMU_CAUSE_ASKED,
		  "iommu=off" },
		{ "DMAR", "iommu=pt,off", FACT_YES, FACT_YES, IOMMU_CAUSE_ASKED,
		  "iommu=off" },
		{ "DMAR", "amd_iommu=off", FACT_YES, FACT_NO, IOMMU_CAUSE_DEFAULT, NULL },
		{ "DMAR", "intel_iommu=on", FACT_NO, FACT_NO, IOMMU_CAUSE_NOT_BUILT,
		  NULL },
		{ "IVRS", "", FACT_YES, FACT_NO, IOMMU_CAUSE_DRIVER, NULL },
		{ "IVRS", "amd_iommu=on", FACT_YES, FACT_NO, IOMMU_CAUSE_DRIVER, NULL },
		{ "IVRS", "amd_iommu=off", FACT_YES, FACT_NO, IOMMU_CAUSE_ASKED,
		  "amd_iommu=off" },
		{ "IVRS", "intel_iommu=off", FACT_YES, FACT_NO, IOMMU_CAUSE_DRIVER,
		  NULL },
		{ "VIOT", "", FACT_UNKNOWN, FACT_UNKNOWN, IOMMU_CAUSE_DRIVER, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct iommu_facts facts = { .cmdline = rows[i].cmdline,
						   .evidence.built = rows[i].built,
						   .evidence.default_on =
							   rows[i].default_on };
		char word[64] = "";

		if (iommu_cause_of(rows[i].table, &facts, word) != rows[i].want)
			fail_msg("row %zu: %s %s", i, rows[i].table, rows[i].cmdline);
		if (rows[i].word)
			assert_string_equal(word, rows[i].word);
	}
}

static void without_groups(void)
{
	struct host *host = &run.host;

	for (size_t i = 0; i < host->n_functions; i++)
		host->functions[i].has_group = false;
	host->n_groups = 0;
	host->n_units = 0;
}

static const struct bootloader grub = { .kind = BOOTLOADER_GRUB,
					.file = "/etc/default/grub",
					.variable = "GRUB_CMDLINE_LINUX_DEFAULT",
					.command = "update-grub" };

static void iommu_states(void **state)
{
	static const struct {
		const char *table;
		enum fact table_known;
		struct iommu_facts facts;
		enum finding_code code;
		enum finding_level level;
		const char *text, *remedy;
	} rows[] = {
		{ "",
		  FACT_YES,
		  { .cmdline = "" },
		  FINDING_IOMMU,
		  FINDING_FAIL,
		  "off in the firmware",
		  "VT-d" },
		{ "",
		  FACT_YES,
		  { .cmdline = "", .evidence.is_amd = true },
		  FINDING_IOMMU,
		  FINDING_FAIL,
		  "off in the firmware",
		  "AMD-Vi" },
		{ "",
		  FACT_YES,
		  { .cmdline = "", .evidence.is_guest = true },
		  FINDING_IOMMU,
		  FINDING_FAIL,
		  "off in the firmware",
		  "intel-iommu" },
		{ "",
		  FACT_YES,
		  { .cmdline = "acpi=off" },
		  FINDING_IOMMU,
		  FINDING_FAIL,
		  "off in the firmware",
		  "acpi=off" },
		{ "DMAR",
		  FACT_YES,
		  { .cmdline = "", .evidence.default_on = FACT_NO },
		  FINDING_IOMMU_PARAMETER,
		  FINDING_FAIL,
		  "intel_iommu=on is missing",
		  "add intel_iommu=on to GRUB_CMDLINE_LINUX_DEFAULT in "
		  "/etc/default/grub, run update-grub, and reboot" },
		{ "DMAR",
		  FACT_YES,
		  { .cmdline = "intel_iommu=off" },
		  FINDING_IOMMU_PARAMETER,
		  FINDING_FAIL,
		  "intel_iommu=off switches it off",
		  "remove intel_iommu=off from" },
		{ "DMAR",
		  FACT_YES,
		  { .cmdline = "", .evidence.built = FACT_NO },
		  FINDING_IOMMU,
		  FINDING_FAIL,
		  "off in the kernel",
		  "another kernel" },
		{ "DMAR",
		  FACT_YES,
		  { .cmdline = "intel_iommu=on" },
		  FINDING_IOMMU,
		  FINDING_FAIL,
		  "the driver failed",
		  "DMAR in the kernel log" },
		{ "IVRS",
		  FACT_YES,
		  { .cmdline = "" },
		  FINDING_IOMMU,
		  FINDING_FAIL,
		  "the driver failed",
		  "AMD-Vi in the kernel log" },
		{ "",
		  FACT_UNKNOWN,
		  { .cmdline = "" },
		  FINDING_IOMMU,
		  FINDING_UNKNOWN,
		  "could not be read",
		  "root" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		memset(findings, 0, sizeof(*findings));
		without_groups();
		strcpy(run.host.table, rows[i].table);
		run.host.table_known = rows[i].table_known;
		iommu_judge(&run.host, &rows[i].facts, &grub, findings);
		assert_non_null(
			strstr(find(rows[i].code, rows[i].level, rows[i].text)->remedy,
			       rows[i].remedy));
		assert_int_equal(findings->levels[FINDING_PASS], 0);
		for (size_t j = 0; j < findings->count; j++)
			assert_null(strstr(findings->list[j].remedy, "add amd_iommu=on"));
	}
}

/* Not one word of another platform's firmware or parameters */
static void platforms(void **state)
{
	static const struct {
		enum host_arch arch;
		bool device_tree;
		enum host_xen xen;
		const char *table;
		struct iommu_facts facts;
		const char *text, *remedy;
	} rows[] = {
		{ HOST_ARCH_X86,
		  false,
		  HOST_XEN_DOM0,
		  "IVRS",
		  { .cmdline = "" },
		  "dom0 of Xen",
		  "xl pci-assignable-add" },
		{ HOST_ARCH_X86,
		  false,
		  HOST_XEN_DOM0,
		  "",
		  { .cmdline = "" },
		  "dom0 of Xen",
		  "without Xen" },
		{ HOST_ARCH_X86,
		  false,
		  HOST_XEN_GUEST,
		  "",
		  { .cmdline = "" },
		  "guest of Xen",
		  "in the host" },
		{ HOST_ARCH_ARM,
		  true,
		  HOST_XEN_NO,
		  "",
		  { .cmdline = "", .evidence.iommu_map = FACT_NO },
		  "has iommu-map",
		  "device tree with iommu-map" },
		{ HOST_ARCH_UNKNOWN,
		  true,
		  HOST_XEN_NO,
		  "",
		  { .cmdline = "", .evidence.iommu_map = FACT_YES },
		  "no unit was started",
		  "driver of that IOMMU" },
		{ HOST_ARCH_ARM,
		  false,
		  HOST_XEN_NO,
		  "",
		  { .cmdline = "" },
		  "no SMMU",
		  "newer firmware" },
		{ HOST_ARCH_ARM,
		  false,
		  HOST_XEN_NO,
		  "",
		  { .cmdline = "", .evidence.is_guest = true },
		  "no SMMU",
		  "iommu=smmuv3" },
		{ HOST_ARCH_ARM,
		  false,
		  HOST_XEN_NO,
		  "IORT",
		  { .cmdline = "iommu=off" },
		  "the driver failed",
		  "smmu in the kernel log" },
		{ HOST_ARCH_ARM,
		  false,
		  HOST_XEN_NO,
		  "IORT",
		  { .cmdline = "", .evidence.built = FACT_NO },
		  "off in the kernel",
		  "another kernel" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct finding *finding;

		memset(findings, 0, sizeof(*findings));
		without_groups();
		strcpy(run.host.table, rows[i].table);
		run.host.table_known = FACT_YES;
		run.host.arch = rows[i].arch;
		run.host.device_tree = rows[i].device_tree;
		run.host.xen = rows[i].xen;
		iommu_judge(&run.host, &rows[i].facts, &grub, findings);
		finding = find(FINDING_IOMMU, FINDING_FAIL, rows[i].text);
		assert_non_null(strstr(finding->remedy, rows[i].remedy));
		for (size_t j = 0; j < findings->count; j++) {
			assert_null(strstr(findings->list[j].remedy, "VT-d"));
			assert_null(strstr(findings->list[j].remedy, "AMD-Vi"));
			assert_null(strstr(findings->list[j].remedy, "intel_iommu"));
		}
		for (unsigned int j = 0; j < REASON_COUNT; j++)
			if (j == REASON_IOMMU_INACTIVE ||
			    (j == REASON_NO_GROUP && remedy_is_arm(&run.host)))
				assert_null(
					strstr(remedy_of(&run.host, NULL, (enum reason)j),
					       "VT-d"));
	}
}

static void iommu_active(void **state)
{
	const struct iommu_facts facts = { .cmdline = "amd_iommu=on iommu=on" };

	(void)state;
	run.host.noiommu_mode = true;
	iommu_judge(&run.host, &facts, &grub, findings);
	find(FINDING_IOMMU, FINDING_PASS, "active: dmar0");
	find(FINDING_INTERRUPT_REMAPPING, FINDING_PASS, "remapped");
	find(FINDING_IOMMU_MEANINGLESS, FINDING_HINT, "amd_iommu=on has no effect");
	find(FINDING_IOMMU_MEANINGLESS, FINDING_HINT, "iommu=on has no effect");
	find(FINDING_NOIOMMU, FINDING_WARN, "isolates nothing");
	assert_int_equal(findings->levels[FINDING_FAIL], 0);
}

static void iommu_started_without_groups(void **state)
{
	const struct iommu_facts facts = { .cmdline = "intel_iommu=igfx_off" };

	(void)state;
	without_groups();
	run.host.n_units = 1;
	iommu_judge(&run.host, &facts, &grub, findings);
	assert_non_null(strstr(find(FINDING_IOMMU, FINDING_FAIL, "driver failed")->remedy,
			       "igfx_off"));
}

static void remapping(void **state)
{
	struct iommu_facts facts = { .cmdline = "intremap=off" };

	(void)state;
	run.host.interrupt_remapping = FACT_UNKNOWN;
	iommu_judge(&run.host, &facts, &grub, findings);
	find(FINDING_INTERRUPT_REMAPPING, FINDING_UNKNOWN,
	     "it is not known whether interrupts are");
	run.host.interrupt_remapping = FACT_NO;
	iommu_judge(&run.host, &facts, &grub, findings);
	assert_non_null(
		strstr(find(FINDING_INTERRUPT_REMAPPING, FINDING_FAIL, "refuses")->remedy,
		       "remove intremap=off"));
	run.host.unsafe_interrupts = true;
	facts.evidence.table_remaps = FACT_NO;
	iommu_judge(&run.host, &facts, &grub, findings);
	find(FINDING_INTERRUPT_REMAPPING, FINDING_WARN, "does not support it");
}

static void remapping_on_arm(void **state)
{
	const struct iommu_facts facts = { .cmdline = "" };
	const struct finding *finding;

	(void)state;
	run.host.arch = HOST_ARCH_ARM;
	iommu_judge(&run.host, &facts, &grub, findings);
	find(FINDING_INTERRUPT_REMAPPING, FINDING_PASS, "isolated (GIC ITS)");
	run.host.interrupt_remapping = FACT_NO;
	iommu_judge(&run.host, &facts, &grub, findings);
	finding =
		find(FINDING_INTERRUPT_REMAPPING, FINDING_FAIL, "not isolated by a GIC");
	assert_non_null(strstr(finding->remedy, "allow_unsafe_interrupts=1 accepts"));
	assert_null(strstr(finding->remedy, "firmware setup"));
}

/* arch/x86/kernel/early-quirks.c intel_remapping_check() */
static void remapping_forbidden(void **state)
{
	static const struct {
		uint16_t device;
		uint8_t revision;
		bool forbidden;
	} rows[] = {
		{ 0x3403, 0x12, true },	 { 0x3405, 0x13, true },  { 0x3406, 0x13, true },
		{ 0x3405, 0x22, true },	 { 0x3403, 0x22, false }, { 0x3405, 0x14, false },
		{ 0x3404, 0x12, false },
	};
	const struct iommu_facts facts = { .cmdline = "intremap=off" };
	struct host_function *bridge = &run.host.functions[0];

	(void)state;
	bridge->class_code = 0x060000;
	bridge->id.vendor = 0x8086;
	run.host.interrupt_remapping = FACT_NO;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct finding *finding;
		const char *remedy;

		bridge->id.device = rows[i].device;
		bridge->revision = rows[i].revision;
		memset(findings, 0, sizeof(*findings));
		iommu_judge(&run.host, &facts, &grub, findings);
		finding = find(FINDING_INTERRUPT_REMAPPING, FINDING_FAIL, "not remapped");
		assert_int_equal(!!strstr(finding->text, "erratum"), rows[i].forbidden);
		assert_int_equal(!!strstr(finding->remedy, "for guests that you trust"),
				 rows[i].forbidden);
		remedy = remedy_of(&run.host, NULL, REASON_INTERRUPT_REMAPPING);
		assert_int_equal(!strstr(remedy, "enable it"), rows[i].forbidden);
		assert_non_null(strstr(remedy, "allow_unsafe_interrupts=1 accepts"));
	}
}

/* ---- boot loader ---- */

static void bootloaders(void **state)
{
	static const struct {
		struct bootloader_facts facts;
		enum bootloader_kind kind;
		const char *advice;
	} rows[] = {
		{ { .boot_image = true, .update_grub = true },
		  BOOTLOADER_GRUB,
		  "add x=1 to GRUB_CMDLINE_LINUX_DEFAULT in /etc/default/grub, run "
		  "update-grub, and reboot" },
		{ { .boot_image = true, .grub_config = "/boot/grub2/grub.cfg" },
		  BOOTLOADER_GRUB,
		  "add x=1 to GRUB_CMDLINE_LINUX_DEFAULT in /etc/default/grub, run "
		  "grub2-mkconfig -o /boot/grub2/grub.cfg, and reboot" },
		{ { .boot_image = true, .grubby = true },
		  BOOTLOADER_GRUBBY,
		  "run grubby --update-kernel=ALL --args=x=1 and reboot" },
		/* the trap: GRUB's file is there, systemd-boot boots */
		{ { .grub_config = "/boot/grub/grub.cfg",
		    .proxmox = true,
		    .kernel_cmdline = true,
		    .loader_initrd = true },
		  BOOTLOADER_PROXMOX,
		  "add x=1 to the first line of /etc/kernel/cmdline, run proxmox-boot-tool "
		  "refresh, and reboot" },
		{ { .proxmox = true,
		    .kernel_cmdline = true,
		    .loader = "systemd-boot 252" },
		  BOOTLOADER_PROXMOX,
		  "add x=1 to the first line of /etc/kernel/cmdline, run proxmox-boot-tool "
		  "refresh, and reboot" },
		{ { .proxmox = true, .boot_image = true, .update_grub = true },
		  BOOTLOADER_GRUB,
		  "add x=1 to GRUB_CMDLINE_LINUX_DEFAULT in /etc/default/grub, run "
		  "update-grub and proxmox-boot-tool refresh, and reboot" },
		{ { .kernel_cmdline = true,
		    .loader = "systemd-boot 255",
		    .entry = "/boot/loader/entries/a.conf" },
		  BOOTLOADER_KERNEL_INSTALL,
		  "add x=1 to /etc/kernel/cmdline, run kernel-install add-all (before "
		  "systemd 255: reinstall the kernel's package), and reboot" },
		{ { .loader = "systemd-boot 255",
		    .entry = "/boot/loader/entries/a.conf" },
		  BOOTLOADER_ENTRIES,
		  "add x=1 to options in /boot/loader/entries/a.conf, and reboot" },
		{ { .stub = true, .maker = UKI_BY_MKINITCPIO, .cmdline_dir = true },
		  BOOTLOADER_UKI,
		  "add x=1 to /etc/cmdline.d/vfio.conf, run mkinitcpio -P, and reboot" },
		{ { .stub = true,
		    .maker = UKI_BY_DRACUT,
		    .maker_file = "/etc/dracut.conf.d/u.conf" },
		  BOOTLOADER_UKI,
		  "add x=1 to kernel_cmdline in /etc/dracut.conf.d/u.conf, run dracut "
		  "--force --regenerate-all, and reboot" },
		{ { .stub = true, .maker = UKI_BY_MKINITCPIO, .kernel_cmdline = true },
		  BOOTLOADER_UKI,
		  "add x=1 to /etc/kernel/cmdline, run mkinitcpio -P, and reboot" },
		{ { .stub = true, .maker = UKI_BY_MKINITCPIO },
		  BOOTLOADER_UKI,
		  "no file holds the command line, so it was taken from the running "
		  "kernel; write the whole line into /etc/kernel/cmdline: what "
		  "/proc/cmdline has, root=... included, without BOOT_IMAGE= and initrd=, "
		  "and x=1; run mkinitcpio -P, and reboot" },
		{ { .stub = true, .maker = UKI_BY_MKINITCPIO, .maker_file = "/etc/line" },
		  BOOTLOADER_UKI,
		  "add x=1 to /etc/line, run mkinitcpio -P, and reboot" },
		{ { .stub = true,
		    .maker = UKI_BY_KERNEL_INSTALL, /* with its file */
		    .kernel_cmdline = true },
		  BOOTLOADER_UKI,
		  "add x=1 to /etc/kernel/cmdline, run kernel-install add-all, and "
		  "reboot" },
		/* Debian, whose kernels add-all does not find */
		{ { .stub = true,
		    .maker = UKI_BY_KERNEL_INSTALL,
		    .boot_kernels = true,
		    .kernel_cmdline = true },
		  BOOTLOADER_UKI,
		  "add x=1 to /etc/kernel/cmdline, run for k in /boot/vmlinuz-*; do "
		  "kernel-install add \"${k#*-}\" \"$k\"; done, and reboot" },
		{ { .loader = "systemd-boot 252.39-1~deb12u1",
		    .boot_kernels = true,
		    .kernel_cmdline = true },
		  BOOTLOADER_KERNEL_INSTALL,
		  "add x=1 to /etc/kernel/cmdline, run for k in /boot/vmlinuz-*; do "
		  "kernel-install add \"${k#*-}\" \"$k\"; done, and reboot" },
		/* openSUSE: its GRUB looks like any other */
		{ { .loader = "GRUB 2.12",
		    .boot_image = true,
		    .sdbootutil = true,
		    .kernel_cmdline = true,
		    .loader_type = "grub2-bls",
		    .grub_config = "/boot/grub2/grub.cfg" },
		  BOOTLOADER_SDBOOTUTIL,
		  "add x=1 to /etc/kernel/cmdline, run sdbootutil update-all-entries, and "
		  "reboot" },
		{ { .loader = "GRUB 2.12",
		    .boot_image = true,
		    .sdbootutil = true,
		    .kernel_cmdline = true,
		    .loader_type = "grub2-efi",
		    .grub_config = "/boot/grub2/grub.cfg" },
		  BOOTLOADER_GRUB,
		  "add x=1 to GRUB_CMDLINE_LINUX_DEFAULT in /etc/default/grub, run "
		  "grub2-mkconfig -o /boot/grub2/grub.cfg, and reboot" },
		/* a drop-in assigns last */
		{ { .boot_image = true,
		    .update_grub = true,
		    .grub_file = "etc/default/grub.d/50-cloudimg.cfg" },
		  BOOTLOADER_GRUB,
		  "add x=1 to GRUB_CMDLINE_LINUX_DEFAULT in "
		  "/etc/default/grub.d/50-cloudimg.cfg, run update-grub, and reboot" },
		{ { .loader = "Limine 9.6.7",
		    .limine_tool = "limine-mkinitcpio",
		    .limine_line = true,
		    .limine_default = true,
		    .limine_file = "etc/default/limine" },
		  BOOTLOADER_LIMINE,
		  "add x=1 to KERNEL_CMDLINE[default] in /etc/default/limine, run "
		  "limine-mkinitcpio, and reboot" },
		/* Omarchy: a unified kernel image, started by Limine */
		{ { .loader = "Limine 9.6.7",
		    .stub = true,
		    .limine_tool = "limine-update",
		    .limine_line = true,
		    .limine_default = true,
		    .limine_file = "etc/limine-entry-tool.d/own.conf" },
		  BOOTLOADER_LIMINE,
		  "add x=1 to KERNEL_CMDLINE[default] in /etc/limine-entry-tool.d/own.conf, "
		  "run limine-update, and reboot" },
		{ { .loader = "Limine 9.6.7",
		    .limine_tool = "limine-update",
		    .limine_line = true,
		    .limine_file = "etc/default/limine" },
		  BOOTLOADER_LIMINE,
		  "add x=1 to KERNEL_CMDLINE[...] of each kernel in /etc/default/limine, run "
		  "limine-update, and reboot" },
		{ { .limine_conf = "boot/limine.conf" },
		  BOOTLOADER_LIMINE,
		  "add x=1 to cmdline in /boot/limine.conf, and reboot" },
		/* left behind */
		{ { .limine_conf = "boot/limine.conf", .boot_image = true },
		  BOOTLOADER_GRUB,
		  "add x=1 to GRUB_CMDLINE_LINUX_DEFAULT in /etc/default/grub, run "
		  "grub-mkconfig -o /boot/grub/grub.cfg, and reboot" },
		{ { .loader = "rEFInd 0.14.2",
		    .loader_initrd = true,
		    .refind_file = "/boot/refind_linux.conf" },
		  BOOTLOADER_REFIND,
		  "add x=1 to the second word of each line in /boot/refind_linux.conf, and "
		  "reboot" },
		{ { .dataset = "rpool/ROOT/void", .zfsbootmenu = true, .stub = true },
		  BOOTLOADER_ZFSBOOTMENU,
		  "run zfs set org.zfsbootmenu:commandline=\"... x=1\" rpool/ROOT/void "
		  "(first print the current value, and keep all of it: zfs get "
		  "org.zfsbootmenu:commandline rpool/ROOT/void) and reboot" },
		{ { .dataset = "rpool/ROOT/void",
		    .zfsbootmenu = true,
		    .kcl = "/boot/vmlinuz-6.12.58_1.kcl" },
		  BOOTLOADER_ZFSBOOTMENU,
		  "add x=1 to /boot/vmlinuz-6.12.58_1.kcl, and reboot" },
		/* ZFS by GRUB */
		{ { .dataset = "rpool/ROOT/ubuntu",
		    .zfsbootmenu = true,
		    .boot_image = true,
		    .update_grub = true },
		  BOOTLOADER_GRUB,
		  "add x=1 to GRUB_CMDLINE_LINUX_DEFAULT in /etc/default/grub, run "
		  "update-grub, and reboot" },
		{ { .nixos = true, .nixos_config = true, .loader = "systemd-boot 257" },
		  BOOTLOADER_NIXOS,
		  "add x=1 to boot.kernelParams in /etc/nixos/configuration.nix, run "
		  "nixos-rebuild boot, and reboot" },
		{ { .boot_image = true, .extlinux_conf = "boot/extlinux/extlinux.conf" },
		  BOOTLOADER_EXTLINUX,
		  "add x=1 to APPEND in /boot/extlinux/extlinux.conf, and reboot" },
		{ { .boot_image = true,
		    .extlinux_conf = "boot/syslinux/syslinux.cfg",
		    .grub_config = "/boot/grub/grub.cfg" },
		  BOOTLOADER_GRUB,
		  "add x=1 to GRUB_CMDLINE_LINUX_DEFAULT in /etc/default/grub, run "
		  "grub-mkconfig -o /boot/grub/grub.cfg, and reboot" },
		{ { .boot_image = true,
		    .transactional = true,
		    .grub_config = "/boot/grub2/grub.cfg" },
		  BOOTLOADER_GRUB,
		  "add x=1 to GRUB_CMDLINE_LINUX_DEFAULT in /etc/default/grub, run "
		  "transactional-update --continue grub.cfg, and reboot" },
		{ { .loader = "systemd-boot 258",
		    .sdboot_manage = true,
		    .entry = "/boot/loader/entries/linux-cachyos.conf" },
		  BOOTLOADER_SDBOOT_MANAGE,
		  "add x=1 to LINUX_OPTIONS in /etc/sdboot-manage.conf, run sdboot-manage "
		  "gen, and reboot" },
		{ { .loader = "systemd-boot 258",
		    .sdboot_manage = true,
		    .entries_stay = true },
		  BOOTLOADER_SDBOOT_MANAGE,
		  "add x=1 to LINUX_OPTIONS in /etc/sdboot-manage.conf, run sdboot-manage "
		  "gen (with OVERWRITE_EXISTING=yes in that file), and reboot" },
		/* GRUB boots it, and the tool is only installed */
		{ { .boot_image = true, .sdboot_manage = true, .update_grub = true },
		  BOOTLOADER_GRUB,
		  "add x=1 to GRUB_CMDLINE_LINUX_DEFAULT in /etc/default/grub, run "
		  "update-grub, and reboot" },
		{ { .loader = "systemd-boot 255", .kernelstub = true },
		  BOOTLOADER_KERNELSTUB,
		  "run kernelstub -a x=1 and reboot" },
		{ { .boot_image = true, .grubby = true },
		  BOOTLOADER_GRUBBY,
		  "run grubby --update-kernel=ALL --args=x=1 and reboot" },
		{ { .loader = "systemd-boot 257",
		    .entry = "/boot/loader/entries/a.conf",
		    .installed_entry = true },
		  BOOTLOADER_KERNEL_INSTALL,
		  "no file holds the command line, so it was taken from the running "
		  "kernel; write the whole line into /etc/kernel/cmdline: what "
		  "/proc/cmdline has, root=... included, without BOOT_IMAGE= and initrd=, "
		  "and x=1; run kernel-install add-all (before systemd 255: reinstall the "
		  "kernel's package), and reboot" },
		{ { .ostree = true, .boot_image = true },
		  BOOTLOADER_OSTREE,
		  "run rpm-ostree kargs --append-if-missing=x=1 and reboot" },
		{ { .ostree = false },
		  BOOTLOADER_UNKNOWN,
		  "add x=1 to the kernel command line, which your boot loader keeps, and "
		  "reboot" },
		/* files of two are there, and nothing tells which one booted */
		{ { .grub_config = "/boot/grub/grub.cfg",
		    .proxmox = true,
		    .kernel_cmdline = true },
		  BOOTLOADER_UNKNOWN,
		  "add x=1 to the kernel command line, which your boot loader keeps, and "
		  "reboot" },
		/* one that systemd-boot's files do not belong to */
		{ { .loader = "rEFInd 0.14.2",
		    .loader_initrd = true,
		    .kernel_cmdline = true },
		  BOOTLOADER_UNKNOWN,
		  "add x=1 to the kernel command line, which your boot loader (rEFInd "
		  "0.14.2) keeps, and reboot" },
		/* started by it */
		{ { .loader = "rEFInd 0.14.2", .boot_image = true, .update_grub = true },
		  BOOTLOADER_GRUB,
		  "add x=1 to GRUB_CMDLINE_LINUX_DEFAULT in /etc/default/grub, run "
		  "update-grub, and reboot" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bootloader bootloader;
		char text[FINDING_TEXT_MAX];

		bootloader_judge(&rows[i].facts, &bootloader);
		if (bootloader.kind != rows[i].kind)
			fail_msg("row %zu: %s", i, bootloader_names[bootloader.kind]);
		bootloader_advise(&bootloader, true, "x=1", text, sizeof(text));
		assert_string_equal(text, rows[i].advice);
		bootloader_advise(&bootloader, false, "x=1", text, sizeof(text));
		assert_true(strncmp(text, "add ", 4) != 0);
		assert_null(strstr(text, "and x=1"));
		assert_null(strstr(text, "append"));
	}
}

/* ---- groups ---- */

static void group_of_its_own(void **state)
{
	(void)state;
	plan_of(first_card);
	group_check(&scene);
	find(FINDING_GROUP, FINDING_PASS, "group 24 has 4 functions");
	assert_int_equal(findings->count, 1);
}

static void share_group(void)
{
	machine_move(&run.host, "0000:0a:00.0", 24);
	strcpy(machine_at(&run.host, "0000:0a:00.0")->driver, "nvme");
	machine_move(&run.host, "0000:00:03.1", 24);
}

static void group_shared(void **state)
{
	(void)state;
	share_group();
	plan_of(first_card);
	group_check(&scene);
	find(FINDING_GROUP, FINDING_FAIL, "in the way: 0000:0a:00.0 [144d:a808] (nvme)");
	find(FINDING_GROUP_PORT, FINDING_WARN,
	     "port 0000:00:03.1 [8086:a340] merges the group: it has no ACS");
	find(FINDING_GROUP_SLOT, FINDING_HINT, "no other root port with ACS");
	/* without a driver, and none that would claim it, it is not in the way */
	machine_at(&run.host, "0000:0a:00.0")->driver[0] = '\0';
	machine_at(&run.host, "0000:0a:00.0")->recorded = HOST_RECORDED_UNCLAIMED;
	memset(findings, 0, sizeof(*findings));
	plan_of(first_card);
	group_check(&scene);
	find(FINDING_GROUP, FINDING_PASS, "no driver has or would claim 0000:0a:00.0");
}

static void group_port_bits(void **state)
{
	struct host_function *port;

	(void)state;
	share_group();
	port = machine_at(&run.host, "0000:00:03.1");
	port->acs = (struct host_acs){ .known = FACT_YES,
				       .capability = 0x1d,
				       .control = 0x09 };
	plan_of(first_card);
	group_check(&scene);
	find(FINDING_GROUP_PORT, FINDING_WARN,
	     "these bits of its ACS are off: request redirect, upstream forwarding");
}

static void group_other_slots(void **state)
{
	const struct host_acs good = { .known = FACT_YES,
				       .capability = 0x1d,
				       .control = 0x1d };

	(void)state;
	share_group();
	machine_at(&run.host, "0000:00:03.3")->acs = good;
	plan_of(first_card);
	group_check(&scene);
	find(FINDING_GROUP_SLOT, FINDING_HINT,
	     "that another card uses: 0000:00:03.3 [8086:a342]");
	memset(findings, 0, sizeof(*findings));
	/* nothing behind it */
	for (size_t i = 0; i < run.host.n_functions; i++)
		if (run.host.functions[i].address.bus == 0x0b)
			run.host.functions[i].parent = HOST_NO_PARENT;
	group_check(&scene);
	find(FINDING_GROUP_SLOT, FINDING_HINT, "nothing behind them: 0000:00:03.3");
}

static void group_ports_unknown(void **state)
{
	(void)state;
	share_group();
	for (size_t i = 0; i < run.host.n_functions; i++) {
		run.host.functions[i].port = HOST_PORT_UNKNOWN;
		run.host.functions[i].acs.known = FACT_UNKNOWN;
	}
	plan_of(first_card);
	group_check(&scene);
	find(FINDING_GROUP_PORT, FINDING_UNKNOWN, "could not be read");
	assert_int_equal(count_of(FINDING_GROUP_SLOT), 0);
}

static void group_bridge_driver(void **state)
{
	struct host_function *port;

	(void)state;
	machine_move(&run.host, "0000:00:03.1", 24);
	port = machine_at(&run.host, "0000:00:03.1");
	strcpy(port->driver, "pcieport");
	plan_of(first_card);
	group_check(&scene);
	assert_int_equal(count_of(FINDING_GROUP_BRIDGE), 0);
	find(FINDING_GROUP, FINDING_PASS, "bridges in the group do not matter");
	strcpy(port->driver, "shpchp");
	plan_of(first_card);
	group_check(&scene);
	assert_non_null(
		strstr(find(FINDING_GROUP_BRIDGE, FINDING_FAIL, "0000:00:03.1")->remedy,
		       "shpchp"));
	/* before 5.19 it is no obstacle, and the next kernel may be another one */
	run.host.kernel_major = 5;
	run.host.kernel_minor = 18;
	plan_of(first_card);
	assert_int_equal(run.plan.targets[0].verdict, VERDICT_RESERVE);
	memset(findings, 0, sizeof(*findings));
	group_check(&scene);
	assert_int_equal(count_of(FINDING_GROUP_BRIDGE), 1);
	find(FINDING_GROUP_BRIDGE, FINDING_WARN, "0000:00:03.1");
	run.host.kernel_minor = 19;
	plan_of(first_card);
	memset(findings, 0, sizeof(*findings));
	group_check(&scene);
	find(FINDING_GROUP_BRIDGE, FINDING_FAIL, "0000:00:03.1");
}

static void override_in_force(void **state)
{
	(void)state;
	run.host.acs_override = true;
	plan_of(first_card);
	/* the port has no ACS, and is not in the card's group */
	group_check(&scene);
	find(FINDING_ACS_OVERRIDE, FINDING_WARN, "is in effect");
}

/* ---- cards ---- */

static struct device_facts facts;

static const struct finding *judge(const char *address, enum finding_code code,
				   enum finding_level level, const char *part)
{
	size_t index = (size_t)(machine_at(&run.host, address) - run.host.functions);

	memset(findings, 0, sizeof(*findings));
	survey.devices[index] = facts;
	device_check(&scene);
	return find(code, level, part);
}

static void resets(void **state)
{
	struct host_function *gpu = machine_at(&run.host, "0000:09:00.0");

	(void)state;
	memset(&facts, 0, sizeof(facts));
	plan_of(first_card);
	judge("0000:09:00.0", FINDING_RESET, FINDING_PASS,
	      "resets the whole card by its bus");
	gpu->has_reset = true;
	strcpy(gpu->reset_methods, "flr bus");
	judge("0000:09:00.0", FINDING_RESET, FINDING_PASS, "by itself: flr bus");
	*gpu->reset_methods = '\0';
	judge("0000:09:00.0", FINDING_RESET, FINDING_PASS, "by itself");
	facts.has_reset_method = true;
	judge("0000:09:00.0", FINDING_RESET, FINDING_WARN,
	      "all reset methods are disabled");
	gpu->has_reset = false;
	gpu->id.device = 0x2342;
	judge("0000:09:00.0", FINDING_RESET, FINDING_WARN, "no bus that could");
	gpu->id.vendor = 0x1002;
	gpu->id.device = 0x67df;
	judge("0000:09:00.0", FINDING_RESET, FINDING_HINT, "Polaris 10");
	gpu->parent = HOST_NO_PARENT;
	judge("0000:09:00.0", FINDING_RESET, FINDING_WARN, "no bus that could");
}

static void hot_reset_needs_all(void **state)
{
	(void)state;
	memset(&facts, 0, sizeof(facts));
	plan_of("[target gpu]\naddress = 0000:0b:00.0\nfunctions = 0\n");
	judge("0000:0b:00.0", FINDING_RESET, FINDING_WARN, "no bus that could");
}

static void power(void **state)
{
	struct host_function *gpu = machine_at(&run.host, "0000:09:00.0");

	(void)state;
	memset(&facts, 0, sizeof(facts));
	plan_of(first_card);
	judge("0000:09:00.0", FINDING_RESET, FINDING_PASS, "");
	assert_int_equal(count_of(FINDING_D3COLD), 0);
	strcpy(gpu->power_state, "D0");
	gpu->d3cold_allowed = FACT_YES;
	judge("0000:09:00.0", FINDING_D3COLD, FINDING_PASS, "(D3cold) is allowed");
	strcpy(gpu->power_state, "D3cold");
	judge("0000:09:00.0", FINDING_D3COLD, FINDING_HINT, "powered off now");
	strcpy(gpu->power_state, "unknown");
	judge("0000:09:00.0", FINDING_D3COLD, FINDING_WARN, "is not known");
}

static void bars(void **state)
{
	struct host_function *gpu = machine_at(&run.host, "0000:09:00.0");

	(void)state;
	memset(&facts, 0, sizeof(facts));
	plan_of(first_card);
	judge("0000:09:00.0", FINDING_BARS, FINDING_PASS, "have an address");
	assert_int_equal(count_of(FINDING_RESIZABLE_BAR), 0);
	gpu->bars_unassigned = 1;
	judge("0000:09:00.0", FINDING_BARS, FINDING_WARN, "1 memory window (BAR)");
	facts.sizes[1] = UINT64_C(256) << 20;
	facts.resizable[1] = 0x7fc0;
	judge("0000:09:00.0", FINDING_RESIZABLE_BAR, FINDING_PASS,
	      "BAR 1 has 256 MiB; it can be 64 MiB to 16 GiB");
	facts.sizes[1] = UINT64_C(16) << 30;
	judge("0000:09:00.0", FINDING_RESIZABLE_BAR, FINDING_HINT, "BAR 1 has 16 GiB");
}

static void framebuffers(void **state)
{
	struct host_function *gpu = machine_at(&run.host, "0000:09:00.0");

	(void)state;
	memset(&facts, 0, sizeof(facts));
	plan_of(first_card);
	judge("0000:09:00.0", FINDING_FRAMEBUFFER, FINDING_PASS,
	      "no firmware framebuffer");
	strcpy(gpu->framebuffer, "simpledrm");
	judge("0000:09:00.0", FINDING_FRAMEBUFFER, FINDING_HINT, "vfio-pci removes it");
	run.host.kernel_major = 5;
	run.host.kernel_minor = 19;
	judge("0000:09:00.0", FINDING_FRAMEBUFFER, FINDING_WARN, "before kernel 6.0");
	/* a machine with one card has no other display to choose */
	strcpy(gpu->framebuffer, "BOOTFB");
	run.host.kernel_minor = 15;
	assert_non_null(strstr(judge("0000:09:00.0", FINDING_FRAMEBUFFER, FINDING_WARN,
				     "before kernel 6.0")
				       ->remedy,
			       "boot with initcall_blacklist=sysfb_init"));
	strcpy(gpu->framebuffer, "Coreboot Framebuffer");
	assert_null(strstr(judge("0000:09:00.0", FINDING_FRAMEBUFFER, FINDING_WARN,
				 "before kernel 6.0")
				   ->remedy,
			   "sysfb_init"));
	strcpy(gpu->framebuffer, "simpledrm");
	run.host.kernel_major = 6;
	gpu->class_code = 0x038000;
	judge("0000:09:00.0", FINDING_FRAMEBUFFER, FINDING_WARN, "for this class");
	strcpy(gpu->framebuffer, "efifb");
	judge("0000:09:00.0", FINDING_FRAMEBUFFER, FINDING_HINT,
	      "vfio-early-boot releases");
	run.host.framebuffer_known = FACT_UNKNOWN;
	judge("0000:09:00.0", FINDING_FRAMEBUFFER, FINDING_UNKNOWN, "/proc/iomem");
}

static void virtual_and_late(void **state)
{
	struct host_function *gpu = machine_at(&run.host, "0000:09:00.0");

	(void)state;
	memset(&facts, 0, sizeof(facts));
	plan_of(first_card);
	gpu->vfs = 4;
	judge("0000:09:00.0", FINDING_SRIOV, FINDING_FAIL, "4 virtual functions");
	gpu->vfs = 0;
	gpu->is_vf = true;
	judge("0000:09:00.0", FINDING_LATE_DEVICE, FINDING_WARN, "virtual function");
	strcpy(gpu->driver, "nouveau");
	judge("0000:09:00.0", FINDING_LATE_DEVICE, FINDING_WARN, "after the initramfs");
	for (size_t i = 0; i < findings->count; i++)
		assert_int_not_equal(findings->list[i].code, FINDING_HOST_DRIVER);
	gpu->is_vf = false;
	judge("0000:09:00.0", FINDING_HOST_DRIVER, FINDING_HINT, "before they load");
	gpu->driver[0] = '\0';
	facts.is_removable = true;
	judge("0000:09:00.0", FINDING_LATE_DEVICE, FINDING_WARN, "Thunderbolt");
	survey.setting.has_rule = true;
	judge("0000:09:00.0", FINDING_LATE_DEVICE, FINDING_HINT, "reserves it then");
}

/* ---- asking the kernel ---- */

/* A kernel that fails at one step */
static struct {
	const char *path;
	unsigned long request;
	int result;
	int opened, closed;
	bool not_viable;
	bool no_groups;
} fake;

static int fake_open(const char *path)
{
	if (fake.path && !strcmp(path, fake.path))
		return fake.result;
	if (fake.no_groups && !strcmp(path, "/dev/vfio/24"))
		return -ENOENT;
	fake.opened++;
	return 100 + fake.opened;
}

static int fake_control(int fd, unsigned long request, uintptr_t argument)
{
	struct vfio_group_status *status;

	assert_true(fd > 100);
	if (fake.request == request)
		return fake.result;
	assert_true(request != VFIO_GROUP_GET_DEVICE_FD);
	switch (request) {
	case VFIO_GET_API_VERSION:
		return VFIO_API_VERSION;
	case VFIO_CHECK_EXTENSION:
		return 1;
	case VFIO_GROUP_GET_STATUS:
		memcpy(&status, &argument, sizeof(status));
		status->flags = fake.not_viable ? 0 : VFIO_GROUP_FLAGS_VIABLE;
		return 0;
	default:
		return 0;
	}
}

static void fake_close(int fd)
{
	assert_true(fd > 100);
	fake.closed++;
}

static const struct proof_calls fake_kernel = { fake_open, fake_control, fake_close };

static void reserve_now(void)
{
	for (size_t i = 0; i < run.host.n_functions; i++)
		if (run.host.functions[i].address.bus == 9)
			strcpy(run.host.functions[i].driver, "vfio-pci");
}

static void proof_begin(void)
{
	plan_of(first_card);
	reserve_now();
	survey.live = true;
	survey.prove = true;
	survey.n_proofs = 1;
}

/* What is found when the kernel answers as `fake` says; @node: of the device, or "" */
static void proof_expect(const char *node, enum finding_level level, const char *text)
{
	memset(findings, 0, sizeof(*findings));
	survey.proofs[0] = proof_ask(&fake_kernel, 24, node);
	proof_check(&scene);
	find(FINDING_PROOF, level, text);
	assert_int_equal(findings->count, 1);
	assert_int_equal(fake.opened, fake.closed);
}

static void proofs(void **state)
{
	static const struct {
		const char *path;
		unsigned long request;
		int result;
		bool not_viable;
		enum finding_level level;
		const char *text;
	} rows[] = {
		{ NULL, 0, 0, false, FINDING_PASS, "calls it viable" },
		{ NULL, 0, 0, true, FINDING_FAIL, "not viable" },
		{ "/dev/vfio/vfio", 0, -EACCES, false, FINDING_UNKNOWN, "may not be" },
		{ "/dev/vfio/vfio", 0, -ENOENT, false, FINDING_FAIL, "there is no" },
		{ "/dev/vfio/vfio", 0, -ENODEV, false, FINDING_FAIL, "cannot be opened" },
		{ NULL, VFIO_GET_API_VERSION, 1, false, FINDING_FAIL, "version" },
		{ NULL, VFIO_CHECK_EXTENSION, 0, false, FINDING_FAIL, "backend" },
		{ "/dev/vfio/24", 0, -EBUSY, false, FINDING_HINT, "in use" },
		{ "/dev/vfio/24", 0, -EACCES, false, FINDING_UNKNOWN, "may not be" },
		{ "/dev/vfio/24", 0, -ENOENT, false, FINDING_FAIL, "no function of" },
		{ "/dev/vfio/24", 0, -EIO, false, FINDING_FAIL, "cannot be opened" },
		{ NULL, VFIO_GROUP_GET_STATUS, -EIO, false, FINDING_FAIL, "viable" },
		{ NULL, VFIO_GROUP_SET_CONTAINER, -EPERM, false, FINDING_FAIL, "viable" },
		{ NULL, VFIO_GROUP_SET_CONTAINER, -EBUSY, false, FINDING_HINT, "in use" },
		{ NULL, VFIO_GROUP_SET_CONTAINER, -EINVAL, false, FINDING_FAIL,
		  "a fixed" },
		{ NULL, VFIO_GROUP_SET_CONTAINER, -EIO, false, FINDING_FAIL,
		  "container" },
		{ NULL, VFIO_SET_IOMMU, -EPERM, false, FINDING_FAIL, "not isolated" },
		{ NULL, VFIO_SET_IOMMU, -ENODEV, false, FINDING_FAIL, "backend" },
		{ NULL, VFIO_SET_IOMMU, -ENOMEM, false, FINDING_FAIL, "cannot be set" },
	};

	(void)state;
	proof_begin();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		memset(&fake, 0, sizeof(fake));
		fake.path = rows[i].path;
		fake.request = rows[i].request;
		fake.result = rows[i].result;
		fake.not_viable = rows[i].not_viable;
		proof_expect("", rows[i].level, rows[i].text);
	}
}

/*
 * A kernel without CONFIG_VFIO_GROUP: no node of a group, so the device's own is asked.
 */
static void proofs_by_device(void **state)
{
	static const struct {
		const char *path;
		unsigned long request;
		int result;
		enum finding_level level;
		const char *text;
	} rows[] = {
		{ NULL, 0, 0, FINDING_PASS, "binds its device to iommufd" },
		{ "/dev/iommu", 0, -ENOENT, FINDING_FAIL, "/dev/iommu cannot be opened" },
		{ "/dev/iommu", 0, -EACCES, FINDING_UNKNOWN, "may not be opened" },
		{ "/dev/vfio/devices/vfio3", 0, -EACCES, FINDING_UNKNOWN, "may not be" },
		{ "/dev/vfio/devices/vfio3", 0, -EIO, FINDING_FAIL, "node cannot be" },
		{ NULL, _IO(VFIO_TYPE, VFIO_BASE + 18), -EBUSY, FINDING_HINT, "in use" },
		{ NULL, _IO(VFIO_TYPE, VFIO_BASE + 18), -EPERM, FINDING_FAIL, "refuses" },
		{ NULL, _IO(VFIO_TYPE, VFIO_BASE + 18), -EINVAL, FINDING_FAIL, "fixed" },
		{ NULL, _IO(VFIO_TYPE, VFIO_BASE + 18), -EIO, FINDING_FAIL, "be bound" },
	};

	(void)state;
	proof_begin();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		memset(&fake, 0, sizeof(fake));
		fake.no_groups = true;
		fake.path = rows[i].path;
		fake.request = rows[i].request;
		fake.result = rows[i].result;
		proof_expect("vfio3", rows[i].level, rows[i].text);
	}
}

/* ---- prediction ---- */

static void image(const char *path, enum finding_level level)
{
	findings_add(findings, FINDING_PASS, FINDING_IMAGE, path, "read");
	findings_add(findings, level, FINDING_IMAGE_CONFIG, path, "config");
}

static void predictions(void **state)
{
	static const struct {
		bool now;
		bool shared; /* refused by the plan */
		bool unreadable; /* cannot-tell by the plan */
		int images[2]; /* levels; -1: none */
		enum check_state want;
		enum status exit;
	} rows[] = {
		{ false,
		  false,
		  false,
		  { FINDING_PASS, -1 },
		  CHECK_WILL_BE_RESERVED,
		  STATUS_GOOD },
		{ true, false, false, { FINDING_PASS, -1 }, CHECK_RESERVED, STATUS_GOOD },
		{ true,
		  false,
		  false,
		  { FINDING_FAIL, -1 },
		  CHECK_WILL_BE_RELEASED,
		  STATUS_BAD },
		{ false,
		  false,
		  false,
		  { FINDING_FAIL, FINDING_FAIL },
		  CHECK_REFUSED,
		  STATUS_BAD },
		{ false,
		  false,
		  false,
		  { FINDING_PASS, FINDING_WARN },
		  CHECK_WILL_BE_RESERVED,
		  STATUS_SHORT },
		{ false,
		  false,
		  false,
		  { FINDING_PASS, FINDING_FAIL },
		  CHECK_CANNOT_TELL,
		  STATUS_BAD },
		{ false,
		  false,
		  false,
		  { FINDING_UNKNOWN, -1 },
		  CHECK_CANNOT_TELL,
		  STATUS_SHORT },
		{ false, false, false, { -1, -1 }, CHECK_CANNOT_TELL, STATUS_SHORT },
		{ false, true, false, { FINDING_PASS, -1 }, CHECK_REFUSED, STATUS_BAD },
		{ true,
		  true,
		  false,
		  { FINDING_PASS, -1 },
		  CHECK_WILL_BE_RELEASED,
		  STATUS_SHORT },
		{ false,
		  false,
		  true,
		  { FINDING_PASS, -1 },
		  CHECK_CANNOT_TELL,
		  STATUS_SHORT },
		{ false, true, true, { -1, -1 }, CHECK_REFUSED, STATUS_BAD },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		(void)setup(state);
		if (rows[i].now)
			reserve_now();
		if (rows[i].shared)
			share_group();
		if (rows[i].unreadable)
			run.host.framebuffer_known = FACT_UNKNOWN;
		plan_of(first_card);
		for (size_t j = 0; j < 2; j++)
			if (rows[i].images[j] >= 0)
				image(j ? "/boot/b" : "/boot/a",
				      (enum finding_level)rows[i].images[j]);
		check_predict(&check);
		assert_int_equal(check.n_targets, 1);
		if (check.targets[0].state != rows[i].want)
			fail_msg("row %zu: %s: %s", i,
				 check_state_names[check.targets[0].state],
				 check.targets[0].why);
		if (check_status(&check) != rows[i].exit)
			fail_msg("row %zu: exit status %d", i, check_status(&check));
	}
}

static void images_aside_decide_nothing(void **state)
{
	(void)state;
	plan_of(first_card);
	image("/boot/a", FINDING_PASS);
	findings_add(findings, FINDING_HINT, FINDING_IMAGE, "/boot/old",
		     "not the newest");
	findings_add(findings, FINDING_WARN, FINDING_IMAGE_PROGRAM, "/boot/old",
		     "not in");
	check_predict(&check);
	assert_int_equal(check.targets[0].state, CHECK_WILL_BE_RESERVED);
	/* no image that counts is left */
	findings->list[0].level = FINDING_HINT;
	check_predict(&check);
	assert_int_equal(check.targets[0].state, CHECK_CANNOT_TELL);
	findings_add(findings, FINDING_UNKNOWN, FINDING_IMAGE, NULL, "none found");
	check_predict(&check);
	assert_int_equal(check.targets[0].state, CHECK_CANNOT_TELL);
}

static void kept_kill_switch(void **state)
{
	(void)state;
	plan_of(first_card);
	image("/boot/a", FINDING_PASS);
	findings_add(findings, FINDING_WARN, FINDING_MODE, NULL, "this boot");
	check_predict(&check);
	assert_int_equal(check.targets[0].state, CHECK_WILL_BE_RESERVED);
	findings_add(findings, FINDING_FAIL, FINDING_MODE, NULL, "kept");
	check_predict(&check);
	assert_int_equal(check.targets[0].state, CHECK_REFUSED);
}

static void released_when_not_named(void **state)
{
	struct report_target *recorded = &report.targets[0];

	(void)state;
	reserve_now();
	plan_of("[target other]\naddress = 0000:0b:00.0\n");
	image("/boot/a", FINDING_PASS);
	check.report = &report;
	check.drift = &drift;
	report.n_targets = 1;
	recorded->name = "gpu";
	recorded->n_functions = 1;
	drift.targets[0].state = TARGET_RESERVED;
	drift.targets[0].functions[0] = machine_at(&run.host, "0000:09:00.0");
	check_predict(&check);
	assert_int_equal(check.n_targets, 2);
	assert_int_equal(check.targets[0].state, CHECK_WILL_BE_RESERVED);
	assert_int_equal(check.targets[1].state, CHECK_WILL_BE_RELEASED);
	/* an image that was not built anew may still name it */
	check.outlooks.count = 1;
	check.outlooks.list[0].is_other = true;
	check_predict(&check);
	assert_int_equal(check.targets[1].state, CHECK_CANNOT_TELL);
	/* but not one that does not boot by itself */
	(void)snprintf(check.outlooks.list[0].subject, FINDING_SUBJECT_MAX, "/boot/old");
	findings_add(findings, FINDING_HINT, FINDING_IMAGE, "/boot/old",
		     "not the newest");
	check_predict(&check);
	assert_int_equal(check.targets[1].state, CHECK_WILL_BE_RELEASED);
	check.outlooks.count = 0;
	/* renamed, not dropped */
	plan_of(first_card);
	check_predict(&check);
	assert_int_equal(check.n_targets, 1);
	assert_int_equal(check.targets[0].state, CHECK_RESERVED);
}

/* What did not fit may have been the very thing that decides. */
static void too_much_is_not_known(void **state)
{
	(void)state;
	plan_of(first_card);
	image("/boot/a", FINDING_PASS);
	while (!findings_dropped(findings))
		findings_add(findings, FINDING_PASS, FINDING_RESET, "gpu", "fine");
	check_predict(&check);
	assert_int_equal(check.targets[0].state, CHECK_CANNOT_TELL);
}

static void around_never_counts(void **state)
{
	(void)state;
	plan_of(first_card);
	image("/boot/a", FINDING_PASS);
	findings_add(findings, FINDING_UNKNOWN, FINDING_LIBVIRT, NULL, "not asked");
	findings_add(findings, FINDING_HINT, FINDING_KVM, NULL, "missing");
	check_predict(&check);
	assert_int_equal(check_status(&check), STATUS_GOOD);
}

static void mentions(void **state)
{
	size_t all[HOST_FUNCTIONS_MAX];
	char text[CARD_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < run.host.n_functions; i++)
		all[i] = i;
	card_mention_all(&run.host, all, run.host.n_functions, text);
	assert_non_null(strstr(text, "0000:00:00.0 [8086:3ec2], "));
	assert_non_null(strstr(text, " and 9 more"));
	for (size_t i = 0; i < run.host.n_functions; i++)
		memset(run.host.functions[i].driver, 'd', HOST_NAME_MAX - 1);
	card_mention_all(&run.host, all, run.host.n_functions, text);
	assert_non_null(strstr(text, " more"));
}

/* How much room the store has is known since Linux 6.5. */
static void guard_store_full(void **state)
{
	static const struct {
		bool known;
		uint64_t room;
		enum guard_state before; /* of config and kernel */
		enum finding_level level;
		const char *part;
	} rows[] = {
		{ false, 0, GUARD_TRIAL, FINDING_HINT, "the next boot is a trial" },
		{ true, 1 << 16, GUARD_TRIAL, FINDING_HINT, "the next boot is a trial" },
		{ true, GUARD_ROOM, GUARD_TRIAL, FINDING_HINT,
		  "the next boot is a trial" },
		{ true, GUARD_ROOM - 1, GUARD_TRIAL, FINDING_HINT,
		  "there is no first-boot guard: the store of EFI variables is full "
		  "(511 bytes are left, a trial needs 512), unless the firmware tidies" },
		{ true, 0, GUARD_PASSED, FINDING_PASS, "has passed its trial" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct guard_record *record = &check.guard.record;
		struct guard_boot boot;

		(void)setup(state);
		config_of(&run.config, first_card);
		check.guard.room_known = rows[i].known;
		check.guard.room = rows[i].room;
		guard_record_parse("", 0, record);
		guard_boot_of(&run.config, run.host.kernel, "x", GUARD_RISK_BOOT, &boot);
		guard_record_begin(record, &boot);
		guard_record_end(record, rows[i].before == GUARD_PASSED);
		guard_check(&check);
		find(FINDING_GUARD, rows[i].level, rows[i].part);
		assert_int_equal(count_of(FINDING_GUARD), 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(causes, setup),
		cmocka_unit_test_setup(iommu_states, setup),
		cmocka_unit_test_setup(iommu_active, setup),
		cmocka_unit_test_setup(iommu_started_without_groups, setup),
		cmocka_unit_test_setup(remapping, setup),
		cmocka_unit_test_setup(remapping_on_arm, setup),
		cmocka_unit_test_setup(remapping_forbidden, setup),
		cmocka_unit_test_setup(platforms, setup),
		cmocka_unit_test_setup(proofs_by_device, setup),
		cmocka_unit_test_setup(bootloaders, setup),
		cmocka_unit_test_setup(group_of_its_own, setup),
		cmocka_unit_test_setup(group_shared, setup),
		cmocka_unit_test_setup(group_port_bits, setup),
		cmocka_unit_test_setup(group_other_slots, setup),
		cmocka_unit_test_setup(group_ports_unknown, setup),
		cmocka_unit_test_setup(group_bridge_driver, setup),
		cmocka_unit_test_setup(override_in_force, setup),
		cmocka_unit_test_setup(resets, setup),
		cmocka_unit_test_setup(hot_reset_needs_all, setup),
		cmocka_unit_test_setup(power, setup),
		cmocka_unit_test_setup(bars, setup),
		cmocka_unit_test_setup(framebuffers, setup),
		cmocka_unit_test_setup(virtual_and_late, setup),
		cmocka_unit_test_setup(proofs, setup),
		cmocka_unit_test_setup(predictions, setup),
		cmocka_unit_test_setup(images_aside_decide_nothing, setup),
		cmocka_unit_test_setup(kept_kill_switch, setup),
		cmocka_unit_test_setup(released_when_not_named, setup),
		cmocka_unit_test_setup(too_much_is_not_known, setup),
		cmocka_unit_test_setup(around_never_counts, setup),
		cmocka_unit_test_setup(mentions, setup),
		cmocka_unit_test_setup(guard_store_full, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
