/* AWS::DynamoDB::Table: one index change a call, and every change waits until the table rests. */
#include <string.h>

#include "providers/aws/policy_equal.h"
#include "providers/aws/run.h"

enum {
	G_FIXED = G_A,
	G_TABLE = G_B, /* what one UpdateTable can carry */
	G_INDEXES = G_C,
	G_SSE = G_D,
	G_TTL = G_E,
	G_PITR = G_F,
	G_POLICY = G_G,
};

/* A key given as its id and returned as its ARN is the same; what an alias means only AWS knows. */
static bool same_key(const struct value *want, const struct value *have)
{
	const char *w = value_text(want), *h = value_text(have);
	if (!w || !h)
		return false;
	const char *id = strrchr(h, '/');
	return str_eq(w, h) || (id && str_eq(w, id + 1)) || str_starts(w, "alias/") ||
	       strstr(w, ":alias/");
}

/* clang-format off */
static const struct prop key[] = {
	PROP("AttributeName", STRING, P_REQUIRED, LENGTH(1, 255), .doc = "Attribute."),
	PROP("KeyType", STRING, P_REQUIRED, VALUES("HASH", "RANGE"), .doc = "HASH is the partition key, RANGE the sort key."),
	PROP_END
};
static const struct prop attribute[] = {
	PROP("AttributeName", STRING, P_REQUIRED, LENGTH(1, 255), .doc = "Attribute."),
	PROP("AttributeType", STRING, P_REQUIRED, VALUES("S", "N", "B"), .doc = "String, number or binary."),
	PROP_END
};
static const struct prop throughput[] = {
	PROP("ReadCapacityUnits", INT, P_REQUIRED, RANGE(0, 1e12), .doc = "Read capacity."),
	PROP("WriteCapacityUnits", INT, P_REQUIRED, RANGE(0, 1e12), .doc = "Write capacity."),
	PROP_END
};
static const struct prop on_demand[] = {
	PROP("MaxReadRequestUnits", INT, 0, RANGE(1, 2147483647), .doc = "Most read requests a second."),
	PROP("MaxWriteRequestUnits", INT, 0, RANGE(1, 2147483647), .doc = "Most write requests a second."),
	PROP_END
};
static const struct prop warm[] = {
	PROP("ReadUnitsPerSecond", INT, 0, RANGE(1, 1e12), .doc = "Reads a second served at once."),
	PROP("WriteUnitsPerSecond", INT, 0, RANGE(1, 1e12), .doc = "Writes a second served at once."),
	PROP_END
};
static const struct prop projection[] = {
	PROP("ProjectionType", STRING, 0, VALUES("ALL", "INCLUDE", "KEYS_ONLY"), .doc = "Which attributes an index holds."),
	PROP("NonKeyAttributes", LIST, P_SET, LENGTH(0, 100), .doc = "Attributes, with INCLUDE."),
	PROP_END
};
static const struct prop global_index[] = {
	PROP("IndexName", STRING, P_REQUIRED, LENGTH(3, 255), .pattern = "[a-zA-Z0-9_.-]+", .doc = "Name."),
	PROP("KeySchema", LIST, P_REQUIRED, OF(OBJECT), .sub = key, LENGTH(1, 8), .doc = "Keys."),
	PROP("Projection", OBJECT, P_REQUIRED, .sub = projection, .doc = "Attributes it holds."),
	PROP("ProvisionedThroughput", OBJECT, P_CREATE_DEFAULT, .sub = throughput, .doc = "Capacity of a provisioned index."),
	PROP("OnDemandThroughput", OBJECT, P_CREATE_DEFAULT, .sub = on_demand, .doc = "Bounds of an on-demand index."),
	PROP("WarmThroughput", OBJECT, P_CREATE_DEFAULT, .sub = warm, .doc = "Throughput served at once."),
	PROP_END
};
static const struct prop local_index[] = {
	PROP("IndexName", STRING, P_REQUIRED, LENGTH(3, 255), .pattern = "[a-zA-Z0-9_.-]+", .doc = "Name."),
	PROP("KeySchema", LIST, P_REQUIRED, OF(OBJECT), .sub = key, LENGTH(2, 2), .doc = "Keys."),
	PROP("Projection", OBJECT, P_REQUIRED, .sub = projection, .doc = "Attributes it holds."),
	PROP_END
};
static const struct prop stream[] = {
	PROP("StreamViewType", STRING, P_REQUIRED, VALUES("NEW_AND_OLD_IMAGES", "NEW_IMAGE", "OLD_IMAGE", "KEYS_ONLY"), .doc = "What a record holds."),
	PROP_END
};
static const struct prop sse[] = {
	PROP("SSEEnabled", BOOL, P_REQUIRED, .wire = "Enabled", .doc = "Encryption with a KMS key."),
	PROP("SSEType", STRING, P_CREATE_DEFAULT, VALUES("KMS"), .doc = "Always KMS."),
	PROP("KMSMasterKeyId", STRING, P_CREATE_DEFAULT, .equal = same_key, .doc = "Key; aws/dynamodb without it."),
	PROP_END
};
static const struct prop ttl[] = {
	PROP("AttributeName", STRING, 0, .doc = "Attribute that holds the time of expiry."),
	PROP("Enabled", BOOL, P_REQUIRED, .doc = "Whether items expire."),
	PROP_END
};
static const struct prop pitr[] = {
	PROP("PointInTimeRecoveryEnabled", BOOL, 0, .def = "false", .doc = "Continuous backups."),
	PROP("RecoveryPeriodInDays", INT, 0, .unit = "d", .def = "35", RANGE(1, 35), .doc = "Days they reach back."),
	PROP_END
};
static const struct prop policy[] = {
	PROP("PolicyDocument", JSON, P_REQUIRED, .equal = aws_policy_equal, .doc = "Policy document."), PROP_END
};

static const struct prop props[] = {
	PROP("TableName", STRING, P_REPLACE, .group = G_ID, LENGTH(3, 255), .pattern = "[a-zA-Z0-9_.-]+", .doc = "Name."),
	PROP("KeySchema", LIST, P_REQUIRED | P_REPLACE, OF(OBJECT), .group = G_FIXED, .sub = key, LENGTH(1, 2), .doc = "Keys."),
	PROP("AttributeDefinitions", LIST, P_REQUIRED | P_SET, OF(OBJECT), .group = G_INDEXES, .sub = attribute, .doc = "Types of the attributes in keys."),
	PROP("LocalSecondaryIndexes", LIST, P_REPLACE | P_SET, OF(OBJECT), .group = G_FIXED, .sub = local_index, LENGTH(0, 5), .doc = "Local indexes."),
	PROP("GlobalSecondaryIndexes", LIST, P_SET, OF(OBJECT), .group = G_INDEXES, .sub = global_index, LENGTH(0, 20), .doc = "Global indexes."),
	PROP("BillingMode", STRING, 0, .group = G_TABLE, .def = "\"PROVISIONED\"", VALUES("PAY_PER_REQUEST", "PROVISIONED"), .doc = "How throughput is billed."),
	PROP("ProvisionedThroughput", OBJECT, P_CREATE_DEFAULT, .group = G_TABLE, .sub = throughput, .doc = "Capacity of a provisioned table."),
	PROP("OnDemandThroughput", OBJECT, P_CREATE_DEFAULT, .group = G_TABLE, .sub = on_demand, .reset = "{\"MaxReadRequestUnits\":-1,\"MaxWriteRequestUnits\":-1}", .doc = "Bounds of an on-demand table."),
	PROP("WarmThroughput", OBJECT, P_CREATE_DEFAULT | P_NO_RESET, .group = G_TABLE, .sub = warm, .doc = "Throughput served at once."),
	PROP("StreamSpecification", OBJECT, 0, .group = G_TABLE, .sub = stream, .doc = "Stream of changes."),
	PROP("TableClass", STRING, 0, .group = G_TABLE, .def = "\"STANDARD\"", VALUES("STANDARD", "STANDARD_INFREQUENT_ACCESS"), .doc = "Table class."),
	PROP("DeletionProtectionEnabled", BOOL, 0, .group = G_TABLE, .def = "false", .doc = "AWS refuses to delete the table."),
	PROP("SSESpecification", OBJECT, 0, .group = G_SSE, .sub = sse, .reset = "{\"SSEEnabled\":false}", .doc = "Encryption; without it DynamoDB's own key."),
	PROP("TimeToLiveSpecification", OBJECT, 0, .group = G_TTL, .sub = ttl, .def = "{\"Enabled\":false}", .doc = "Expiry of items."),
	PROP("PointInTimeRecoverySpecification", OBJECT, 0, .group = G_PITR, .sub = pitr, .def = "{\"PointInTimeRecoveryEnabled\":false}", .doc = "Continuous backups."),
	PROP("ResourcePolicy", OBJECT, 0, .group = G_POLICY, .sub = policy, .doc = "Resource policy."),
	PROP("Tags", MAP, P_TAGS, .group = G_TAGS, .doc = "Tags."),
	PROP("Arn", STRING, P_COMPUTED | P_STATIC, .group = G_FIXED, .wire = "TableArn",
	     .derive = "arn:${partition}:dynamodb:${region}:${account}:table/${TableName}", .doc = "ARN."),
	PROP("StreamArn", STRING, P_COMPUTED, .group = G_TABLE, .wire = "LatestStreamArn", .changes_with = "StreamSpecification", .doc = "ARN of the stream."),
	PROP("TableId", STRING, P_COMPUTED | P_STATIC, .group = G_FIXED, .doc = "Id, another one for each table of the same name."),
	PROP_END
};
/* clang-format on */

/* --- replies --- */

static void take_billing(struct aws_run *r, const struct value *table, struct value *live)
{
	const char *mode = value_text(value_path(table, "BillingModeSummary.BillingMode"));
	value_set(r->a, live, "BillingMode", value_string(r->a, mode ? mode : "PROVISIONED"));
	const char *class = value_text(value_path(table, "TableClassSummary.TableClass"));
	if (class)
		value_set(r->a, live, "TableClass", value_string(r->a, class));
}

static void take_sse(struct aws_run *r, const struct value *table, struct value *live)
{
	const struct value *d = value_get(table, "SSEDescription");
	const char *status = value_text_at(d, "Status");
	bool on = code_in(status, "ENABLED|ENABLING|UPDATING");
	struct value *v = value_map(r->a);
	value_set(r->a, v, "SSEEnabled", value_bool(r->a, on));
	if (on && value_get(d, "SSEType"))
		value_set(r->a, v, "SSEType", value_get(d, "SSEType"));
	if (on && value_get(d, "KMSMasterKeyArn"))
		value_set(r->a, v, "KMSMasterKeyId", value_get(d, "KMSMasterKeyArn"));
	if (on)
		value_set(r->a, live, "SSESpecification", v);
	else
		value_remove(live, "SSESpecification");
}

static int parse_table(struct aws_run *r, const struct aws_op *op, const struct aws_reply *reply,
		       struct value *live)
{
	const struct value *table = value_path(reply->output, op->root);
	bool stream_on =
		value_bool_or(value_path(table, "StreamSpecification.StreamEnabled"), false);
	take_billing(r, table, live);
	take_sse(r, table, live);
	if (!stream_on) {
		value_remove(live, "StreamSpecification");
		value_remove(r->attributes, "StreamArn");
	}
	return str_eq(value_text_at(table, "TableStatus"), "DELETING");
}

static int parse_ttl(struct aws_run *r, const struct aws_op *op, const struct aws_reply *reply,
		     struct value *live)
{
	const struct value *d = value_get(reply->output, "TimeToLiveDescription");
	bool on = code_in(value_text_at(d, "TimeToLiveStatus"), "ENABLED|ENABLING");
	struct value *v = value_map(r->a);
	(void)op;
	value_set(r->a, v, "Enabled", value_bool(r->a, on));
	if (on && value_get(d, "AttributeName"))
		value_set(r->a, v, "AttributeName", value_get(d, "AttributeName"));
	value_set(r->a, live, "TimeToLiveSpecification", v);
	return 0;
}

static int parse_pitr(struct aws_run *r, const struct aws_op *op, const struct aws_reply *reply,
		      struct value *live)
{
	const struct value *d = value_path(reply->output, "ContinuousBackupsDescription."
							  "PointInTimeRecoveryDescription");
	bool on = str_eq(value_text_at(d, "PointInTimeRecoveryStatus"), "ENABLED");
	struct value *v = value_map(r->a);
	(void)op;
	value_set(r->a, v, "PointInTimeRecoveryEnabled", value_bool(r->a, on));
	if (on && value_get(d, "RecoveryPeriodInDays"))
		value_set(r->a, v, "RecoveryPeriodInDays", value_get(d, "RecoveryPeriodInDays"));
	value_set(r->a, live, "PointInTimeRecoverySpecification", v);
	return 0;
}

static int parse_tags(struct aws_run *r, const struct aws_op *op, const struct aws_reply *reply,
		      struct value *live)
{
	struct value *tags = tags_decode(r->a, value_get(reply->output, "Tags"));
	(void)op;
	r->marker_seen = value_text_at(tags, MARKER_TAG);
	value_remove(tags, MARKER_TAG);
	value_set(r->a, live, "Tags", tags);
	return 0;
}

static int parse_policy(struct aws_run *r, const struct aws_op *op, const struct aws_reply *reply,
			struct value *live)
{
	const struct prop row = { .name = "Policy", .type = PROP_JSON };
	struct value *v = value_map(r->a),
		     *document = decode_value(r, &row, value_get(reply->output, "Policy"));
	(void)op;
	if (!document)
		return 0;
	value_set(r->a, v, "PolicyDocument", document);
	value_set(r->a, live, "ResourcePolicy", v);
	return 0;
}

static int build_policy(struct aws_run *r, const struct aws_op *op, struct value *input)
{
	const struct value *v = value_path(r->op->wanted, "ResourcePolicy.PolicyDocument");
	const struct prop row = { .name = "Policy", .type = PROP_JSON };
	(void)op;
	value_remove(input, "ResourcePolicy");
	value_set(r->a, input, "Policy", encode_value(r, &row, v, false));
	return 0;
}

/* --- waits --- */

static int table_rests(struct aws_run *r, const struct value *reply)
{
	const struct value *table = value_get(reply, "Table");
	const char *status = value_text_at(table, "TableStatus");
	const char *sse_status = value_text(value_path(table, "SSEDescription.Status"));
	if (str_eq(status, "INACCESSIBLE_ENCRYPTION_CREDENTIALS"))
		return diag_error(r->d, D_REMOTE, NO_SPAN, "the table's KMS key is not accessible");
	if (!str_eq(status, "ACTIVE") || code_in(sse_status, "ENABLING|DISABLING|UPDATING"))
		return 0;
	value_each_item(value_get(table, "GlobalSecondaryIndexes"), index)
		if (!str_eq(value_text_at(index, "IndexStatus"), "ACTIVE"))
			return 0;
	return 1;
}

static const struct aws_wait active = {
	.read = "DescribeTable",
	.done = table_rests,
	.timeout_s = 3600,
	.what = "the table to become active",
};
static const struct aws_wait gone = {
	.read = "DescribeTable",
	.gone = true,
	.timeout_s = 600,
	.what = "the table to be gone",
};

/* --- create --- */

static struct value *enabled_stream(struct aws_run *r, struct value *spec)
{
	if (spec)
		value_set(r->a, spec, "StreamEnabled", value_bool(r->a, true));
	return spec;
}

static int build_create(struct aws_run *r, const struct aws_op *op, struct value *input)
{
	(void)op;
	enabled_stream(r, value_get(input, "StreamSpecification"));
	const struct value *document = value_path(r->op->wanted, "ResourcePolicy.PolicyDocument");
	const struct prop row = { .name = "ResourcePolicy", .type = PROP_JSON };
	value_remove(input, "ResourcePolicy");
	if (document)
		value_set(r->a, input, "ResourcePolicy", encode_value(r, &row, document, false));
	return 0;
}

/* --- update: one index change, one kind of change a call --- */

static const struct aws_op update_table = { .verbs = UPDATE,
					    .name = "UpdateTable",
					    .in = "TableName" };

static int send_update(struct aws_run *r, struct value *input)
{
	struct aws_reply *reply;
	if (run_call(r, &update_table, input, &reply, NULL) < 0)
		return run_fail(r);
	return run_wait(r, &active);
}

static struct value *begin_update(struct aws_run *r)
{
	struct value *input = value_map(r->a);
	value_set(r->a, input, "TableName", (struct value *)run_identity(r, "TableName"));
	return input;
}

static const struct value *index_named(const struct value *list, const char *name)
{
	value_each_item(list, index)
		if (str_eq(value_text_at(index, "IndexName"), name))
			return index;
	return NULL;
}

static const struct value *type_of(const struct value *properties,
				   const struct value *attribute_name)
{
	value_each_item(value_get(properties, "AttributeDefinitions"), definition)
		if (value_equal(value_get(definition, "AttributeName"), attribute_name))
			return value_get(definition, "AttributeType");
	return NULL;
}

static bool same_types(const struct value *schema, const struct value *want,
		       const struct value *have)
{
	value_each_item(schema, k) {
		const struct value *w = type_of(want, value_get(k, "AttributeName"));
		const struct value *h = type_of(have, value_get(k, "AttributeName"));
		if (w && h && !value_has_unknown(w) && !value_equal(w, h))
			return false;
	}
	return true;
}

/* The type of a key never changes: a table's needs another table, an index is made anew. */
static bool replaces(const char *name, const struct value *want, const struct value *have)
{
	if (!str_eq(name, "AttributeDefinitions"))
		return false;
	if (!same_types(value_get(have, "KeySchema"), want, have))
		return true;
	value_each_item(value_get(have, "LocalSecondaryIndexes"), index)
		if (!same_types(value_get(index, "KeySchema"), want, have))
			return true;
	return false;
}

/* Keys and projection of an index never change: it is made anew. */
static bool same_index(struct aws_run *r, const struct value *a, const struct value *b)
{
	if (!same_types(value_get(b, "KeySchema"), r->op->wanted, r->op->live))
		return false;
	const char *const fixed[] = { "KeySchema", "Projection" };
	for (size_t i = 0; i < 2; i++)
		if (!prop_equal(r->a, prop_find(global_index, fixed[i]), value_get(a, fixed[i]),
				value_get(b, fixed[i])))
			return false;
	return true;
}

static int index_call(struct aws_run *r, const char *verb, struct value *index)
{
	struct value *input = begin_update(r), *entry = value_map(r->a), *list = value_list(r->a);
	value_set(r->a, entry, verb, index);
	value_append(r->a, list, entry);
	value_set(r->a, input, "GlobalSecondaryIndexUpdates", list);
	if (str_eq(verb, "Create"))
		value_set(r->a, input, "AttributeDefinitions",
			  encode_value(r, prop_find(props, "AttributeDefinitions"),
				       value_get(r->op->wanted, "AttributeDefinitions"), false));
	return send_update(r, input);
}

static int delete_indexes(struct aws_run *r, const struct value *want, const struct value *have)
{
	value_each_item(have, index) {
		const char *name = value_text_at(index, "IndexName");
		const struct value *kept = index_named(want, name);
		if (kept && same_index(r, kept, index))
			continue;
		struct value *named = value_map(r->a);
		value_set(r->a, named, "IndexName", value_string(r->a, name));
		if (index_call(r, "Delete", named))
			return -1;
	}
	return 0;
}

static int change_index(struct aws_run *r, const struct value *want, const struct value *have)
{
	const char *const kinds[] = { "ProvisionedThroughput", "OnDemandThroughput",
				      "WarmThroughput" };
	struct value *update = value_map(r->a);
	for (size_t i = 0; i < 3; i++) {
		const struct value *w = value_get(want, kinds[i]);
		if (w && !prop_equal(r->a, prop_find(global_index, kinds[i]), w,
				     value_get(have, kinds[i])))
			value_set(r->a, update, kinds[i], (struct value *)w);
	}
	if (!value_len(update))
		return 0;
	value_set(r->a, update, "IndexName", value_get(want, "IndexName"));
	return index_call(r, "Update", update);
}

static int make_indexes(struct aws_run *r, const struct value *want, const struct value *have)
{
	const struct prop row = { .name = "Index", .type = PROP_OBJECT, .sub = global_index };
	value_each_item(want, index) {
		const struct value *old = index_named(have, value_text_at(index, "IndexName"));
		int rc = old && same_index(r, index, old)
				 ? change_index(r, index, old)
				 : index_call(r, "Create", encode_value(r, &row, index, false));
		if (rc)
			return -1;
	}
	return 0;
}

static bool changed(const struct aws_run *r, const char *name)
{
	return value_get(r->changed, name) || value_get(r->cleared, name);
}

static int set_stream(struct aws_run *r, bool on, const struct value *spec)
{
	struct value *input = begin_update(r), *v = value_map(r->a);
	value_merge(r->a, v, on ? spec : NULL, false);
	value_set(r->a, v, "StreamEnabled", value_bool(r->a, on));
	value_set(r->a, input, "StreamSpecification", v);
	return send_update(r, input);
}

/* Another view type is another stream: off, then on. */
static int update_stream(struct aws_run *r)
{
	const struct value *want = value_get(r->op->wanted, "StreamSpecification");
	const struct value *have = value_get(r->op->live, "StreamSpecification");
	if (!changed(r, "StreamSpecification"))
		return 0;
	if (have && set_stream(r, false, NULL))
		return -1;
	return want ? set_stream(r, true, want) : 0;
}

/* A table that turns provisioned names the capacity of its indexes in the same call. */
static void add_index_capacity(struct aws_run *r, struct value *input)
{
	const struct value *indexes = value_get(r->op->wanted, "GlobalSecondaryIndexes");
	struct value *list = value_list(r->a);
	value_each_item(indexes, index) {
		const struct value *capacity = value_get(index, "ProvisionedThroughput");
		if (!capacity || !index_named(value_get(r->op->live, "GlobalSecondaryIndexes"),
					      value_text_at(index, "IndexName")))
			continue;
		struct value *update = value_map(r->a), *entry = value_map(r->a);
		value_set(r->a, update, "IndexName", value_get(index, "IndexName"));
		value_set(r->a, update, "ProvisionedThroughput", (struct value *)capacity);
		value_set(r->a, entry, "Update", update);
		value_append(r->a, list, entry);
	}
	if (value_len(list))
		value_set(r->a, input, "GlobalSecondaryIndexUpdates", list);
}

/* Bounds of on-demand throughput can be lifted only while the table is on demand. */
static int lift_bounds(struct aws_run *r)
{
	const struct prop *row = prop_find(props, "OnDemandThroughput");
	struct value *input = begin_update(r);
	if (!value_get(r->cleared, row->name))
		return 0;
	value_set(r->a, input, row->name, run_reset(r, row));
	return send_update(r, input);
}

static int update_settings(struct aws_run *r)
{
	const struct aws_op row = {
		.verbs = UPDATE,
		.name = "UpdateTable",
		.in = "TableName",
		.groups = G_TABLE,
		.partial = true,
	};
	struct value *input;
	if (run_input(r, &row, UPDATE, &input))
		return -1;
	value_remove(input, "StreamSpecification");
	const char *mode = value_text_at(input, "BillingMode");
	if (str_eq(mode, "PROVISIONED")) {
		const struct value *capacity = value_get(r->op->wanted, "ProvisionedThroughput");
		if (capacity)
			value_set(r->a, input, "ProvisionedThroughput", (struct value *)capacity);
		add_index_capacity(r, input);
	}
	if (value_get(r->cleared, "ProvisionedThroughput"))
		value_remove(input, "ProvisionedThroughput");
	if (str_eq(mode, "PROVISIONED")) {
		value_remove(input, "OnDemandThroughput");
		if (lift_bounds(r))
			return -1;
	}
	return value_len(input) > 1 ? send_update(r, input) : 0;
}

static int update_sse(struct aws_run *r)
{
	const struct aws_op row = {
		.verbs = UPDATE, .name = "UpdateTable", .in = "TableName", .groups = G_SSE
	};
	struct value *input;
	if (!changed(r, "SSESpecification"))
		return 0;
	if (run_input(r, &row, UPDATE, &input))
		return -1;
	if (value_get(r->cleared, "SSESpecification")) {
		struct value *off = value_map(r->a);
		value_set(r->a, off, "Enabled", value_bool(r->a, false));
		value_set(r->a, input, "SSESpecification", off);
	}
	return send_update(r, input);
}

static int update(struct aws_run *r, const struct aws_op *op)
{
	const struct value *want = value_get(r->op->wanted, "GlobalSecondaryIndexes");
	const struct value *have = value_get(r->op->live, "GlobalSecondaryIndexes");
	bool indexes = changed(r, "GlobalSecondaryIndexes") || changed(r, "AttributeDefinitions");
	(void)op;
	if (indexes && delete_indexes(r, want, have))
		return -1;
	if (update_settings(r) || update_stream(r))
		return -1;
	if (indexes && make_indexes(r, want, have))
		return -1;
	return update_sse(r);
}

/* --- time to live: another attribute only after the old one is off --- */

static int ttl_call(struct aws_run *r, const char *attribute_name, bool on)
{
	const struct aws_op row = { .verbs = UPDATE,
				    .name = "UpdateTimeToLive",
				    .in = "TableName" };
	struct value *input, *v = value_map(r->a);
	struct aws_reply *reply;
	if (run_input(r, &row, UPDATE, &input))
		return -1;
	value_set(r->a, v, "AttributeName", value_string(r->a, attribute_name));
	value_set(r->a, v, "Enabled", value_bool(r->a, on));
	value_set(r->a, input, "TimeToLiveSpecification", v);
	return run_call(r, &row, input, &reply, NULL) < 0 ? run_fail(r) : 0;
}

static int put_ttl(struct aws_run *r, const struct aws_op *op)
{
	const struct value *want = value_get(r->op->wanted, "TimeToLiveSpecification");
	const struct value *have = value_get(r->op->live, "TimeToLiveSpecification");
	const char *name = value_text_at(want, "AttributeName");
	const char *old = value_bool_or(value_get(have, "Enabled"), false)
				  ? value_text_at(have, "AttributeName")
				  : NULL;
	bool on = value_bool_or(value_get(want, "Enabled"), false);
	(void)op;
	if (old && (!on || !str_eq(old, name)) && ttl_call(r, old, false))
		return -1;
	return on && name && !str_eq(old, name) ? ttl_call(r, name, true) : 0;
}

/* --- delete --- */

static int lift_protection(struct aws_run *r, const struct aws_op *op)
{
	struct value *input = begin_update(r);
	struct aws_reply *reply;
	(void)op;
	if (!value_bool_or(value_get(r->op->recorded, "DeletionProtectionEnabled"), false))
		return 0;
	value_set(r->a, input, "DeletionProtectionEnabled", value_bool(r->a, false));
	if (run_call(r, &update_table, input, &reply, NULL) < 0)
		return str_eq(r->error.code, "ResourceNotFoundException") ? 0 : run_fail(r);
	return run_wait(r, &active);
}

/* clang-format off */
#define ABSENT "ResourceNotFoundException"
static const struct aws_op ops[] = {
	OP(CREATE, "CreateTable", .in = "TableName", .groups = G_FIXED | G_TABLE | G_INDEXES | G_SSE | G_POLICY | G_TAGS,
	   .tags = TAGS_LIST, .root = "TableDescription", .build = build_create, .wait = &active),
	OP(READ, "DescribeTable", .in = "TableName", .groups = G_FIXED | G_TABLE | G_INDEXES | G_SSE, .root = "Table", .absent = ABSENT, .parse = parse_table),
	OP(READ, "ListTagsOfResource", .in = "ResourceArn=Arn", .groups = G_TAGS, .tags = TAGS_LIST, .list = "Tags", .page = "NextToken", .parse = parse_tags),
	OP(READ, "DescribeTimeToLive", .in = "TableName", .groups = G_TTL, .parse = parse_ttl),
	OP(READ, "DescribeContinuousBackups", .in = "TableName", .groups = G_PITR, .parse = parse_pitr),
	OP(READ, "GetResourcePolicy", .in = "ResourceArn=Arn", .groups = G_POLICY, .unset = "PolicyNotFoundException", .parse = parse_policy),
	STEP(UPDATE, "UpdateTable", update, .groups = G_TABLE | G_INDEXES | G_SSE),
	STEP(PUT, "UpdateTimeToLive", put_ttl, .groups = G_TTL),
	OP(PUT, "UpdateContinuousBackups", .in = "TableName", .groups = G_PITR),
	OP(UPDATE, "PutResourcePolicy", .in = "ResourceArn=Arn", .groups = G_POLICY, .when = WHEN_SET, .build = build_policy),
	OP(UPDATE, "DeleteResourcePolicy", .in = "ResourceArn=Arn", .groups = G_POLICY, .when = WHEN_CLEARED),
	OP(UPDATE, "UntagResource", .in = "ResourceArn=Arn", .groups = G_TAGS, .tags = TAGS_LIST, .when = WHEN_REMOVED),
	OP(UPDATE, "TagResource", .in = "ResourceArn=Arn", .groups = G_TAGS, .tags = TAGS_LIST, .when = WHEN_ADDED),
	STEP(REMOVE, "UpdateTable", lift_protection),
	OP(REMOVE, "DeleteTable", .in = "TableName", .absent = ABSENT, .wait = &gone),
	OP_END
};
static const struct aws_retry retries[] = {
	RETRY(.code = "ResourceInUseException", .text = "being", .seconds = 600, .what = "another change of the table to finish"),
	RETRY(.op = "UpdateTable", .code = "ResourceInUseException", .seconds = 600, .what = "another change of the table to finish"),
	RETRY(.op = "DeleteTable", .code = "ResourceInUseException", .seconds = 600, .what = "another change of the table to finish"),
	RETRY(.code = "LimitExceededException", .text = "simultaneously", .seconds = 600, .what = "other tables of the account to be ready"),
	RETRY(.code = "LimitExceededException", .text = "Subscriber limit exceeded", .seconds = 300, .what = "other tables of the account to be ready"),
	RETRY(.code = "ContinuousBackupsUnavailableException", .seconds = 600, .what = "DynamoDB to enable backups"),
	RETRY(.op = "UpdateTimeToLive", .code = "ResourceNotFoundException", .seconds = 20, .what = "the new table to become visible"),
	RETRY_END
};
/* clang-format on */

static void check_keys(const struct value *v, const struct value *schema, bool used[],
		       struct diags *d)
{
	const struct value *definitions = value_get(v, "AttributeDefinitions");
	value_each_item(schema, k) {
		const struct value *name = value_get(k, "AttributeName");
		bool found = false;
		value_each_item(definitions, def)
			if (value_equal(value_get(def, "AttributeName"), name))
				found = used[def_i] = true;
		if (!found && value_text(name))
			diag_error(d, D_CONFIG, name->span,
				   "the key `%s` is not among AttributeDefinitions",
				   value_text(name));
	}
}

enum { MAX_DEFINITIONS = 128 };

static void check(const struct value *v, struct diags *d)
{
	bool used[MAX_DEFINITIONS] = { false };
	const struct value *definitions = value_get(v, "AttributeDefinitions");
	if (value_has_unknown(definitions) || value_len(definitions) > MAX_DEFINITIONS)
		return;
	check_keys(v, value_get(v, "KeySchema"), used, d);
	const char *const indexes[] = { "GlobalSecondaryIndexes", "LocalSecondaryIndexes" };
	for (size_t i = 0; i < 2; i++)
		value_each_item(value_get(v, indexes[i]), index)
			check_keys(v, value_get(index, "KeySchema"), used, d);
	value_each_item(definitions, def)
		if (!used[def_i])
			diag_error(d, D_CONFIG, def->span,
				   "the attribute `%s` is in no key: DynamoDB refuses it",
				   value_text_at(def, "AttributeName"));
	const struct value *capacity = value_get(v, "ProvisionedThroughput");
	bool on_demand_mode = str_eq(value_text_at(v, "BillingMode"), "PAY_PER_REQUEST");
	if (capacity && on_demand_mode)
		diag_error(d, D_CONFIG, capacity->span,
			   "ProvisionedThroughput has no meaning with PAY_PER_REQUEST");
	value_each_item(value_get(v, "GlobalSecondaryIndexes"), index) {
		const struct value *own = value_get(index, "ProvisionedThroughput");
		if (own && on_demand_mode)
			diag_error(d, D_CONFIG, own->span,
				   "ProvisionedThroughput has no meaning with PAY_PER_REQUEST");
	}
	if (!capacity && !on_demand_mode && !value_has_unknown(value_get(v, "BillingMode")))
		diag_error(d, D_CONFIG, v->span,
			   "a table with provisioned billing needs ProvisionedThroughput");
}

static const char *const left_out[][2] = {
	{ "ContributorInsightsSpecification", "an observability service of its own, with calls of "
					      "its own" },
	{ "GlobalSecondaryIndexes/ContributorInsightsSpecification", "an observability service of "
								     "its own, with calls of its "
								     "own" },
	{ "ImportSourceSpecification", "an import is a job, not a property" },
	{ "KinesisStreamSpecification", "comes with Kinesis streams" },
	{ "StreamSpecification/ResourcePolicy", "a policy of the stream; not part of this type" },
	{ "StreamSpecification/Tags", "tags of the stream; not part of this type" },
	{ "VectorIndexes", "not offered in every region" },
	{ NULL, NULL },
};

static const char *const differs[][3] = {
	{ "AttributeDefinitions", "required", "only an import goes without" },
	{ "GlobalSecondaryIndexes", "length", "DynamoDB's own limit" },
	{ "GlobalSecondaryIndexes/KeySchema", "length", "DynamoDB's own limit" },
	{ "GlobalSecondaryIndexes/Projection/NonKeyAttributes", "length", "DynamoDB's own limit" },
	{ "LocalSecondaryIndexes", "length", "DynamoDB's own limit" },
	{ "LocalSecondaryIndexes", "replace", "AWS has no call that changes them" },
	{ "LocalSecondaryIndexes/Projection/NonKeyAttributes", "length", "DynamoDB's own limit" },
	{ "TableId", "extra", "tells a table from one made again under its name" },
	{ NULL, NULL, NULL },
};

static const struct aws_type impl = {
	.service = "dynamodb",
	.ops = ops,
	.retries = retries,
	.exists = "ResourceInUseException",
	.incarnation = "TableId",
	.lock = "TableName",
};

const struct type aws_type_dynamodb_table = {
	.name = "AWS::DynamoDB::Table",
	.doc = "A table.",
	.flags = TYPE_HOLDS_DATA,
	.props = props,
	.id = "TableName",
	.name_prop = "TableName",
	.check = check,
	.replaces = replaces,
	.left_out = left_out,
	.differs = differs,
	.impl = &impl,
};
