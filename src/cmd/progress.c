#include "cmd/report.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/banned.h"

char *duration_text(struct arena *a, int64_t ms)
{
	if (ms < 1000)
		return arena_printf(a, "%" PRId64 "ms", ms);
	if (ms < 60000)
		return arena_printf(a, "%.1fs", (double)ms / 1000);
	return arena_printf(a, "%" PRId64 "m%02" PRId64 "s", ms / 60000, ms / 1000 % 60);
}

static const char *const doing[] = { [OPERATION_READ] = "reading",
				     [OPERATION_CREATE] = "creating",
				     [OPERATION_UPDATE] = "updating",
				     [OPERATION_DELETE] = "deleting" };
static const char *const done[] = { [OPERATION_READ] = "read",
				    [OPERATION_CREATE] = "created",
				    [OPERATION_UPDATE] = "updated",
				    [OPERATION_DELETE] = "deleted" };

void progress_end(struct progress *p)
{
	if (p->line)
		fputs("\r\033[K", p->cli->err);
	p->line = false;
}

static void counter(struct progress *p, const struct event *e)
{
	if (!p->cli->live || !p->running)
		return;
	fprintf(p->cli->err, "%zu of %zu done, %zu under way...", e->finished, e->total,
		p->running);
	p->line = true;
}

static void done_line(struct progress *p, const struct event *e, const char *time)
{
	const struct change *c = e->change;

	if (!c)
		return;
	if (e->called)
		fprintf(p->cli->err, "%s: %s in %s\n", c->address, done[e->operation], time);
	else if (c->action == ACTION_FORGET)
		fprintf(p->cli->err, "%s: forgotten; it stays in AWS\n", c->address);
	else if (e->operation == OPERATION_DELETE)
		fprintf(p->cli->err, "%s: was gone already\n", c->address);
	else
		fprintf(p->cli->err, "%s: nothing to change\n", c->address);
}

static void line(struct progress *p, const struct event *e, const char *time)
{
	FILE *err = p->cli->err;
	const char *address = e->change ? e->change->address : "cinfra";
	const struct diag *fault = e->diags ? diags_first(e->diags) : NULL;
	const char *red = p->cli->color_err ? "\033[31m" : "";
	const char *plain = p->cli->color_err ? "\033[0m" : "";

	switch (e->kind) {
	case EVENT_STARTED:
		fprintf(err, "%s: %s...\n", address, doing[e->operation]);
		break;
	case EVENT_WAITING:
		fprintf(err, "%s: still %s, %s%s%s\n", address, doing[e->operation], time,
			e->text ? ": " : "", e->text ? e->text : "");
		break;
	case EVENT_DONE:
		done_line(p, e, time);
		break;
	case EVENT_FAILED:
		fprintf(err, "%s: %s%s failed%s after %s%s%s\n", address, red, doing[e->operation],
			plain, time, fault ? ": " : "", fault ? fault->message : "");
		break;
	case EVENT_STOPPED:
		fprintf(err, "%s: %s was cut short%s%s\n", address, doing[e->operation],
			e->text ? "; " : "", e->text ? e->text : "");
		break;
	case EVENT_SKIPPED:
		fprintf(err, "%s: skipped: %s\n", address, e->text);
		break;
	case EVENT_NOTE:
		fprintf(err, "%s\n", e->text);
		break;
	}
}

/* One object a line; stable names for programs. */
static void json_line(struct progress *p, const struct event *e)
{
	static const char *const kinds[] = {
		[EVENT_STARTED] = "started", [EVENT_WAITING] = "waiting",
		[EVENT_DONE] = "done",	     [EVENT_FAILED] = "failed",
		[EVENT_STOPPED] = "stopped", [EVENT_SKIPPED] = "skipped",
		[EVENT_NOTE] = "note",
	};
	static const char *const operations[] = { [OPERATION_READ] = "read",
						  [OPERATION_CREATE] = "create",
						  [OPERATION_UPDATE] = "update",
						  [OPERATION_DELETE] = "delete" };
	_cleanup_arena_ struct arena *a = arena_new();
	struct value *v = value_map(a);
	const struct diag *fault = e->diags ? diags_first(e->diags) : NULL;

	value_set(a, v, "event", value_string(a, kinds[e->kind]));
	if (e->change) {
		value_set(a, v, "address", value_string(a, e->change->address));
		value_set(a, v, "operation", value_string(a, operations[e->operation]));
	}
	if (e->text)
		value_set(a, v, "text", value_string(a, e->text));
	if (fault)
		value_set(a, v, "error", value_string(a, fault->message));
	value_set(a, v, "elapsed_ms", value_int(a, e->elapsed_ms));
	value_set(a, v, "finished", value_int(a, (int64_t)e->finished));
	value_set(a, v, "total", value_int(a, (int64_t)e->total));
	print_json_line(p->cli->out, v);
	fflush(p->cli->out);
}

void progress_event(void *ctx, const struct event *e)
{
	struct progress *p = ctx;
	_cleanup_arena_ struct arena *scratch = arena_new();

	if (e->kind == EVENT_STARTED)
		p->running++;
	else if (e->called &&
		 (e->kind == EVENT_DONE || e->kind == EVENT_FAILED || e->kind == EVENT_STOPPED))
		p->running--;
	if (p->cli->options.json) {
		json_line(p, e);
		return;
	}
	progress_end(p);
	line(p, e, duration_text(scratch, e->elapsed_ms));
	counter(p, e);
	fflush(p->cli->err);
}
