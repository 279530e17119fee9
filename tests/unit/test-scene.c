// SPDX-License-Identifier: GPL-2.0-or-later

/* Checks as functions: a scene of facts in, findings out. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "check/scene.h"
#include "helper-machine.h"

#define CARD "0000:09:00.0"
#define NEIGHBOUR "0000:0a:00.0"

static struct config config;
static struct host host;
static struct plan plan;
static struct survey survey;
static struct findings findings;
static struct scene scene;

static int setup(void **state)
{
	(void)state;
	memset(&survey, 0, sizeof(survey));
	memset(&findings, 0, sizeof(findings));
	machine_desktop(&host);
	config_of(&config, "[target gpu]\naddress = " CARD "\n");
	plan_build(&config, &host, &plan);
	scene = (struct scene){ .config = &config,
				.host = &host,
				.plan = &plan,
				.survey = &survey,
				.cmdline = "root=/dev/sda2 quiet",
				.next_cmdline = "root=/dev/sda2 quiet",
				.findings = &findings };
	return 0;
}

static size_t index_of(const char *address)
{
	return (size_t)(machine_at(&host, address) - host.functions);
}

static const struct finding *found(enum finding_code code, enum finding_level level,
				   const char *text)
{
	for (size_t i = 0; i < findings.count; i++)
		if (findings.list[i].code == code && findings.list[i].level == level &&
		    strstr(findings.list[i].text, text))
			return &findings.list[i];
	return NULL;
}

static void assert_found(enum finding_code code, enum finding_level level,
			 const char *text)
{
	for (size_t i = 0; i < findings.count && !found(code, level, text); i++)
		print_message("# %s %s\n", finding_level_names[findings.list[i].level],
			      findings.list[i].text);
	assert_non_null(found(code, level, text));
}

/* ---- telling ---- */

static void sentence_and_remedy(void **state)
{
	(void)state;
	scene_warn(&scene, FINDING_GROUP, "group %d" TO_DO "move %s", 7, "it");
	assert_string_equal(findings.list[0].text, "group 7");
	assert_string_equal(findings.list[0].remedy, "move it");
	assert_string_equal(findings.list[0].subject, "");
	scene.subject = "gpu";
	scene_fail(&scene, FINDING_GROUP, "group %d", 8);
	assert_string_equal(findings.list[1].remedy, finding_info(FINDING_GROUP)->remedy);
	assert_string_equal(findings.list[1].subject, "gpu");
	scene_pass(&scene, FINDING_GROUP, "good" TO_DO "nothing");
	assert_string_equal(findings.list[2].remedy, "");
}

/* ---- around it ---- */

static void around(void **state)
{
	static const struct {
		struct around around;
		enum finding_code code;
		enum finding_level level;
		const char *text;
	} rows[] = {
		{ { .kvm = true }, FINDING_KVM, FINDING_PASS, "/dev/kvm exists" },
		{ { .kvm = false }, FINDING_KVM, FINDING_HINT, "there is no" },
		{ { .proxmox = true }, FINDING_HYPERVISOR, FINDING_PASS, "Proxmox" },
		{ { .qemu = true, .libvirt = true },
		  FINDING_HYPERVISOR,
		  FINDING_PASS,
		  "QEMU with libvirt" },
		{ { .libvirt = true }, FINDING_HYPERVISOR, FINDING_HINT, "QEMU is not" },
		{ { .kvm = false }, FINDING_HYPERVISOR, FINDING_HINT, "neither" },
		{ { .firmware = "usr/x.fd" },
		  FINDING_FIRMWARE,
		  FINDING_PASS,
		  "/usr/x.fd" },
		{ { .kvm = false }, FINDING_FIRMWARE, FINDING_HINT, "OVMF" },
		{ { .libvirt = true, .libvirt_active = FACT_YES },
		  FINDING_LIBVIRT,
		  FINDING_PASS,
		  "active" },
		{ { .libvirt = true, .libvirt_active = FACT_NO },
		  FINDING_LIBVIRT,
		  FINDING_HINT,
		  "" },
		{ { .libvirt = true }, FINDING_LIBVIRT, FINDING_UNKNOWN, "" },
		{ { .libvirt = true, .network = true },
		  FINDING_NETWORK,
		  FINDING_PASS,
		  "" },
		{ { .kvm_group = { true, "", "ann" } },
		  FINDING_USER,
		  FINDING_HINT,
		  "kvm" },
		{ { .kvm_group = { true, "ann", "ann" } },
		  FINDING_USER,
		  FINDING_PASS,
		  "ann" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		memset(&findings, 0, sizeof(findings));
		survey.around = rows[i].around;
		around_check(&scene);
		assert_found(rows[i].code, rows[i].level, rows[i].text);
	}
}

/* Where libvirt is missing, or Proxmox has its place, it is not asked for. */
static void around_what_is_not_there(void **state)
{
	(void)state;
	around_check(&scene);
	survey.around = (struct around){ .proxmox = true,
					 .libvirt = true,
					 .kvm_is_free = true,
					 .kvm_group = { true, "", "ann" } };
	around_check(&scene);
	for (size_t i = 0; i < findings.count; i++)
		assert_true(findings.list[i].code != FINDING_LIBVIRT &&
			    findings.list[i].code != FINDING_NETWORK &&
			    findings.list[i].code != FINDING_USER);
}

/* ---- what the host needs ---- */

static void nothing_is_needed(void **state)
{
	(void)state;
	survey.use.disks.known = true;
	survey.use.links_known = true;
	survey.use.inputs_known = true;
	host_check(&scene);
	assert_found(FINDING_HOST_DISK, FINDING_PASS, "no disk");
	assert_found(FINDING_HOST_NETWORK, FINDING_PASS, "no network link");
	assert_int_equal(findings.levels[FINDING_FAIL], 0);
}

static void what_is_not_known(void **state)
{
	(void)state;
	host_check(&scene);
	assert_found(FINDING_HOST_DISK, FINDING_UNKNOWN, "could not be read");
	assert_null(found(FINDING_HOST_NETWORK, FINDING_PASS, ""));
	assert_null(found(FINDING_HOST_INPUT, FINDING_PASS, ""));
}

/*
 * A disk in use and the default route fail, others warn; what is elsewhere says nothing.
 */
static void disks_and_links(void **state)
{
	static const struct {
		const char *address;
		const char *place;
		bool routed;
		enum finding_level level;
	} rows[] = {
		{ CARD, "/", true, FINDING_FAIL },
		{ CARD, "", false, FINDING_WARN },
		{ NEIGHBOUR, "/", true, FINDING_PASS },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct host_use *use = &survey.use;

		memset(&findings, 0, sizeof(findings));
		memset(use, 0, sizeof(*use));
		use->disks.known = true;
		use->disks.count = 1;
		use->disks.list[0].function = index_of(rows[i].address);
		strcpy(use->disks.list[0].name, "/dev/sda2");
		strcpy(use->disks.list[0].place, rows[i].place);
		use->links_known = true;
		use->n_links = 1;
		use->links[0].function = index_of(rows[i].address);
		use->links[0].routed = rows[i].routed;
		strcpy(use->links[0].name, "eno1");
		host_check(&scene);
		assert_found(FINDING_HOST_DISK, rows[i].level, "");
		assert_found(FINDING_HOST_NETWORK, rows[i].level, "");
	}
}

static void screens_and_keyboards(void **state)
{
	struct host_use *use = &survey.use;
	size_t usb = index_of("0000:09:00.2");

	(void)state;
	use->n_screens = 1;
	use->screens[0].function = index_of(CARD);
	strcpy(use->screens[0].name, "card0-DP-1");
	use->inputs_known = true;
	use->n_inputs = 1;
	use->inputs[0] = (struct input_device){ "A Keyboard", usb, true };
	host_check(&scene);
	assert_found(FINDING_HOST_DISPLAY, FINDING_WARN, "card0-DP-1");
	assert_found(FINDING_HOST_INPUT, FINDING_WARN, "keyboard \"A Keyboard\"");
	memset(&findings, 0, sizeof(findings));
	use->screens[0].function = index_of(NEIGHBOUR);
	use->inputs[0].function = index_of(NEIGHBOUR);
	host_check(&scene);
	assert_null(found(FINDING_HOST_DISPLAY, FINDING_WARN, "card0-DP-1"));
	assert_found(FINDING_HOST_INPUT, FINDING_PASS, "");
}

/* ---- other recipes ---- */

static void leftovers(void **state)
{
	static const struct {
		enum recipe_kind kind;
		const char *text;
		enum finding_code code;
		enum finding_level level;
		const char *part;
	} rows[] = {
		{ RECIPE_MODPROBE, "softdep nouveau pre: vfio-pci",
		  FINDING_LEFTOVER_MODULE, FINDING_HINT, "softdep" },
		{ RECIPE_MODPROBE, "install vfio-pci /bin/x", FINDING_LEFTOVER_SCRIPT,
		  FINDING_WARN, "in conflict" },
		{ RECIPE_MODULES, "vfio_pci", FINDING_LEFTOVER_DRIVERS, FINDING_HINT,
		  "superfluous" },
		{ RECIPE_MODULES, "vfio_virqfd", FINDING_LEFTOVER_VIRQFD, FINDING_HINT,
		  "" },
		{ RECIPE_DRACUT, "force_drivers+=\"vfio\"", FINDING_LEFTOVER_DRIVERS,
		  FINDING_WARN, "does not begin and end with a blank" },
		{ RECIPE_MKINITCPIO, "MODULES=(vfio_pci)", FINDING_LEFTOVER_DRIVERS,
		  FINDING_HINT, "superfluous" },
		{ RECIPE_SCRIPT, "echo vfio-pci > driver_override",
		  FINDING_LEFTOVER_SCRIPT, FINDING_WARN, "rebinds" },
		{ RECIPE_RULE, "ATTR{driver_override}=\"vfio-pci\"",
		  FINDING_LEFTOVER_RULE, FINDING_WARN, "udev rule" },
	};

	(void)state;
	host.kernel_major = 6;
	host.kernel_minor = 1;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		memset(&findings, 0, sizeof(findings));
		survey.recipes.count = 1;
		survey.recipes.list[0] = (struct recipe){ .kind = rows[i].kind,
							  .path = "etc/x",
							  .number = 3 };
		strcpy(survey.recipes.list[0].text, rows[i].text);
		leftover_check(&scene);
		assert_found(rows[i].code, rows[i].level, rows[i].part);
		assert_string_equal(findings.list[0].subject, "/etc/x:3");
		assert_int_equal(findings.levels[FINDING_PASS], 0);
	}
}

static void no_leftovers(void **state)
{
	(void)state;
	leftover_check(&scene);
	assert_int_equal(findings.count, 1);
	assert_int_equal(findings.levels[FINDING_PASS], 1);
	memset(&findings, 0, sizeof(findings));
	survey.recipes.more = true;
	leftover_check(&scene);
	assert_int_equal(findings.levels[FINDING_PASS], 0);
	assert_int_equal(findings.levels[FINDING_UNKNOWN], 1);
	/* which the area of the machine says */
	memset(&findings, 0, sizeof(findings));
	survey.recipes.more = false;
	strcpy(survey.recipes.closed, "etc/libvirt/hooks");
	leftover_check(&scene);
	assert_int_equal(findings.count, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(sentence_and_remedy, setup),
		cmocka_unit_test_setup(around, setup),
		cmocka_unit_test_setup(around_what_is_not_there, setup),
		cmocka_unit_test_setup(nothing_is_needed, setup),
		cmocka_unit_test_setup(what_is_not_known, setup),
		cmocka_unit_test_setup(disks_and_links, setup),
		cmocka_unit_test_setup(screens_and_keyboards, setup),
		cmocka_unit_test_setup(leftovers, setup),
		cmocka_unit_test_setup(no_leftovers, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
