#include "state/operation.h"

#include "base/hash.h"
#include "state/document.h"
#include "base/banned.h"

static const char *const operation_keys[] = {
	"format",  "id",    "command",	 "lineage", "account",	"partition", "region", "epoch",
	"serial",  "write", "has_state", "free",    "unlocked", "life",	     "user",   "host",
	"started", "owner", "random",	 "intents", "suspects", NULL,
};
static const char *const intent_keys[] = {
	"address",	   "type",
	"action",	   "nonce",
	"old_id",	   "incarnation",
	"deposed",	   "create_first",
	"identity",	   "paths",
	"depends",	   "protect",
	"retain",	   "empty_on_destroy",
	"status",	   "id",
	"ret_incarnation", "properties",
	"attributes",	   "deleted",
	"unmarked",	   "error",
	"operation",	   "since",
	"until",	   NULL,
};
static const char *const actions[] = { "create", "update", "replace", "delete", "forget", NULL };
static const char *const statuses[] = {
	[INTENT_OPEN] = "open", [INTENT_DONE] = "done", [INTENT_FAILED] = "failed", NULL
};

/* --- reading --- */

static enum intent_status read_status(struct document *doc, const struct value *map,
				      const char *path)
{
	const char *text = document_text(doc, map, path, "status", true);

	for (int i = INTENT_OPEN; i <= INTENT_FAILED; i++)
		if (str_eq(text, statuses[i]))
			return (enum intent_status)i;
	document_fault(doc, path, "has an unknown \"status\"");
	return INTENT_OPEN;
}

static void read_wanted(struct document *doc, struct intent *i, const struct value *map,
			const char *path)
{
	i->old_id = document_text(doc, map, path, "old_id", false);
	i->incarnation = document_text(doc, map, path, "incarnation", false);
	i->deposed = document_text(doc, map, path, "deposed", false);
	i->create_first = document_bool(doc, map, path, "create_first");
	i->identity = document_map(doc, map, path, "identity");
	i->paths = document_props(doc, map, path, "paths");
	i->depends.items = document_texts(doc, map, path, "depends", &i->depends.len);
	i->depends.cap = i->depends.len;
	i->protect = document_bool(doc, map, path, "protect");
	i->retain = document_bool(doc, map, path, "retain");
	i->empty_on_destroy = document_bool(doc, map, path, "empty_on_destroy");
}

static void read_result(struct document *doc, struct intent *i, const struct value *map,
			const char *path)
{
	i->status = read_status(doc, map, path);
	i->id = document_text(doc, map, path, "id", false);
	i->ret_incarnation = document_text(doc, map, path, "ret_incarnation", false);
	i->props = document_props(doc, map, path, "properties");
	i->attributes = document_props(doc, map, path, "attributes");
	i->deleted = document_bool(doc, map, path, "deleted");
	i->unmarked = document_bool(doc, map, path, "unmarked");
	i->error = document_text(doc, map, path, "error", false);
	i->operation = document_text(doc, map, path, "operation", false);
	i->since = document_text(doc, map, path, "since", false);
	i->until = document_text(doc, map, path, "until", false);
}

static struct intent *read_intent(struct document *doc, const struct value *map, size_t index)
{
	struct intent *i = arena_new_of(doc->arena, struct intent);
	const char *path = arena_printf(doc->arena, "intent %zu", index);

	if (!document_keys(doc, map, path, intent_keys))
		return NULL;
	i->address = document_text(doc, map, path, "address", true);
	i->type = document_text(doc, map, path, "type", true);
	i->action = document_text(doc, map, path, "action", true);
	i->nonce = document_text(doc, map, path, "nonce", true);
	if (i->action && !str_in(i->action, actions))
		document_fault(doc, path, "has an unknown \"action\"");
	read_wanted(doc, i, map, path);
	read_result(doc, i, map, path);
	return i;
}

static void read_intents(struct document *doc, intents *ret, const struct value *v, const char *key)
{
	const struct value *list = value_get(v, key);

	if (list && !value_is(list, VALUE_LIST))
		document_fault(doc, key, "is not a list");
	value_each_item(list, item) {
		struct intent *i = read_intent(doc, item, item_i);

		if (i)
			vec_push(doc->arena, ret, i);
	}
}

static void read_head(struct document *doc, struct operation_doc *o, const struct value *v)
{
	o->id = document_text(doc, v, "it", "id", true);
	o->command = document_text(doc, v, "it", "command", false);
	o->lineage = document_text(doc, v, "it", "lineage", true);
	o->account = document_text(doc, v, "it", "account", false);
	o->partition = document_text(doc, v, "it", "partition", false);
	o->region = document_text(doc, v, "it", "region", false);
	o->epoch = document_int(doc, v, "it", "epoch");
	o->serial = document_int(doc, v, "it", "serial");
	o->life = document_int(doc, v, "it", "life");
	o->has_state = document_bool(doc, v, "it", "has_state");
	o->free = document_bool(doc, v, "it", "free");
	o->unlocked = document_bool(doc, v, "it", "unlocked");
	o->user = document_text(doc, v, "it", "user", false);
	o->host = document_text(doc, v, "it", "host", false);
	o->started = document_text(doc, v, "it", "started", false);
	o->owner = document_map(doc, v, "it", "owner");
	o->random = document_map(doc, v, "it", "random");
}

int operation_parse(struct arena *a, const char *text, size_t len, const char *where,
		    struct operation_doc **ret, struct diags *d)
{
	struct document doc = { .arena = a, .where = where, .what = "operation", .diags = d };
	struct value *v = document_parse(&doc, text, len, OPERATION_FORMAT);
	struct operation_doc *o = arena_new_of(a, struct operation_doc);

	if (!v)
		return -1;
	document_keys(&doc, v, "it", operation_keys);
	read_head(&doc, o, v);
	read_intents(&doc, &o->intents, v, "intents");
	read_intents(&doc, &o->suspects, v, "suspects");
	if (doc.failed)
		return -1;
	*ret = o;
	return 0;
}

/* --- writing --- */

static void write_wanted(struct arena *a, struct value *map, const struct intent *i)
{
	document_set_text(a, map, "old_id", i->old_id);
	document_set_text(a, map, "incarnation", i->incarnation);
	document_set_text(a, map, "deposed", i->deposed);
	document_set_true(a, map, "create_first", i->create_first);
	if (i->identity)
		value_set(a, map, "identity", value_copy(a, i->identity));
	if (i->paths)
		value_set(a, map, "paths", document_secrets_out(a, i->paths));
	if (i->depends.len)
		value_set(a, map, "depends",
			  document_text_list(a, i->depends.items, i->depends.len));
	document_set_true(a, map, "protect", i->protect);
	document_set_true(a, map, "retain", i->retain);
	document_set_true(a, map, "empty_on_destroy", i->empty_on_destroy);
}

static void write_result(struct arena *a, struct value *map, const struct intent *i)
{
	document_set_text(a, map, "status", statuses[i->status]);
	document_set_text(a, map, "id", i->id);
	document_set_text(a, map, "ret_incarnation", i->ret_incarnation);
	if (i->props)
		value_set(a, map, "properties", document_secrets_out(a, i->props));
	if (i->attributes)
		value_set(a, map, "attributes", document_secrets_out(a, i->attributes));
	document_set_true(a, map, "deleted", i->deleted);
	document_set_true(a, map, "unmarked", i->unmarked);
	document_set_text(a, map, "error", i->error);
	document_set_text(a, map, "operation", i->operation);
	document_set_text(a, map, "since", i->since);
	document_set_text(a, map, "until", i->until);
}

static struct value *write_intents(struct arena *a, const intents *list)
{
	struct value *all = value_list(a);

	for (size_t n = 0; n < list->len; n++) {
		const struct intent *i = list->items[n];
		struct value *map = value_map(a);

		document_set_text(a, map, "address", i->address);
		document_set_text(a, map, "type", i->type);
		document_set_text(a, map, "action", i->action);
		document_set_text(a, map, "nonce", i->nonce);
		write_wanted(a, map, i);
		write_result(a, map, i);
		value_append(a, all, map);
	}
	return all;
}

char *operation_write(struct arena *a, const struct operation_doc *o, size_t *ret_len)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	struct value *v = value_map(scratch);

	value_set(scratch, v, "format", value_int(scratch, OPERATION_FORMAT));
	document_set_text(scratch, v, "id", o->id);
	document_set_text(scratch, v, "command", o->command);
	document_set_text(scratch, v, "lineage", o->lineage);
	document_set_text(scratch, v, "account", o->account);
	document_set_text(scratch, v, "partition", o->partition);
	document_set_text(scratch, v, "region", o->region);
	value_set(scratch, v, "epoch", value_int(scratch, o->epoch));
	value_set(scratch, v, "serial", value_int(scratch, o->serial));
	document_set_text(scratch, v, "write", random_hex(scratch, 16));
	if (o->life)
		value_set(scratch, v, "life", value_int(scratch, o->life));
	document_set_true(scratch, v, "has_state", o->has_state);
	document_set_true(scratch, v, "free", o->free);
	document_set_true(scratch, v, "unlocked", o->unlocked);
	document_set_text(scratch, v, "user", o->user);
	document_set_text(scratch, v, "host", o->host);
	document_set_text(scratch, v, "started", o->started);
	if (o->owner)
		value_set(scratch, v, "owner", value_copy(scratch, o->owner));
	if (o->random)
		value_set(scratch, v, "random", value_copy(scratch, o->random));
	value_set(scratch, v, "intents", write_intents(scratch, &o->intents));
	if (o->suspects.len)
		value_set(scratch, v, "suspects", write_intents(scratch, &o->suspects));
	return document_print(a, v, ret_len);
}

char *operation_who(struct arena *a, const struct operation_doc *o)
{
	return arena_printf(a, "%s by %s on %s", o->command ? o->command : "a run",
			    o->user ? o->user : "somebody", o->host ? o->host : "another host");
}
