// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/mode.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/number.h"
#include "companion/pin_show.h"
#include "guest/cores.h"
#include "guest/domain.h"
#include "guest/guest_find.h"
#include "guest/pin.h"
#include "report/decide.h"
#include "report/json.h"

/* Everything that the mode has; large, so it is allocated. */
struct bench {
	struct guest guest;
	bool has_guest;
	char source[SYSROOT_PATH_MAX];
	char address[PCI_ADDRESS_TEXT];
	struct cores cores;
	struct pinning pinning;
	struct pin_wish wish;
};

static void card_take(const struct host_function *function, struct bench *bench)
{
	pci_address_format(&function->address, bench->address);
	bench->wish.has_node = function->numa_node >= 0;
	if (bench->wish.has_node)
		bench->wish.node = (unsigned int)function->numa_node;
}

/* COUNT@ADDRESS */
static int count_read(const struct session *session, const char *at, struct bench *bench,
		      struct fault *fault)
{
	const struct host_function *function;
	struct pci_address address;
	uint64_t count;

	if (number_parse(session->subject, (size_t)(at - session->subject), 10,
			 GUEST_CPUS_MAX, &count) < 0 ||
	    !count || pci_address_parse(at + 1, &address) < 0)
		return fault_set(fault, -EINVAL,
				 "--pin: expected a guest, or COUNT@ADDRESS as in "
				 "8@0b:00.0");
	function = host_find(&session->run.host, &address);
	if (!function)
		return fault_set(fault, -ENODEV,
				 "--pin: no function of this machine is at %s", at + 1);
	bench->wish.vcpus = (unsigned int)count;
	card_take(function, bench);
	return 0;
}

/* The card is the first display that the guest gets, else the first function. */
static int guest_read(const struct session *session, struct bench *bench,
		      struct fault *fault)
{
	const struct host_function *card = NULL;
	int error = guest_find(&session->root, session->subject, &bench->guest,
			       bench->source, fault);

	if (error < 0)
		return error;
	for (size_t i = 0; i < bench->guest.n_hostdevs; i++) {
		const struct host_function *function =
			host_find(&session->run.host, &bench->guest.hostdevs[i].host);

		if (function && (!card || (!host_is_gpu(card) && host_is_gpu(function))))
			card = function;
	}
	if (card)
		card_take(card, bench);
	bench->has_guest = true;
	bench->wish.vcpus = bench->guest.cpu.vcpus;
	bench->wish.memory = bench->guest.memory.size;
	return 0;
}

/* Names of guests may hold an @, but with more than a number before it. */
static int subject_read(const struct session *session, struct bench *bench,
			struct fault *fault)
{
	const char *at = strchr(session->subject, '@');

	return at && session->subject[strspn(session->subject, "0123456789")] == '@' ?
		       count_read(session, at, bench, fault) :
		       guest_read(session, bench, fault);
}

static bool bench_show(const struct session *session, const struct bench *bench)
{
	const struct pin_page page = {
		.cores = &bench->cores,
		.pinning = &bench->pinning,
		.guest = bench->has_guest ? &bench->guest : NULL,
		.address = bench->address,
	};

	if (session->json)
		return json_value_write(session->out, pin_to_json(&page));
	pin_print(session->out, &page);
	return true;
}

static enum status pin_run(struct session *session)
{
	struct bench *bench cleanup_free = calloc(1, sizeof(*bench));
	struct fault fault = { 0 };

	if (!bench) {
		(void)fault_set(&fault, -ENOMEM, "%s", strerror(ENOMEM));
		return session_complain(session, &fault, STATUS_BAD);
	}
	if (decide_all(&session->root, NULL, DECIDE_MACHINE, &session->run, &fault) < 0)
		return session_complain(session, &fault, STATUS_SHORT);
	if (subject_read(session, bench, &fault) < 0)
		return session_complain(session, &fault, STATUS_BAD);
	if (cores_read(&session->root, &bench->cores, &fault) < 0 ||
	    pin_plan(&bench->cores, &bench->wish, &bench->pinning, &fault) < 0)
		return session_complain(session, &fault, STATUS_SHORT);
	return session_end(session, bench_show(session, bench), STATUS_GOOD);
}

const struct mode pin_mode = {
	.name = "--pin",
	.subject = "GUEST|COUNT@ADDRESS",
	.help = "processors that this virtual machine should run on",
	.json = true,
	.libraries = { &library_kmod, &library_xml2 },
	.run = pin_run,
};
