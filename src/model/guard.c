// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/guard.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"

#define MAGIC "VFEARLY1"

static_assert(sizeof(struct guard_record) == 160, "it has no holes, and stays readable");

const char *const guard_state_names[] = {
	[GUARD_IDLE] = "idle",	 [GUARD_OFF] = "off",	    [GUARD_NONE] = "none",
	[GUARD_TRIAL] = "trial", [GUARD_PASSED] = "passed", [GUARD_FALLBACK] = "fallback",
};

static_assert(ARRAY_SIZE(guard_state_names) == GUARD_FALLBACK + 1, "a state has no name");

const char *const guard_needs_names[] = {
	[GUARD_NEEDS_TARGET] = "default-target",
	[GUARD_NEEDS_LOGIN] = "login",
};

static_assert(ARRAY_SIZE(guard_needs_names) == GUARD_NEEDS_LOGIN + 1, "no name");

/* With its NUL, so that two texts never equal another pair */
static uint64_t text_add(uint64_t hash, const char *text)
{
	return config_hash_bytes(hash, text, strlen(text) + 1);
}

static uint64_t number_add(uint64_t hash, uint64_t number)
{
	return config_hash_bytes(hash, (const char *)&number, sizeof(number));
}

uint64_t guard_config_hash(const struct config *config)
{
	uint64_t hash = number_add(CONFIG_HASH_START, config->hash);

	for (size_t i = 0; i < config->n_targets; i++) {
		const struct config_target *target = &config->targets[i];
		const struct pci_address *address = &target->address;

		if (target->line)
			continue; /* of a file */
		hash = number_add(hash, (uint64_t)target->ids[0].vendor << 16 |
						target->ids[0].device);
		hash = number_add(hash, (uint64_t)address->domain << 32 |
						(uint64_t)address->bus << 16 |
						(uint64_t)address->device << 8 |
						address->function);
	}
	return hash;
}

uint64_t guard_boot_hash(const char *boot_id)
{
	uint64_t hash = text_add(CONFIG_HASH_START, boot_id);

	return hash ? hash : 1;
}

void guard_boot_of(const struct config *config, const char *kernel, const char *boot_id,
		   enum guard_risk risk, struct guard_boot *ret_boot)
{
	*ret_boot = (struct guard_boot){
		.config = guard_config_hash(config),
		.boot = guard_boot_hash(boot_id),
		.risk = risk,
	};
	(void)snprintf(ret_boot->kernel, sizeof(ret_boot->kernel), "%s", kernel);
}

/* The key of a passed trial: 64 bits are enough to distinguish some thousand boots */
static uint64_t key_of(uint64_t config, const char *kernel, uint64_t risk)
{
	uint64_t key = number_add(CONFIG_HASH_START, config);

	key = number_add(text_add(key, kernel), risk);
	return key ? key : 1;
}

void guard_record_parse(const void *bytes, size_t length, struct guard_record *record)
{
	memset(record, 0, sizeof(*record));
	if (length == sizeof(*record) && !memcmp(bytes, MAGIC, sizeof(record->magic)))
		memcpy(record, bytes, sizeof(*record));
	memcpy(record->magic, MAGIC, sizeof(record->magic));
	record->kernel[sizeof(record->kernel) - 1] = '\0';
}

static bool has_passed(const struct guard_record *record, uint64_t key)
{
	for (size_t i = 0; i < GUARD_PASSED_MAX; i++)
		if (record->passed[i] == key)
			return true;
	return false;
}

/* A trial that has passed with the greater risk counts for the smaller one, too. */
enum guard_state guard_judge(const struct guard_record *record,
			     const struct guard_boot *now)
{
	if (guard_is_noted(record, now->boot))
		return GUARD_TRIAL;
	for (uint64_t risk = now->risk; risk <= GUARD_RISK_SCREEN; risk++)
		if (has_passed(record, key_of(now->config, now->kernel, risk)))
			return GUARD_PASSED;
	return record->boot && record->config == now->config ? GUARD_FALLBACK :
							       GUARD_TRIAL;
}

bool guard_is_noted(const struct guard_record *record, uint64_t boot)
{
	return record->boot && record->boot == boot;
}

void guard_record_begin(struct guard_record *record, const struct guard_boot *now)
{
	record->boot = now->boot;
	record->config = now->config;
	record->risk = now->risk;
	memset(record->kernel, 0, sizeof(record->kernel));
	(void)snprintf(record->kernel, sizeof(record->kernel), "%s", now->kernel);
}

void guard_record_end(struct guard_record *record, bool passed)
{
	uint64_t key = key_of(record->config, record->kernel, record->risk);

	if (passed && record->boot && !has_passed(record, key)) {
		memmove(&record->passed[1], &record->passed[0],
			sizeof(record->passed) - sizeof(record->passed[0]));
		record->passed[0] = key;
	}
	record->boot = record->config = record->risk = 0;
	memset(record->kernel, 0, sizeof(record->kernel));
}

enum guard_needs guard_needs_of(const struct config *config, enum guard_risk risk)
{
	return risk == GUARD_RISK_SCREEN && config->guard != CONFIG_GUARD_REACHED ?
		       GUARD_NEEDS_LOGIN :
		       GUARD_NEEDS_TARGET;
}

const char *guard_tell(const struct guard *guard)
{
	switch (guard->state) {
	case GUARD_IDLE:
		break;
	case GUARD_OFF:
		return "the guard is off, so a reset does not undo a boot that takes too "
		       "much";
	case GUARD_NONE:
		return "there is no guard, so a reset does not undo a boot that takes "
		       "too much";
	case GUARD_TRIAL:
		return guard->needs == GUARD_NEEDS_LOGIN ?
			       "this boot is a trial: log in, or type vfio-early "
			       "--confirm; after a reset before that, nothing is taken" :
			       "this boot is a trial: it passes when the default target "
			       "is reached; after a reset before that, nothing is taken";
	case GUARD_PASSED:
		return "this config has passed its trial on this kernel";
	case GUARD_FALLBACK:
		return "an earlier boot with this config was a trial and did not prove "
		       "good: nothing is taken";
	}
	return "";
}
