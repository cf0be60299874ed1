/* call.c - one AWS call of a row: pages, waits worth their while, replies shared in a refresh. */
#include <string.h>

#include "base/clock.h"
#include "providers/aws/memo.h"
#include "providers/aws/run.h"

bool code_in(const char *code, const char *codes)
{
	size_t n = code ? strlen(code) : 0;
	for (const char *s = codes; n && s && *s;) {
		size_t m = strcspn(s, "|");
		if (m == n && !strncmp(code, s, n))
			return true;
		s += m + (s[m] == '|');
	}
	return false;
}

bool run_error_is(const struct aws_error *e, const char *codes)
{
	return code_in(e->code, codes) || code_in(e->legacy_code, codes);
}

static void describe(struct aws_run *r, const struct aws_op *op, const struct value *input,
		     unsigned verb, struct aws_call *c)
{
	*c = (struct aws_call){
		.service = aws_service(op->service ? op->service : r->aws->service),
		.operation = op->name,
		.input = input,
		.method = op->method,
		.path = op->path,
		.query = op->query,
		.headers = op->headers,
		.xml_root = op->xml_root,
		.payload = op->payload,
		.raw_reply = op->raw_reply,
		.checksum = op->checksum,
		.timeout_ms = op->timeout_ms,
		.deadline_ms = r->deadline_ms,
		.mutating = (verb & (CREATE | UPDATE | REMOVE)) != 0,
		/* A put is repeated at once; what has no name is looked for before. */
		.repeat_unsafe = op->verbs == CREATE && !r->type->name_prop,
	};
}

static const struct aws_retry not_visible = { .seconds = 60,
					      .what = "what was just made to become visible" };

static bool is_unseen(const struct aws_run *r, const struct aws_call *c)
{
	return r->op->kind == OPERATION_CREATE && c->mutating && r->op->ret_id &&
	       run_error_is(&r->error, r->aws->unseen);
}

/* What the row takes for an answer is none that passes. */
static const struct aws_retry *worth_waiting(const struct aws_run *r, const struct aws_op *op,
					     const struct aws_call *c)
{
	const struct aws_error *e = &r->error;
	if (run_error_is(e, op->absent) || run_error_is(e, op->unset))
		return NULL;
	for (const struct aws_retry *t = r->aws->retries; t && t->code; t++)
		if ((!t->op || str_eq(t->op, op->name)) && run_error_is(e, t->code) &&
		    (!t->text || (e->message && strstr(e->message, t->text))))
			return t;
	return is_unseen(r, c) ? &not_visible : NULL;
}

int run_pause(struct aws_run *r, int *attempt, const char *what)
{
	struct operation *op = r->op;
	if (op->waiting && what)
		op->waiting(op->ctx, what);
	int64_t ms = 500;
	for (int i = 0; i < *attempt && ms < 5000; i++)
		ms = ms * 3 / 2;
	(*attempt)++;
	if (op->cancelled && op->cancelled(op->ctx))
		return -1;
	if (r->deadline_ms && clock_monotonic_ms() + ms > r->deadline_ms)
		return -1;
	return aws_sleep(r->client, ms < 5000 ? ms : 5000) ? 0 : -1;
}

/* One page, repeated while an error of the type's rows is worth waiting for. */
static int call_patiently(struct aws_run *r, const struct aws_op *op, const struct aws_call *c,
			  struct aws_reply *ret)
{
	int64_t since = clock_monotonic_ms();
	bool maybe_done = false;
	for (int attempt = 0;;) {
		if (!aws_call(r->client, c, r->a, ret, &r->error))
			return 0;
		maybe_done |= r->error.maybe_done;
		r->error.maybe_done = maybe_done;
		const struct aws_retry *t = worth_waiting(r, op, c);
		if (!t || clock_monotonic_ms() - since > t->seconds * 1000 ||
		    run_pause(r, &attempt, t->what))
			return -1;
	}
}

static void join_page(struct aws_run *r, const struct aws_op *op, struct value *into,
		      const struct value *page)
{
	struct value *have = value_path(into, op->list);
	const struct value *more = as_list(r->a, value_path(page, op->list));
	if (!value_is(have, VALUE_LIST))
		have = as_list(r->a, have);
	value_each_item(more, item)
		value_append(r->a, have, item);
	value_set(r->a, into, op->list, have);
}

static const char *next_token(struct aws_run *r, const struct aws_op *op, const struct value *reply,
			      char **ret_member)
{
	const char *eq = strchr(op->page, '=');
	*ret_member = eq ? arena_strndup(r->a, op->page, (size_t)(eq - op->page))
			 : arena_strdup(r->a, op->page);
	const char *token = value_text(value_path(reply, eq ? eq + 1 : op->page));
	return token && *token ? token : NULL;
}

enum { MAX_PAGES = 1000 };

static int call_pages(struct aws_run *r, const struct aws_op *op, struct aws_call *c,
		      struct aws_reply *ret)
{
	if (call_patiently(r, op, c, ret))
		return -1;
	char *member;
	const char *token = op->page ? next_token(r, op, ret->output, &member) : NULL;
	for (int pages = 1; token && pages < MAX_PAGES; pages++) {
		struct value *input = value_map(r->a);
		value_merge(r->a, input, c->input, false);
		value_set(r->a, input, member, value_string(r->a, token));
		c->input = input;
		struct aws_reply page = { 0 };
		if (call_patiently(r, op, c, &page))
			return -1;
		join_page(r, op, ret->output, page.output);
		const char *next = next_token(r, op, page.output, &member);
		token = str_eq(next, token) ? NULL : next;
	}
	return 0;
}

int run_call(struct aws_run *r, const struct aws_op *op, const struct value *input,
	     struct aws_reply **ret, bool *unset)
{
	struct aws_call c;
	unsigned verb = op->verbs & (READ | FIND) ? READ : op->verbs;
	describe(r, op, input, verb, &c);
	struct aws_reply *reply = arena_new_of(r->a, struct aws_reply);
	*ret = NULL;
	if (unset)
		*unset = false;
	int rc = op->shared && r->memo ? memo_call(r, op, &c, reply, call_pages)
				       : call_pages(r, op, &c, reply);
	if (!rc) {
		*ret = reply;
		return 0;
	}
	if (run_error_is(&r->error, op->unset)) {
		if (unset)
			*unset = true;
		return 1;
	}
	return run_error_is(&r->error, op->absent) ? 1 : -1;
}
