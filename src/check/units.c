// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/units.h"

#include <string.h>
#include <systemd/sd-bus.h>

#define MICROSECONDS UINT64_C(1000000)

static int call_fill(sd_bus_message *call, const char *const *names, size_t count)
{
	int result = sd_bus_message_open_container(call, 'a', "s");

	for (size_t i = 0; i < count && result >= 0; i++)
		result = sd_bus_message_append(call, "s", names[i]);
	return result < 0 ? result : sd_bus_message_close_container(call);
}

/* Units: name, description, load and active state, ... (org.freedesktop.systemd1(5)) */
static enum fact reply_judge(sd_bus_message *reply)
{
	enum fact fact = FACT_NO;
	const char *active;
	int result = sd_bus_message_enter_container(reply, 'a', "(ssssssouso)");

	while (result >= 0 &&
	       (result = sd_bus_message_enter_container(reply, 'r', "ssssssouso")) > 0) {
		result = sd_bus_message_read(reply, "ssss", NULL, NULL, NULL, &active);
		if (result < 0)
			break;
		if (!strcmp(active, "active"))
			fact = FACT_YES;
		result = sd_bus_message_skip(reply, "ssouso");
		if (result >= 0)
			result = sd_bus_message_exit_container(reply);
	}
	return result < 0 ? FACT_UNKNOWN : fact;
}

static enum fact bus_ask(sd_bus *bus, const char *const *names, size_t count)
{
	sd_bus_message *call = NULL, *reply = NULL;
	enum fact fact = FACT_UNKNOWN;

	if (sd_bus_message_new_method_call(
		    bus, &call, "org.freedesktop.systemd1", "/org/freedesktop/systemd1",
		    "org.freedesktop.systemd1.Manager", "ListUnitsByNames") >= 0 &&
	    call_fill(call, names, count) >= 0 &&
	    sd_bus_call(bus, call, UNITS_SECONDS * MICROSECONDS, NULL, &reply) >= 0)
		fact = reply_judge(reply);
	(void)sd_bus_message_unref(reply);
	(void)sd_bus_message_unref(call);
	return fact;
}

enum fact units_active(const struct sysroot *root, const char *const *names, size_t count)
{
	enum fact fact = FACT_UNKNOWN;
	sd_bus *bus = NULL;

	if (!root->live || sd_bus_open_system(&bus) < 0)
		return FACT_UNKNOWN;
	fact = bus_ask(bus, names, count);
	(void)sd_bus_flush_close_unref(bus);
	return fact;
}
