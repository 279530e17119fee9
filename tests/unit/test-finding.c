// SPDX-License-Identifier: GPL-2.0-or-later

/* The list of findings and the table behind it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check/finding.h"

static struct findings findings;

static int setup(void **state)
{
	(void)state;
	memset(&findings, 0, sizeof(findings));
	return 0;
}

static void table_is_whole(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < FINDING_CODES; i++) {
		const struct finding_info *info = finding_info((enum finding_code)i);

		assert_non_null(info->name);
		assert_true(*info->name && *info->about && *info->remedy);
		assert_true(info->area < FINDING_AREAS);
		assert_int_equal(strspn(info->name,
					"abcdefghijklmnopqrstuvwxyz0123456789-"),
				 strlen(info->name));
		for (unsigned int j = 0; j < i; j++)
			assert_string_not_equal(info->name,
						finding_info((enum finding_code)j)->name);
	}
}

static void areas_stand_together(void **state)
{
	enum finding_area area = 0;

	(void)state;
	for (unsigned int i = 0; i < FINDING_CODES; i++) {
		assert_true(finding_info((enum finding_code)i)->area >= area);
		area = finding_info((enum finding_code)i)->area;
	}
	assert_int_equal(area, FINDING_AREAS - 1);
}

static void remedies(void **state)
{
	struct finding *finding;

	(void)state;
	finding = findings_add(&findings, FINDING_PASS, FINDING_GROUP, "gpu", "group %d",
			       7);
	finding_advise(finding, "none");
	assert_string_equal(finding->subject, "gpu");
	assert_string_equal(finding->text, "group 7");
	assert_string_equal(finding->remedy, "");
	finding = findings_add(&findings, FINDING_FAIL, FINDING_GROUP, NULL, "shared");
	assert_string_equal(finding->subject, "");
	assert_string_equal(finding->remedy, finding_info(FINDING_GROUP)->remedy);
	finding_advise(finding, "slot %d", 2);
	assert_string_equal(finding->remedy, "slot 2");
}

static void worst(void **state)
{
	enum finding_level level = FINDING_PASS;

	(void)state;
	assert_false(findings_worst(&findings, FINDING_AREA_IMAGE, NULL, &level));
	findings_add(&findings, FINDING_FAIL, FINDING_IMAGE, "a", "x");
	findings_add(&findings, FINDING_PASS, FINDING_IMAGE_ORDER, "b", "x");
	findings_add(&findings, FINDING_UNKNOWN, FINDING_IMAGE, "b", "x");
	findings_add(&findings, FINDING_FAIL, FINDING_IOMMU, "b", "x");
	assert_true(findings_worst(&findings, FINDING_AREA_IMAGE, "b", &level));
	assert_int_equal(level, FINDING_UNKNOWN);
	assert_true(findings_worst(&findings, FINDING_AREA_IMAGE, NULL, &level));
	assert_int_equal(level, FINDING_FAIL);
}

static void what_does_not_fit_is_counted(void **state)
{
	(void)state;
	for (size_t i = 0; i < FINDINGS_MAX; i++)
		findings_add(&findings, FINDING_PASS, FINDING_GROUP, NULL, "fine");
	finding_advise(findings_add(&findings, FINDING_FAIL, FINDING_GROUP, NULL, "bad"),
		       "other");
	assert_int_equal(findings.count, FINDINGS_MAX);
	assert_int_equal(findings.levels[FINDING_PASS], FINDINGS_MAX);
	assert_int_equal(findings.levels[FINDING_FAIL], 1);
	assert_string_equal(findings.list[FINDINGS_MAX - 1].text, "fine");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(table_is_whole, setup),
		cmocka_unit_test_setup(areas_stand_together, setup),
		cmocka_unit_test_setup(remedies, setup),
		cmocka_unit_test_setup(worst, setup),
		cmocka_unit_test_setup(what_does_not_fit_is_counted, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
