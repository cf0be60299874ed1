/* AWS::DynamoDB::Table: one index change a call, and every change waits until the table rests. */
#include <string.h>

#include "providers/aws/dynamodb.h"
#include "providers/aws/policy_equal.h"

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

/* --- update --- */

/* The type of a key never changes: a table's needs another table, an index is made anew. */
static bool replaces(const char *name, const struct value *want, const struct value *have)
{
	if (!str_eq(name, "AttributeDefinitions"))
		return false;
	if (!dynamodb_same_types(value_get(have, "KeySchema"), want, have))
		return true;
	value_each_item(value_get(have, "LocalSecondaryIndexes"), index)
		if (!dynamodb_same_types(value_get(index, "KeySchema"), want, have))
			return true;
	return false;
}

/* clang-format off */
#define ABSENT "ResourceNotFoundException"
static const struct aws_op ops[] = {
	OP(CREATE, "CreateTable", .in = "TableName", .groups = G_FIXED | G_TABLE | G_INDEXES | G_SSE | G_POLICY | G_TAGS,
	   .tags = TAGS_LIST, .root = "TableDescription", .build = build_create, .wait = &dynamodb_rests),
	OP(READ, "DescribeTable", .in = "TableName", .groups = G_FIXED | G_TABLE | G_INDEXES | G_SSE, .root = "Table", .absent = ABSENT, .parse = parse_table),
	OP(READ, "ListTagsOfResource", .in = "ResourceArn=Arn", .groups = G_TAGS, .tags = TAGS_LIST, .list = "Tags", .page = "NextToken", .parse = parse_tags),
	OP(READ, "DescribeTimeToLive", .in = "TableName", .groups = G_TTL, .parse = parse_ttl),
	OP(READ, "DescribeContinuousBackups", .in = "TableName", .groups = G_PITR, .parse = parse_pitr),
	OP(READ, "GetResourcePolicy", .in = "ResourceArn=Arn", .groups = G_POLICY, .unset = "PolicyNotFoundException", .parse = parse_policy),
	STEP(UPDATE, "UpdateTable", dynamodb_update, .groups = G_TABLE | G_INDEXES | G_SSE),
	STEP(PUT, "UpdateTimeToLive", dynamodb_put_ttl, .groups = G_TTL),
	OP(PUT, "UpdateContinuousBackups", .in = "TableName", .groups = G_PITR),
	OP(UPDATE, "PutResourcePolicy", .in = "ResourceArn=Arn", .groups = G_POLICY, .when = WHEN_SET, .build = build_policy),
	OP(UPDATE, "DeleteResourcePolicy", .in = "ResourceArn=Arn", .groups = G_POLICY, .when = WHEN_CLEARED),
	OP(UPDATE, "UntagResource", .in = "ResourceArn=Arn", .groups = G_TAGS, .tags = TAGS_LIST, .when = WHEN_REMOVED),
	OP(UPDATE, "TagResource", .in = "ResourceArn=Arn", .groups = G_TAGS, .tags = TAGS_LIST, .when = WHEN_ADDED),
	STEP(REMOVE, "UpdateTable", dynamodb_lift_protection),
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
	.unseen = "ResourceNotFoundException|TableNotFoundException",
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
