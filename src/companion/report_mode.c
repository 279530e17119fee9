// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/mode.h"

#include "companion/hook_show.h"
#include "companion/report_journal.h"
#include "companion/report_metrics.h"
#include "companion/report_text.h"
#include "report/json.h"

enum { REPORT_JOURNAL, REPORT_PROMETHEUS };

static enum status journal_end(const struct session *session, int error,
			       const struct fault *fault, enum status status)
{
	return error ? session_complain(session, fault, STATUS_SHORT) : status;
}

static bool missing_write_json(const struct session *session, const struct fault *fault,
			       const struct now *now)
{
	json_t *object = report_missing_to_json(fault, now);

	json_value_put(&object, "guests", hook_to_json(&session->root, now->host));
	return json_value_write(session->out, object);
}

static void missing_write_text(const struct session *session, const struct fault *fault,
			       const struct now *now)
{
	const struct render render = render_of(session->out);

	report_missing_print(&render, fault, now);
	hook_print(&render, &session->root, now->host);
}

static enum status report_missing(struct session *session, const struct fault *fault,
				  const struct now *now)
{
	struct fault trouble;
	bool good = true;

	if (session->values[REPORT_JOURNAL])
		return journal_end(session, journal_send_missing(fault, &trouble),
				   &trouble, STATUS_NO_REPORT);
	if (session->values[REPORT_PROMETHEUS])
		prometheus_print(session->out, NULL, now, NULL);
	else if (session->json)
		good = missing_write_json(session, fault, now);
	else
		missing_write_text(session, fault, now);
	return session_end(session, good, STATUS_NO_REPORT);
}

static bool report_write_json(struct session *session, const struct now *now)
{
	json_t *log = messages_to_json(&session->messages);

	return report_join(&session->report, now, &session->drift) &&
	       !json_object_set_new(session->report.json, "kernel_log", log) &&
	       !json_object_set_new(session->report.json, "guests",
				    hook_to_json(&session->root, now->host)) &&
	       json_value_write(session->out, json_incref(session->report.json));
}

static void report_write_text(struct session *session, const struct now *now)
{
	const struct render render = render_of(session->out);
	struct names names;

	names_open(&session->root, &names);
	report_print(&render, &session->report, now, &session->drift, &names);
	messages_print(&render, &session->messages);
	hook_print(&render, &session->root, now->host);
	names_done(&names);
}

static enum status report_write(struct session *session, const struct now *now)
{
	struct fault fault;
	bool good = true;

	if (session->values[REPORT_JOURNAL])
		return journal_end(
			session, journal_send(&session->report, &session->drift, &fault),
			&fault, session->drift.status);
	if (session->json)
		good = report_write_json(session, now);
	else if (session->values[REPORT_PROMETHEUS])
		prometheus_print(session->out, &session->report, now, &session->drift);
	else
		report_write_text(session, now);
	return session_end(session, good, session->drift.status);
}

static enum status report_run(struct session *session)
{
	struct now now = session_now(session, DECIDE_FUNCTIONS);
	bool log = !session->values[REPORT_JOURNAL] &&
		   !session->values[REPORT_PROMETHEUS];
	struct fault fault = { 0 };
	enum status status;

	if (session->config && session->run.config.invalid)
		return session_complain(session, &session->run.config.fault, STATUS_BAD);
	if (session_report(session, &now, log, &fault) < 0)
		return report_missing(session, &fault, &now);
	status = report_write(session, &now);
	report_done(&session->report);
	return status;
}

const struct mode report_mode = {
	.name = "--report",
	.help = "what vfio-early-boot did, and the current state",
	.json = true,
	.config = true,
	.alone = 2,
	.options = {
		[REPORT_JOURNAL] = { "--journal", NULL,
				     "write it to the journal, for the service" },
		[REPORT_PROMETHEUS] = { "--prometheus", NULL,
					"write it as metrics, for node_exporter" },
	},
	.run = report_run,
};
