/* What must hold of every row there is, of types, kinds and the language itself. */
#include "test.h"

#include <string.h>

#include "base/map.h"
#include "lang/words.h"
#include "model/json.h"
#include "model/schema_rows.h"
#include "providers/aws/registry.h"
#include "providers/aws/rows.h"

static struct value *json(struct arena *a, const char *text)
{
	return json_parse(a, text, strlen(text), NULL);
}

/* --- properties --- */

static void check_default(struct arena *a, const struct prop *p, const char *where)
{
	struct value *v, *checked;
	struct diags *d = diags_new(a);
	if (!p->def || !*p->def || str_eq(p->def, "\"\"")) /* an empty text says "not set" */
		return;
	v = prop_default(a, p);
	if (!v)
		fail_msg("%s: the default %s is no JSON", where, p->def);
	/* A word may stand for "as it is" by a text of its own. */
	if (p->type != PROP_ANY && schema_check_value(a, p, v, CHECK_PARTIAL, &checked, d))
		fail_msg("%s: the default %s: %s", where, p->def, diags_first(d)->message);
}

static void check_values(struct arena *a, const struct prop *p, const char *where)
{
	struct map *seen = map_new(a);
	if (p->values && !p->values[0])
		fail_msg("%s: no value is allowed", where);
	for (const char *const *v = p->values; v && *v; v++) {
		if (map_get(seen, *v))
			fail_msg("%s: the value %s stands twice", where, *v);
		map_set(seen, *v, (void *)p);
	}
}

static void check_limits(const struct prop *p, const char *where)
{
	if (p->has_range && p->min > p->max)
		fail_msg("%s: the range is empty", where);
	if (p->has_length && p->min_len > p->max_len)
		fail_msg("%s: no length is right", where);
	if (p->pattern && pattern_match(p->pattern, "x") < 0)
		fail_msg("%s: the pattern %s is none", where, p->pattern);
}

static void check_shape(struct arena *a, const struct prop *p, const char *where)
{
	bool has_rows = p->type == PROP_OBJECT || p->item == PROP_OBJECT;
	if (has_rows != (p->sub != NULL))
		fail_msg("%s: an object has rows, and nothing else has", where);
	if ((p->flags & P_KEYED) && (!p->key || !p->sub || !prop_find(p->sub, p->key)))
		fail_msg("%s: items have no property that tells them apart", where);
	if (p->reset && *p->reset && !json(a, p->reset))
		fail_msg("%s: what goes back to the default, %s, is no JSON", where, p->reset);
	if ((p->flags & P_COMPUTED) && (p->flags & (P_REQUIRED | P_WRITE_ONLY)))
		fail_msg("%s: nobody can set it", where);
	if (!p->doc || !*p->doc || p->doc[strlen(p->doc) - 1] != '.')
		fail_msg("%s: its documentation is no sentence", where);
}

/* Rows may hold themselves (`And` of conditions): `depth` ends it. */
static void check_rows(const struct prop *rows, const char *where, int depth)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct map *names = map_new(a);
	for (const struct prop *p = rows; p && p->name && depth < 8; p++) {
		const char *path = arena_printf(a, "%s/%s", where, p->name);
		if (map_get(names, p->name))
			fail_msg("%s: it stands twice", path);
		map_set(names, p->name, (void *)p);
		check_default(a, p, path);
		check_values(a, p, path);
		check_limits(p, path);
		check_shape(a, p, path);
		check_rows(p->sub, path, depth + 1);
	}
}

TEST(tables_rows_of_types)
{
	for (size_t i = 0; i < aws_types_count; i++)
		check_rows(aws_types[i]->props, aws_types[i]->name, 0);
}

TEST(tables_rows_of_kinds)
{
	for (size_t i = 0; i < aws_kinds_count; i++)
		check_rows(aws_kinds[i]->words, aws_kinds[i]->section, 0);
}

TEST(tables_rows_of_the_language)
{
	check_rows(words_entry, "entry", 0);
	check_rows(words_resource, "resource", 0);
	check_rows(words_variable, "variable", 0);
	check_rows(words_aws, "aws", 0);
	check_rows(words_state, "state", 0);
	check_rows(words_packages, "packages", 0);
	check_rows(words_random, "random", 0);
	check_rows(words_output, "output", 0);
}

/* --- types: every name leads to a property --- */

static bool names_prop(const struct type *t, const char *name)
{
	static const char *const of_the_account[] = { "Account", "Region", "Partition", NULL };
	for (const char *const *n = of_the_account; *n; n++)
		if (str_eq_fold(*n, name))
			return true;
	return prop_find(t->props, name) != NULL;
}

static void check_property(const struct type *t, const char *what, const char *name)
{
	if (name && !names_prop(t, name))
		fail_msg("%s: %s: there is no property %s", t->name, what, name);
}

static void check_id(struct arena *a, const struct type *t)
{
	const char *s = t->id;
	if (!s)
		fail_msg("%s: it has no id", t->name);
	for (size_t n; s && *s; s += n + (s[n] == '|')) {
		n = strcspn(s, "|");
		check_property(t, "id", arena_strndup(a, s, n));
	}
}

TEST(tables_names_in_types)
{
	_cleanup_arena_ struct arena *a = arena_new();
	for (size_t i = 0; i < aws_types_count; i++) {
		const struct type *t = aws_types[i];
		const struct aws_type *aws = t->impl;
		check_id(a, t);
		check_property(t, "name", t->name_prop);
		check_property(t, "parent", t->parent);
		check_property(t, "lock", aws->lock);
		check_property(t, "incarnation", aws->incarnation);
		for (const struct prop *p = t->props; p->name; p++)
			check_property(t, p->name, p->changes_with);
	}
}

TEST(tables_kinds_have_types)
{
	for (size_t i = 0; i < aws_kinds_count; i++) {
		bool found = !aws_kinds[i]->type;
		for (size_t n = 0; n < aws_types_count; n++)
			found |= str_eq(aws_types[n]->name, aws_kinds[i]->type);
		if (!found)
			fail_msg("%s: there is no type %s", aws_kinds[i]->section,
				 aws_kinds[i]->type);
	}
}

/* --- calls --- */

static const struct aws_op *op_named(const struct aws_type *t, const char *name, unsigned verbs)
{
	for (const struct aws_op *op = t->ops; op->name; op++)
		if (str_eq(op->name, name) && (op->verbs & verbs))
			return op;
	return NULL;
}

/* "Bucket=BucketName, ResourceArn=arn:${partition}:...": what stands right of = or alone. */
static void check_sources(struct arena *a, const struct type *t, const struct aws_op *op)
{
	for (const char *s = op->in ? op->in + strspn(op->in, ", ") : ""; *s; s += strspn(s, ","
											     " ")) {
		size_t n = strcspn(s, ",");
		char *pair = arena_strndup(a, s, n), *eq = strchr(pair, '=');
		if (!strstr(pair, "${"))
			check_property(t, op->name, eq ? eq + 1 : pair);
		s += n;
	}
}

static void check_op(struct arena *a, const struct type *t, const struct aws_op *op)
{
	const struct aws_type *aws = t->impl;
	const char *service = op->service ? op->service : aws->service;
	if (!aws_service(service))
		fail_msg("%s: %s: there is no service %s", t->name, op->name, service);
	if (op->fixed && !json(a, op->fixed))
		fail_msg("%s: %s: %s is no JSON", t->name, op->name, op->fixed);
	if (op->unset_as && !json(a, op->unset_as))
		fail_msg("%s: %s: %s is no JSON", t->name, op->name, op->unset_as);
	if (op->wait && op->wait->read && !op_named(aws, op->wait->read, READ))
		fail_msg("%s: %s waits by %s, which it does not read", t->name, op->name,
			 op->wait->read);
	check_sources(a, t, op);
	check_property(t, op->name, op->body);
	check_property(t, op->name, op->each);
	check_property(t, op->name, op->batch_by);
	check_property(t, op->name, op->needs);
}

static void check_retries(const struct type *t)
{
	const struct aws_type *aws = t->impl;
	for (const struct aws_retry *r = aws->retries; r && r->code; r++) {
		if (r->op && !op_named(aws, r->op, ~0u))
			fail_msg("%s: it waits for errors of %s, which it never calls", t->name,
				 r->op);
		if (!r->what || r->seconds <= 0)
			fail_msg("%s: %s is waited for without words or time", t->name, r->code);
	}
}

TEST(tables_calls)
{
	_cleanup_arena_ struct arena *a = arena_new();
	for (size_t i = 0; i < aws_types_count; i++) {
		const struct aws_type *aws = aws_types[i]->impl;
		const unsigned verbs[] = { CREATE, READ, REMOVE };
		for (const struct aws_op *op = aws->ops; op->name; op++)
			check_op(a, aws_types[i], op);
		check_retries(aws_types[i]);
		for (size_t v = 0; v < sizeof(verbs) / sizeof(*verbs); v++) {
			const struct aws_op *op = aws->ops;
			while (op->name && !(op->verbs & verbs[v]))
				op++;
			if (!op->name)
				fail_msg("%s: a verb has no call", aws_types[i]->name);
		}
	}
}

static unsigned group_of(const struct prop *p)
{
	return p->group ? p->group : G_MAIN;
}

/* Every property is in a group that some call of this verb carries. */
static void check_carried(const struct type *t, unsigned verb, const char *what)
{
	const struct aws_type *aws = t->impl;
	unsigned carried = G_ID;
	for (const struct aws_op *op = aws->ops; op->name; op++)
		if (op->verbs & verb)
			carried |= op->groups || !(op->parse || op->step) ? op->groups : ~0u;
	for (const struct prop *p = t->props; p->name; p++)
		if (!(p->flags & (P_COMPUTED | P_WRITE_ONLY)) && !(group_of(p) & carried))
			fail_msg("%s: no call %s %s", t->name, what, p->name);
}

TEST(tables_every_property_is_carried)
{
	for (size_t i = 0; i < aws_types_count; i++) {
		check_carried(aws_types[i], READ | FIND, "reads");
		check_carried(aws_types[i], PUT, "sends");
	}
}
