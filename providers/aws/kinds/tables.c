/* tables: DynamoDB tables. */
#include <string.h>

#include "base/str.h"
#include "providers/aws/expand.h"

/* clang-format off */
static const struct prop index_words[] = {
	PROP("partition_key", ANY, 0, .to = "KeySchema", .doc = "Attribute, or {attribute: S|N|B}."),
	PROP("sort_key", ANY, 0, .doc = "Attribute, or {attribute: S|N|B}."),
	PROP("projection", ANY, 0, .to = "Projection", .def = "\"all\"",
	     .doc = "`all`, `keys-only`, or the list of attributes beside the keys."),
	PROP_END
};

static const struct prop words[] = {
	PROP("partition_key", ANY, P_REQUIRED, .to = "KeySchema", .doc = "Attribute, or {attribute: S|N|B}; S where no type is given."),
	PROP("sort_key", ANY, 0, .to = "AttributeDefinitions", .doc = "Attribute, or {attribute: S|N|B}."),
	PROP("global_indexes", MAP, 0, OF(ANY), .to = "GlobalSecondaryIndexes",
	     .doc = "By name: {partition_key, sort_key, projection}."),
	PROP("local_indexes", MAP, 0, OF(ANY), .to = "LocalSecondaryIndexes", .doc = "By name: {sort_key, projection}."),
	PROP("billing", ANY, 0, .to = "BillingMode", .def = "\"on-demand\"",
	     .doc = "`on-demand`, or {read, write} capacity units."),
	PROP("stream", STRING, 0, .to = "StreamSpecification.StreamViewType",
	     VALUES("NEW_AND_OLD_IMAGES", "NEW_IMAGE", "OLD_IMAGE", "KEYS_ONLY"), .doc = "What the stream of changes shows."),
	PROP("ttl", STRING, 0, .to = "TimeToLiveSpecification.AttributeName",
	     .doc = "Attribute with the time at which an item is deleted."),
	PROP("point_in_time_recovery", ANY, 0, .to = "PointInTimeRecoverySpecification",
	     .doc = "Whether the table can be restored to any second, or of how many days (1d to 35d)."),
	PROP("encryption", ANY, 0, .to = "SSESpecification", .doc = "Key that encrypts the table."),
	PROP_END
};

static const struct prop capacity[] = {
	PROP("read", INT, P_REQUIRED, .to = "ReadCapacityUnits", RANGE(1, 1000000), .doc = "Read capacity units."),
	PROP("write", INT, P_REQUIRED, .to = "WriteCapacityUnits", RANGE(1, 1000000), .doc = "Write capacity units."),
	PROP_END
};

/* As SAM's DynamoDBReadPolicy, DynamoDBWritePolicy, DynamoDBCrudPolicy and DynamoDBStreamReadPolicy. */
static const char *const read[] = { "dynamodb:GetItem", "dynamodb:Scan", "dynamodb:Query", "dynamodb:BatchGetItem",
				    "dynamodb:DescribeTable", NULL };
static const char *const write[] = { "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem", NULL };
static const char *const read_write[] = { "dynamodb:GetItem", "dynamodb:DeleteItem", "dynamodb:PutItem",
					  "dynamodb:Scan", "dynamodb:Query", "dynamodb:UpdateItem",
					  "dynamodb:BatchWriteItem", "dynamodb:BatchGetItem", "dynamodb:DescribeTable",
					  "dynamodb:ConditionCheckItem", NULL };
static const char *const consume[] = { "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator",
				       "dynamodb:ListStreams", NULL };
static const char *const table_and_indexes[] = { "", "/index/*", NULL };
static const char *const streams[] = { "/stream/*", NULL };
static const struct verb verbs[] = {
	{ "read", read, table_and_indexes },
	{ "write", write, table_and_indexes },
	{ "read-write", read_write, table_and_indexes },
	{ "consume", consume, streams },
	{ NULL, NULL, NULL },
};
/* clang-format on */

/* --- keys --- */

/* Attributes of all keys of a table, with their types. */
struct attributes {
	struct expansion *x;
	struct value *types; /* name -> "S", or unknown as yet: null */
};

static const char *attribute_type(struct expansion *x, const struct value *v)
{
	static const char *const types[] = { "S", "N", "B", NULL };
	const char *text = value_text(v);
	if (str_in(text, types))
		return text;
	x_error(x, v->span, "a key attribute is S (text), N (a number) or B (bytes)");
	return NULL;
}

static void note_type(struct attributes *at, const char *name, const char *type, struct span span)
{
	struct arena *a = at->x->arena;
	const struct value *old = value_get(at->types, name);
	if (!type) {
		if (!old)
			value_set(a, at->types, name, value_null(a));
		return;
	}
	if (value_text(old) && !str_eq(value_text(old), type)) {
		x_error(at->x, span, "`%s` is %s here and %s elsewhere in this table", name, type,
			value_text(old));
		diag_note(at->x->diags, old->span, "here it is %s", value_text(old));
		return;
	}
	value_set(a, at->types, name, value_at(a, value_string(a, type), span));
}

/* One attribute of a key into `schema`. */
static void add_key(struct attributes *at, struct value *schema, const char *role, const char *name,
		    struct span span)
{
	struct expansion *x = at->x;
	struct value *key = x_map(x, "AttributeName", value_at(x->arena, x_string(x, name), span),
				  "KeyType", x_string(x, role), NULL);
	value_append(x->arena, schema, key);
}

static void key_part(struct attributes *at, struct value *schema, const char *role,
		     const struct value *v)
{
	if (value_text(v)) {
		note_type(at, value_text(v), NULL, v->span);
		add_key(at, schema, role, value_text(v), v->span);
	} else if (value_is(v, VALUE_MAP) && value_len(v) == 1) {
		const struct value_pair *p = v->map.items;
		const char *type = attribute_type(at->x, p->value);
		note_type(at, p->key, type, p->value->span);
		add_key(at, schema, role, p->key, p->key_span);
	} else if (v && !value_is(v, VALUE_UNKNOWN)) {
		x_error(at->x, v->span, "a key is an attribute's name, or `{ name: S }`");
		if (value_is(v, VALUE_MAP))
			diag_hint(at->x->diags, "the second one goes under `sort_key`");
	}
}

/* A name, {name: type}, or a list of those for keys of several attributes. */
static void key(struct attributes *at, struct value *schema, const char *role,
		const struct value *v)
{
	const struct value *parts = x_list(at->x, v);
	value_each_item(parts, part)
		key_part(at, schema, role, part);
}

static struct value *definitions(struct attributes *at)
{
	struct expansion *x = at->x;
	struct value *list = value_list(x->arena);
	value_each_pair(at->types, p) {
		const char *type = value_text(p->value);
		value_append(x->arena, list,
			     x_map(x, "AttributeName", x_string(x, p->key), "AttributeType",
				   x_string(x, type ? type : "S"), NULL));
	}
	return list;
}

/* --- indexes --- */

static struct value *projection(struct expansion *x, const struct value *v)
{
	const char *text = value_text(v);
	if (!v || str_eq_fold(text, "all"))
		return x_map(x, "ProjectionType", x_string(x, "ALL"), NULL);
	if (str_eq_fold(text, "keys-only") || str_eq_fold(text, "keys_only"))
		return x_map(x, "ProjectionType", x_string(x, "KEYS_ONLY"), NULL);
	if (value_is(v, VALUE_LIST))
		return x_map(x, "ProjectionType", x_string(x, "INCLUDE"), "NonKeyAttributes", v,
			     NULL);
	x_error(x, v->span, "a projection is `all`, `keys-only` or a list of attributes");
	return NULL;
}

struct table {
	struct expansion *x;
	struct item *item;
	struct attributes attributes;
	struct value *throughput; /* provisioned, for indexes without their own; NULL */
};

/* Rows of an index: its words, then what the type has besides. */
static const struct value *index_check(struct table *t, const char *property, const struct value *v,
				       const char *what)
{
	const struct type *type = x_type(t->x, "AWS::DynamoDB::Table", v->span);
	const struct prop *row = type ? prop_find(type->props, property) : NULL;
	const struct type index = { .name = "",
				    .props = row ? row->sub : NULL,
				    .name_prop = "IndexName" };
	return x_check_with(t->x, index_words, index.props ? &index : NULL, v, what);
}

static struct value *index_of(struct table *t, const struct value_pair *index, bool global)
{
	const char *name = index->key;
	const struct value *v = index->value;
	struct span at = index->key_span;
	struct expansion *x = t->x;
	const char *what = global ? "a global index" : "a local index";
	const char *property = global ? "GlobalSecondaryIndexes" : "LocalSecondaryIndexes";
	const struct value *w = index_check(t, property, v, what);
	const struct value *hash =
		global ? value_get(w, "partition_key") : x_word(t->item, "partition_key");
	struct value *schema = value_list(x->arena), *props = value_map(x->arena);
	if (!w)
		return NULL;
	if (!hash)
		x_error(x, v->span, "index `%s` needs `partition_key`", name);
	if (!global && value_get(w, "partition_key"))
		x_error(x, value_get(w, "partition_key")->span,
			"a local index has the table's partition key");
	if (!global && !value_get(w, "sort_key"))
		x_error(x, v->span, "index `%s` needs `sort_key`", name);
	key(&t->attributes, schema, "HASH", hash);
	key(&t->attributes, schema, "RANGE", value_get(w, "sort_key"));
	x_copy(x, index_words, NULL, w, props);
	value_set(x->arena, props, "IndexName", value_at(x->arena, x_string(x, name), at));
	value_set(x->arena, props, "KeySchema", schema);
	struct value *shown = projection(x, value_get(w, "projection"));
	if (shown)
		value_set(x->arena, props, "Projection", shown);
	if (global && t->throughput && !value_get(props, "ProvisionedThroughput"))
		value_set(x->arena, props, "ProvisionedThroughput", t->throughput);
	return props;
}

static struct value *indexes(struct table *t, const char *word, bool global)
{
	const struct value *all = x_word(t->item, word);
	struct value *list = value_list(t->x->arena);
	value_each_pair(all, p) {
		struct value *one = index_of(t, p, global);
		if (one)
			value_append(t->x->arena, list, one);
	}
	return value_len(list) ? list : NULL;
}

/* --- the rest --- */

static void billing(struct table *t, struct value *props)
{
	struct expansion *x = t->x;
	const struct value *v = x_word(t->item, "billing");
	const char *text = value_text(v), *mode = "PAY_PER_REQUEST";
	static const char *const on_demand[] = { "on-demand", "on_demand", "pay-per-request",
						 "PAY_PER_REQUEST", NULL };
	if (value_is(v, VALUE_MAP)) {
		const struct value *units = x_check(x, capacity, v, "provisioned billing");
		mode = "PROVISIONED";
		t->throughput = value_map(x->arena);
		x_copy(x, capacity, NULL, units, t->throughput);
		value_set(x->arena, props, "ProvisionedThroughput", t->throughput);
	} else if (v && !(text && str_in(text, on_demand))) {
		x_error(x, v->span, "billing is `on-demand`, or `{ read: 5, write: 5 }`");
	}
	value_set(x->arena, props, "BillingMode", x_string(x, mode));
}

static const struct prop recovery_days =
	PROP("point_in_time_recovery", INT, 0, .unit = "d", RANGE(1, 35));

static struct value *recovery(struct expansion *x, const struct item *i)
{
	const struct value *v = x_word(i, "point_in_time_recovery"), *days = NULL;
	if (!v)
		return NULL;
	if (!x_is_bool(v, true) && !x_is_bool(v, false))
		days = x_check_value(x, &recovery_days, v);
	return x_map(x, "PointInTimeRecoveryEnabled", value_bool(x->arena, !x_is_bool(v, false)),
		     "RecoveryPeriodInDays", days, NULL);
}

static struct value *encryption(struct expansion *x, struct item *i)
{
	struct value *key_arn = x_encryption(x, i);
	if (!key_arn)
		return NULL;
	return x_map(x, "SSEEnabled", value_bool(x->arena, true), "SSEType", x_string(x, "KMS"),
		     "KMSMasterKeyId", key_arn, NULL);
}

static void declare(struct expansion *x, struct item *i)
{
	struct table t = { .x = x, .item = i, .attributes = { x, value_map(x->arena) } };
	struct value *schema = value_list(x->arena), *props = value_map(x->arena);
	key(&t.attributes, schema, "HASH", x_word(i, "partition_key"));
	key(&t.attributes, schema, "RANGE", x_word(i, "sort_key"));
	/* Empty only after an error. */
	if (!value_len(schema))
		schema = value_unknown(x->arena);
	value_set(x->arena, props, "KeySchema", schema);
	billing(&t, props);
	struct value *global = indexes(&t, "global_indexes", true);
	struct value *local = indexes(&t, "local_indexes", false);
	struct value *rest = x_map(x, "GlobalSecondaryIndexes", global, "LocalSecondaryIndexes",
				   local, "AttributeDefinitions", definitions(&t.attributes),
				   "PointInTimeRecoverySpecification", recovery(x, i),
				   "SSESpecification", encryption(x, i), NULL);
	value_merge(x->arena, props, rest, false);
	if (x_word(i, "ttl"))
		value_set(x->arena, props, "TimeToLiveSpecification",
			  x_map(x, "Enabled", value_bool(x->arena, true), NULL));
	x_main(x, i, "AWS::DynamoDB::Table", props);
}

static const struct aws_kind impl = {
	.arn = "Arn",
	.service = "dynamodb",
	.prefix = "table/",
	.declare = declare,
	.metrics = "AWS/DynamoDB",
	.dimension = "TableName",
	.dimension_of = "TableName",
};

const struct kind aws_kind_tables = {
	.section = "tables",
	.word = "table",
	.type = "AWS::DynamoDB::Table",
	.words = words,
	.doc = "DynamoDB tables. On-demand billing unless capacity is given; a `stream` is what a "
	       "function's `table` event reads.",
	.example = "tables:\n"
		   "  orders:\n"
		   "    partition_key: customer\n"
		   "    sort_key: { placed_at: N }\n"
		   "    global_indexes:\n"
		   "      by-state: { partition_key: state, sort_key: { placed_at: N } }\n"
		   "    stream: new-and-old-images\n"
		   "    ttl: expires_at\n",
	.verbs = verbs,
	.impl = &impl,
};
