#include "state/state.h"

#include "base/hash.h"
#include "model/json.h"
#include "state/document.h"
#include "base/banned.h"

static const char *const state_keys[] = {
	"format",  "stack",	"stage",  "lineage",   "serial",  "epoch",  "write",
	"account", "partition", "region", "resources", "outputs", "random", NULL,
};
static const char *const resource_keys[] = {
	"type",	   "id",     "incarnation",	 "marker",  "properties", "attributes", "depends",
	"protect", "retain", "empty_on_destroy", "pending", "deleted_by", "deposed",	NULL,
};
static const char *const object_keys[] = { "id",	 "incarnation", "marker",
					   "properties", "attributes",	NULL };

struct state *state_new(struct arena *a, const char *stack, const char *stage)
{
	struct state *s = arena_new_of(a, struct state);

	s->stack = arena_strdup(a, stack);
	s->stage = arena_strdup(a, stage);
	s->lineage = random_uuid(a);
	s->resources = map_new(a);
	s->outputs = value_map(a);
	s->random = value_map(a);
	s->arena = a;
	return s;
}

struct state_resource *state_get(const struct state *s, const char *address)
{
	return map_get(s->resources, address);
}

struct state_resource *state_put(struct state *s, const char *address, const char *type)
{
	struct state_resource *r = state_get(s, address);

	if (r)
		return r;
	r = arena_new_of(s->arena, struct state_resource);
	r->address = arena_strdup(s->arena, address);
	r->type = arena_strdup(s->arena, type);
	map_set(s->resources, r->address, r);
	return r;
}

/* A map cannot lose keys: an entry without a resource is none. */
void state_remove(struct state *s, const char *address)
{
	struct state_resource *r = state_get(s, address);

	if (r)
		map_set(s->resources, r->address, NULL);
}

size_t state_len(const struct state *s)
{
	size_t n = 0;

	state_each(s, r)
	{
		n++;
	}
	return n;
}

struct state_object *state_deposed(const struct state_resource *r, const char *key)
{
	for (size_t i = 0; i < r->deposed.len; i++)
		if (str_eq(r->deposed.items[i]->deposed, key))
			return r->deposed.items[i];
	return NULL;
}

void state_remove_deposed(struct state *s, const char *address, const char *key)
{
	struct state_resource *r = state_get(s, address);
	size_t kept = 0;

	if (!r)
		return;
	for (size_t i = 0; i < r->deposed.len; i++)
		if (!str_eq(r->deposed.items[i]->deposed, key))
			r->deposed.items[kept++] = r->deposed.items[i];
	r->deposed.len = kept;
	if (!r->current && !kept && !r->deleted_by)
		state_remove(s, address);
}

/* --- reading --- */

static struct state_object *read_object(struct document *doc, const struct value *map,
					const char *path)
{
	struct state_object *o = arena_new_of(doc->arena, struct state_object);

	o->id = document_text(doc, map, path, "id", true);
	o->incarnation = document_text(doc, map, path, "incarnation", false);
	o->marker = document_text(doc, map, path, "marker", false);
	o->props = document_props(doc, map, path, "properties");
	o->attributes = document_props(doc, map, path, "attributes");
	return o;
}

static void read_deposed(struct document *doc, struct state_resource *r, const struct value *map,
			 const char *path)
{
	value_each_pair(document_map(doc, map, path, "deposed"), p) {
		const char *at = arena_printf(doc->arena, "%s.deposed.%s", path, p->key);

		if (!document_keys(doc, p->value, at, object_keys))
			continue;
		vec_push(doc->arena, &r->deposed, read_object(doc, p->value, at));
		r->deposed.items[r->deposed.len - 1]->deposed = p->key;
	}
}

static void read_resource(struct document *doc, struct state *s, const char *address,
			  const struct value *map)
{
	const char *path = arena_printf(doc->arena, "resource \"%s\"", address);
	struct state_resource *r;

	if (!document_keys(doc, map, path, resource_keys))
		return;
	r = state_put(s, address, document_text(doc, map, path, "type", true));
	r->protect = document_bool(doc, map, path, "protect");
	r->retain = document_bool(doc, map, path, "retain");
	r->empty_on_destroy = document_bool(doc, map, path, "empty_on_destroy");
	r->pending = document_props(doc, map, path, "pending");
	r->deleted_by = document_text(doc, map, path, "deleted_by", false);
	r->depends.items = document_texts(doc, map, path, "depends", &r->depends.len);
	r->depends.cap = r->depends.len;
	read_deposed(doc, r, map, path);
	if (value_get(map, "id"))
		r->current = read_object(doc, map, path);
	else if (!r->deposed.len && !r->deleted_by)
		document_fault(doc, path, "has no \"id\"");
}

static void read_head(struct document *doc, struct state *s, const struct value *v)
{
	s->stack = document_text(doc, v, "it", "stack", true);
	s->stage = document_text(doc, v, "it", "stage", false);
	s->lineage = document_text(doc, v, "it", "lineage", true);
	s->serial = document_int(doc, v, "it", "serial");
	s->epoch = document_int(doc, v, "it", "epoch");
	s->account = document_text(doc, v, "it", "account", false);
	s->partition = document_text(doc, v, "it", "partition", false);
	s->region = document_text(doc, v, "it", "region", false);
}

/* Outputs are {value, sensitive} each. */
static void read_outputs(struct document *doc, struct state *s, const struct value *v)
{
	static const char *const keys[] = { "value", "sensitive", NULL };

	value_each_pair(document_map(doc, v, "it", "outputs"), p) {
		const char *path = arena_printf(doc->arena, "output \"%s\"", p->key);

		if (document_keys(doc, p->value, path, keys))
			value_add_pair(doc->arena, s->outputs, p->key, NO_SPAN,
				       document_secrets_in(doc->arena, p->value));
	}
}

static void read_random(struct document *doc, struct state *s, const struct value *v)
{
	value_each_pair(document_map(doc, v, "it", "random"), p) {
		if (!value_is(p->value, VALUE_STRING))
			document_fault(doc, "random", "holds something else than text");
		value_add_pair(doc->arena, s->random, p->key, NO_SPAN, p->value);
	}
}

int state_parse(struct arena *a, const char *text, size_t len, const char *where,
		struct state **ret, struct diags *d)
{
	struct document doc = { .arena = a, .where = where, .what = "state", .diags = d };
	struct value *v = document_parse(&doc, text, len, STATE_FORMAT);
	struct state *s = state_new(a, NULL, NULL);

	if (!v)
		return -1;
	document_keys(&doc, v, "it", state_keys);
	read_head(&doc, s, v);
	read_outputs(&doc, s, v);
	read_random(&doc, s, v);
	value_each_pair(document_map(&doc, v, "it", "resources"), p) {
		read_resource(&doc, s, p->key, p->value);
	}
	if (doc.failed) {
		diag_hint(d, "put back the last good copy of it; nothing was changed");
		return -1;
	}
	*ret = s;
	return 0;
}

/* --- writing --- */

static void write_object(struct arena *a, struct value *map, const struct state_object *o)
{
	document_set_text(a, map, "id", o->id);
	document_set_text(a, map, "incarnation", o->incarnation);
	document_set_text(a, map, "marker", o->marker);
	if (o->props)
		value_set(a, map, "properties", document_secrets_out(a, o->props));
	if (o->attributes)
		value_set(a, map, "attributes", document_secrets_out(a, o->attributes));
}

static struct value *write_deposed(struct arena *a, const struct state_resource *r)
{
	struct value *all = value_map(a);

	for (size_t i = 0; i < r->deposed.len; i++) {
		struct value *one = value_map(a);

		write_object(a, one, r->deposed.items[i]);
		value_set(a, all, r->deposed.items[i]->deposed, one);
	}
	return all;
}

static struct value *write_resource(struct arena *a, const struct state_resource *r)
{
	struct value *map = value_map(a);

	document_set_text(a, map, "type", r->type);
	if (r->current)
		write_object(a, map, r->current);
	if (r->depends.len)
		value_set(a, map, "depends",
			  document_text_list(a, r->depends.items, r->depends.len));
	document_set_true(a, map, "protect", r->protect);
	document_set_true(a, map, "retain", r->retain);
	document_set_true(a, map, "empty_on_destroy", r->empty_on_destroy);
	if (r->pending)
		value_set(a, map, "pending", document_secrets_out(a, r->pending));
	document_set_text(a, map, "deleted_by", r->deleted_by);
	if (r->deposed.len)
		value_set(a, map, "deposed", write_deposed(a, r));
	return map;
}

static struct value *write_resources(struct arena *a, const struct state *s)
{
	struct value *unsorted = value_map(a), *all = value_map(a);
	const char **keys;

	state_each(s, r)
	{
		value_add_pair(a, unsorted, r->address, NO_SPAN, value_null(a));
	}
	keys = document_sorted_keys(a, unsorted);
	for (size_t i = 0; i < value_len(unsorted); i++)
		value_add_pair(a, all, keys[i], NO_SPAN, write_resource(a, state_get(s, keys[i])));
	return all;
}

char *state_write(struct arena *a, const struct state *s, size_t *ret_len)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	struct value *v = value_map(scratch);

	value_set(scratch, v, "format", value_int(scratch, STATE_FORMAT));
	document_set_text(scratch, v, "stack", s->stack);
	document_set_text(scratch, v, "stage", s->stage);
	document_set_text(scratch, v, "lineage", s->lineage);
	value_set(scratch, v, "serial", value_int(scratch, s->serial));
	value_set(scratch, v, "epoch", value_int(scratch, s->epoch));
	document_set_text(scratch, v, "write", random_hex(scratch, 16));
	document_set_text(scratch, v, "account", s->account);
	document_set_text(scratch, v, "partition", s->partition);
	document_set_text(scratch, v, "region", s->region);
	value_set(scratch, v, "resources", write_resources(scratch, s));
	value_set(scratch, v, "outputs", document_secrets_out(scratch, s->outputs));
	value_set(scratch, v, "random", document_secrets_out(scratch, s->random));
	return document_print(a, v, ret_len);
}
