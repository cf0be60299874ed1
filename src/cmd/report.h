/* report.h - what commands print: the plan, progress, questions, values. */
#ifndef CMD_REPORT_H
#define CMD_REPORT_H

#include "cmd/session.h"

/* The plan to standard output, as text or JSON. */
void report_plan(const struct session *s);

/* progress.c: engine.on_event. Lines to standard error; with --json, JSON lines to standard
 * output. ctx is a struct progress. */
struct progress {
	struct cli *cli;
	int64_t began_ms;
	size_t running;
	bool line; /* a counter line stands on the terminal */
};
void progress_event(void *ctx, const struct event *e);
/* Remove the counter line. */
void progress_end(struct progress *p);
/* "12ms", "1.2s", "3m04s" */
char *duration_text(struct arena *a, int64_t ms);

/* confirm.c: ask a person. 0: yes; -1 with an error: no, no terminal, or interrupted. */
int confirm_plan(struct session *s, const char *question, const char *const *accepted);
/* Each change that loses data, by typing its address; --auto-approve needs --allow-data-loss. */
int confirm_data_loss(struct session *s);

/* values.c: a value for people, as YAML; a scalar on one line. */
void print_value(FILE *out, const struct value *v, int indent);
/* JSON with a newline; on one line. */
void print_json(FILE *out, const struct value *v);
void print_json_line(FILE *out, const struct value *v);
/* Outputs as the state holds them: {name: {value, sensitive}} -> text lines. */
void print_outputs(FILE *out, const struct value *outputs);

#endif
