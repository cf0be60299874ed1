/* find.c - whose is what a name, a mark or a list leads to? */
#include <stdlib.h>
#include <string.h>

#include "providers/aws/flows.h"

/* --- items of lists --- */

static const struct value *part_of(struct aws_run *r, const struct value *item, const char *name)
{
	const struct prop *p = prop_find(r->type->props, name);
	const struct value *v = p ? value_path(item, wire_name(r, p)) : NULL;
	return v ? v : run_identity(r, name);
}

static const char *id_of(struct aws_run *r, const struct value *item)
{
	_cleanup_str_ struct str id = STR_INIT;
	for (const char *names = r->type->id; *names;) {
		size_t n = strcspn(names, "|");
		const struct value *v = part_of(r, item, arena_strndup(r->a, names, n));
		const char *text = v ? value_scalar_text(r->a, v) : NULL;
		str_addf(&id, "%s%s", id.len ? "|" : "", text ? text : "");
		names += n + (names[n] == '|');
	}
	return str_dup(&id, r->a);
}

static bool is_known(const struct aws_run *r, const char *id)
{
	const char *const *known = r->op->known;
	return id && known && str_in(id, known);
}

bool run_on_record(struct aws_run *r, const struct value *item)
{
	return r->op->known && is_known(r, id_of(r, item));
}

/* Are the wanted properties that tell it from others as in the item? The rest is AWS's to choose. */
static bool is_alike(struct aws_run *r, const struct value *item)
{
	for (const struct prop *p = r->type->props; p->name; p++) {
		const struct value *want = value_get(r->op->wanted, p->name);
		if (!(p->flags & P_FIND) || !want)
			continue;
		const struct value *have = decode_value(r, p, value_path(item, wire_name(r, p)));
		if (!have)
			have = prop_default(r->a, p);
		if (!have || !prop_equal(r->a, p, want, have))
			return false;
	}
	return true;
}

static bool matches(struct aws_run *r, const char *match, const struct value *item)
{
	for (const char *s = match; s && *s; s += strspn(s, ", ")) {
		size_t n = strcspn(s, ",");
		char *member = arena_strndup(r->a, s, n), *source = strchr(member, '=');
		if (source)
			*source++ = '\0';
		const struct value *have = value_path(item, member);
		const struct value *want = run_identity(r, source ? source : member);
		if (!have || !want ||
		    !str_eq(value_scalar_text(r->a, have), value_scalar_text(r->a, want)))
			return false;
		s += n;
	}
	return true;
}

const struct value *flow_find_item(struct aws_run *r, const struct aws_op *op,
				   const struct value *output)
{
	const struct value *list = as_list(r->a, value_path(output, op->list));
	bool find = op->verbs & FIND;
	value_each_item(list, item)
		if (matches(r, op->match, item) && (!op->alike || is_alike(r, item)) &&
		    !(find && run_on_record(r, item)))
			return item;
	return NULL;
}

/* --- what a create has made --- */

/* "<lineage>/<nonce>": another nonce is another create of the same stack. */
static bool is_of_this_stack(const char *seen, const char *marker)
{
	const char *end = seen && marker ? strrchr(marker, '/') : NULL;
	size_t n = end ? (size_t)(end - marker) + 1 : 0;
	return n && !strncmp(seen, marker, n);
}

/* enum aws_found, or -1. */
static int whose(struct aws_run *r)
{
	const char *seen = r->marker_seen, *marker = r->op->marker;
	flow_derive(r);
	flow_identify(r);
	if (is_known(r, r->op->ret_id))
		return FOUND_OTHER;
	if (seen && str_eq(seen, marker))
		return FOUND_OURS;
	if (is_of_this_stack(seen, marker))
		return FOUND_OTHER;
	if (seen)
		return FOUND_FOREIGN;
	if (r->aws->whose)
		return r->aws->whose(r);
	return r->aws->untagged ? FOUND_OURS : FOUND_FOREIGN; /* inside what is ours */
}

/* A refused look may say, too, whose it is. */
static int read_all(struct aws_run *r)
{
	struct diags *all = r->d;
	r->live = value_map(r->a);
	r->attributes = value_map(r->a);
	r->marker_seen = NULL;
	r->with_tags = true;
	r->d = diags_new(r->a);
	int found = flow_read(r) ? -1 : r->op->absent ? FOUND_NONE : FOUND_OURS;
	if (found < 0 && r->error.class == AWS_DENIED && r->aws->refused)
		found = r->aws->refused(r);
	if (found < 0)
		diags_merge(all, r->d);
	r->d = all;
	return found;
}

int flow_find(struct aws_run *r)
{
	int found = read_all(r);
	if (found == FOUND_OURS)
		found = whose(r);
	if (found != FOUND_OURS)
		r->op->ret_id = r->op->ret_incarnation = NULL;
	return found;
}

int flow_read_by_marker(struct aws_run *r)
{
	int found = flow_find(r);
	r->op->foreign = found == FOUND_FOREIGN;
	r->op->absent = found != FOUND_OURS;
	r->op->unmarked = found == FOUND_OURS && r->aws->marked_later && !r->marker_seen;
	return found < 0 ? -1 : 0;
}

/* --- how long lists lag --- */

enum { SETTLE_S = 20, MOST_SETTLE_S = 600 };

/* For tests: makes waits short. -1: not set. */
static int64_t seconds_given(void)
{
	const char *text = getenv("CINFRA_SETTLE_SECONDS");
	int64_t n;
	return text && str_to_int64(text, &n) && n >= 0 && n <= MOST_SETTLE_S ? n : -1;
}

int64_t flow_settle_ms(void)
{
	static _Atomic int64_t ms = -1; /* read once; all threads read the same */
	if (ms < 0) {
		int64_t given = seconds_given();
		ms = 1000 * (given >= 0 ? given : SETTLE_S);
	}
	return ms;
}

enum { LATE_S = 5 * 60, S3_LATE_S = 15 * 60 };

int64_t flow_late_ms(const char *service)
{
	int64_t given = seconds_given();
	return 1000 * (given >= 0 ? given : str_eq(service, "s3") ? S3_LATE_S : LATE_S);
}
