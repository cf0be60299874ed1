/* protocol_query.c - the query protocol: forms out, wrapped XML in. */
#include <string.h>

#include "aws/protocol.h"
#include "aws/uri.h"
#include "base/banned.h"

struct form {
	struct arena *arena;
	struct str *body;
	const char *maps; /* members with free keys */
};

static void add(struct form *f, const char *name, const struct value *v, const char *member);

static void add_list(struct form *f, const char *name, const struct value *v)
{
	size_t n = 0;

	value_each_item(v, item)
		add(f, arena_printf(f->arena, "%s.member.%zu", name, ++n), item, "");
}

static void add_free_map(struct form *f, const char *name, const struct value *v)
{
	size_t n = 0;

	value_each_pair(v, p) {
		if (value_is(p->value, VALUE_NULL))
			continue;
		n++;
		uri_add_query(f->body, arena_printf(f->arena, "%s.entry.%zu.key", name, n), p->key);
		add(f, arena_printf(f->arena, "%s.entry.%zu.value", name, n), p->value, "");
	}
}

static void add_members(struct form *f, const char *name, const struct value *v)
{
	value_each_pair(v, p) {
		const char *full = *name ? arena_printf(f->arena, "%s.%s", name, p->key) : p->key;

		add(f, full, p->value, p->key);
	}
}

static void add(struct form *f, const char *name, const struct value *v, const char *member)
{
	const char *text = value_scalar_text(f->arena, v);

	if (text)
		uri_add_query(f->body, name, text);
	else if (value_is(v, VALUE_LIST))
		add_list(f, name, v);
	else if (value_is(v, VALUE_MAP) && protocol_list_has(f->maps, member))
		add_free_map(f, name, v);
	else if (value_is(v, VALUE_MAP))
		add_members(f, name, v);
}

void query_build(struct arena *a, const struct aws_call *call, struct str *body)
{
	struct form f = { a, body, call->service->query_maps };

	uri_add_query(body, "Action", call->operation);
	uri_add_query(body, "Version", call->service->version);
	add_members(&f, "", call->input);
}

struct value *query_output(struct arena *a, const struct xml *root, const char *operation)
{
	const struct xml *result = xml_child(root, arena_printf(a, "%sResult", operation));
	struct value *out;

	if (result && !result->child)
		return value_map(a);
	out = xml_to_value(a, result ? result : root, true);
	if (!value_is(out, VALUE_MAP))
		return value_map(a);
	value_remove(out, "ResponseMetadata");
	return out;
}
