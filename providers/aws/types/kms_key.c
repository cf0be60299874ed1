/* AWS::KMS::Key */
#include <string.h>

#include "providers/aws/policy_equal.h"
#include "providers/aws/run.h"

enum {
	G_FIXED = G_A,
	G_POLICY = G_B,
	G_ROTATION = G_C,
	G_ENABLED = G_D,
	G_WINDOW = G_E,
	G_DESCRIPTION = G_F,
};

/* clang-format off */
static const struct prop props[] = {
	PROP("Description", STRING, 0, .group = G_DESCRIPTION, .def = "\"\"", LENGTH(0, 8192), .doc = "Description."),
	PROP("KeyPolicy", JSON, 0, .group = G_POLICY, .wire = "Policy", .equal = aws_policy_equal, .doc = "Who may use and manage the key."),
	PROP("Enabled", BOOL, 0, .group = G_ENABLED, .def = "true", .doc = "Whether it can be used."),
	PROP("EnableKeyRotation", BOOL, 0, .group = G_ROTATION, .wire = "KeyRotationEnabled", .def = "false", .doc = "New key material every year."),
	PROP("RotationPeriodInDays", INT, P_CREATE_DEFAULT, .group = G_ROTATION, .unit = "d", .reset = "365", RANGE(90, 2560), .doc = "Days between new key material."),
	PROP("KeySpec", STRING, P_REPLACE, .group = G_FIXED, .def = "\"SYMMETRIC_DEFAULT\"",
	     VALUES("SYMMETRIC_DEFAULT", "RSA_2048", "RSA_3072", "RSA_4096", "ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521",
		    "ECC_SECG_P256K1", "ECC_NIST_EDWARDS25519", "HMAC_224", "HMAC_256", "HMAC_384", "HMAC_512", "SM2",
		    "ML_DSA_44", "ML_DSA_65", "ML_DSA_87"), .doc = "Kind of key."),
	PROP("KeyUsage", STRING, P_REPLACE, .group = G_FIXED, .def = "\"ENCRYPT_DECRYPT\"",
	     VALUES("ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"), .doc = "What it is for."),
	PROP("MultiRegion", BOOL, P_REPLACE, .group = G_FIXED, .def = "false", .doc = "A key that can be replicated to other regions."),
	PROP("Origin", STRING, P_REPLACE, .group = G_FIXED, .def = "\"AWS_KMS\"", VALUES("AWS_KMS", "EXTERNAL"), .doc = "Where key material comes from."),
	PROP("PendingWindowInDays", INT, P_WRITE_ONLY, .group = G_WINDOW, .unit = "d", .def = "30", RANGE(7, 30), .doc = "Days between destroy and the end of the key."),
	PROP("BypassPolicyLockoutSafetyCheck", BOOL, P_WRITE_ONLY, .group = G_POLICY, .def = "false", .doc = "Accept a policy that locks its writer out."),
	PROP("Tags", MAP, P_TAGS, .group = G_TAGS, .doc = "Tags."),
	PROP("Arn", STRING, P_COMPUTED | P_STATIC, .group = G_FIXED, .doc = "ARN."),
	PROP("KeyId", STRING, P_COMPUTED | P_STATIC, .group = G_FIXED, .doc = "Id."),
	PROP_END
};
/* clang-format on */

/* A key that waits for its deletion is gone for all we care. */
static int parse_key(struct aws_run *r, const struct aws_op *op, const struct aws_reply *reply,
		     struct value *live)
{
	const char *state = value_text(value_path(reply->output, "KeyMetadata.KeyState"));
	(void)r, (void)op, (void)live;
	return code_in(state, "PendingDeletion|PendingReplicaDeletion");
}

/* --- find by marker --- */

static int build_find(struct aws_run *r, const struct aws_op *op, struct value *input)
{
	struct value *filter = value_map(r->a), *filters = value_list(r->a),
		     *values = value_list(r->a);
	(void)op;
	value_append(r->a, values, value_string(r->a, r->op->marker ? r->op->marker : ""));
	value_set(r->a, filter, "Key", value_string(r->a, MARKER_TAG));
	value_set(r->a, filter, "Values", values);
	value_append(r->a, filters, filter);
	value_set(r->a, input, "TagFilters", filters);
	return 0;
}

static int parse_find(struct aws_run *r, const struct aws_op *op, const struct aws_reply *reply,
		      struct value *live)
{
	(void)live;
	value_each_item(value_get(reply->output, op->list), found) {
		const char *arn = value_text_at(found, "ResourceARN");
		const char *id = arn ? strrchr(arn, '/') : NULL;
		struct value *key = value_map(r->a);
		if (!id)
			continue;
		value_set(r->a, key, "KeyId", value_string(r->a, id + 1));
		if (run_on_record(r, key))
			continue;
		value_merge(r->a, r->attributes, key, false);
		return 0;
	}
	return 1;
}

/* --- rotation: one call to begin, another to end --- */

static int put_rotation(struct aws_run *r, const struct aws_op *op)
{
	bool on = value_bool_or(value_get(r->op->wanted, "EnableKeyRotation"), false);
	const struct value *period = value_get(r->op->wanted, "RotationPeriodInDays");
	const struct aws_op call = {
		.verbs = UPDATE,
		.name = on ? "EnableKeyRotation" : "DisableKeyRotation",
		.in = "KeyId",
	};
	struct value *input;
	struct aws_reply *reply;
	(void)op;
	if (run_input(r, &call, UPDATE, &input))
		return -1;
	if (on && period)
		value_set(r->a, input, "RotationPeriodInDays", (struct value *)period);
	return run_call(r, &call, input, &reply, NULL) < 0 ? run_fail(r) : 0;
}

static bool wants_enabled(const struct aws_run *r)
{
	return value_bool_or(value_get(r->op->wanted, "Enabled"), true);
}

static bool rotation_changes(const struct aws_run *r)
{
	const char *const names[] = { "EnableKeyRotation", "RotationPeriodInDays" };
	for (size_t i = 0; i < 2; i++)
		if (value_get(r->changed, names[i]) || value_get(r->cleared, names[i]))
			return true;
	return false;
}

/* A disabled key refuses changes of its rotation: it is enabled for them. */
static bool to_enable(struct aws_run *r)
{
	bool disabled = !value_bool_or(value_get(r->op->live, "Enabled"), true);
	return disabled && (wants_enabled(r) || rotation_changes(r));
}

static bool to_disable(struct aws_run *r)
{
	bool enabled = value_bool_or(value_get(r->op->live, "Enabled"), true);
	return !wants_enabled(r) && (enabled || rotation_changes(r));
}

static int build_deletion(struct aws_run *r, const struct aws_op *op, struct value *input)
{
	const struct value *days = value_get(r->op->recorded, "PendingWindowInDays");
	(void)op;
	if (days)
		value_set(r->a, input, "PendingWindowInDays", (struct value *)days);
	return 0;
}

static int build_policy(struct aws_run *r, const struct aws_op *op, struct value *input)
{
	(void)op;
	if (value_get(input, "Policy") && *value_text_at(input, "Policy"))
		return 0;
	value_set(r->a, input, "Policy",
		  value_printf(r->a,
			       "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
			       "\"Principal\":{"
			       "\"AWS\":\"arn:%s:iam::%s:root\"},\"Action\":\"kms:*\",\"Resource\":"
			       "\"*\"}]}",
			       r->account->partition, r->account->id));
	return 0;
}

static int key_only(struct aws_run *r, const struct aws_op *op, struct value *input)
{
	struct value *id = value_get(input, "KeyId");
	(void)op;
	input->map.len = 0;
	value_set(r->a, input, "KeyId", id);
	return 0;
}

/* clang-format off */
static const struct aws_op ops[] = {
	OP(CREATE, "CreateKey", .groups = G_FIXED | G_DESCRIPTION | G_POLICY | G_TAGS, .tags = TAGS_KMS, .root = "KeyMetadata"),
	OP(FIND, "GetResources", .service = "tagging", .fixed = "{\"ResourceTypeFilters\":[\"kms:key\"]}", .build = build_find,
	   .list = "ResourceTagMappingList", .page = "PaginationToken", .parse = parse_find),
	OP(READ, "DescribeKey", .in = "KeyId", .groups = G_FIXED | G_DESCRIPTION | G_ENABLED, .root = "KeyMetadata", .parse = parse_key, .absent = "NotFoundException"),
	OP(READ, "GetKeyPolicy", .in = "KeyId", .fixed = "{\"PolicyName\":\"default\"}", .groups = G_POLICY),
	OP(READ, "GetKeyRotationStatus", .in = "KeyId", .groups = G_ROTATION, .unset = "UnsupportedOperationException"),
	OP(READ, "ListResourceTags", .in = "KeyId", .groups = G_TAGS, .tags = TAGS_KMS, .list = "Tags", .page = "Marker=NextMarker"),
	OP(UPDATE, "EnableKey", .in = "KeyId", .groups = G_ENABLED | G_ROTATION, .only = to_enable, .build = key_only),
	OP(UPDATE, "UpdateKeyDescription", .in = "KeyId", .groups = G_DESCRIPTION),
	OP(UPDATE, "PutKeyPolicy", .in = "KeyId", .fixed = "{\"PolicyName\":\"default\"}", .groups = G_POLICY, .build = build_policy),
	STEP(PUT, "EnableKeyRotation", put_rotation, .groups = G_ROTATION),
	OP(UPDATE, "UntagResource", .in = "KeyId", .groups = G_TAGS, .tags = TAGS_KMS, .when = WHEN_REMOVED),
	OP(UPDATE, "TagResource", .in = "KeyId", .groups = G_TAGS, .tags = TAGS_KMS, .when = WHEN_ADDED),
	OP(PUT, "DisableKey", .in = "KeyId", .groups = G_ENABLED | G_ROTATION, .only = to_disable, .build = key_only),
	OP(REMOVE, "ScheduleKeyDeletion", .in = "KeyId", .build = build_deletion, .absent = "NotFoundException|KMSInvalidStateException"),
	OP_END
};
static const struct aws_retry retries[] = {
	RETRY(.code = "MalformedPolicyDocumentException", .seconds = 120, .what = "a new principal to become visible to KMS"),
	RETRY_END
};
/* clang-format on */

static void check(const struct value *v, struct diags *d)
{
	const struct value *spec = value_get(v, "KeySpec");
	const struct value *rotation = value_get(v, "EnableKeyRotation");
	bool symmetric =
		!spec || value_has_unknown(spec) || str_eq(value_text(spec), "SYMMETRIC_DEFAULT");
	if (!symmetric && value_bool_or(rotation, false))
		diag_error(d, D_CONFIG, rotation->span, "only symmetric keys rotate by themselves");
	const struct value *period = value_get(v, "RotationPeriodInDays");
	if (period && !value_bool_or(rotation, false) && !value_has_unknown(rotation))
		diag_error(d, D_CONFIG, period->span,
			   "RotationPeriodInDays needs EnableKeyRotation: true");
}

static const char *const differs[][3] = {
	{ "KeySpec", "replace", "AWS has no call that changes it" },
	{ "KeyUsage", "replace", "AWS has no call that changes it" },
	{ "MultiRegion", "replace", "AWS has no call that changes it" },
	{ "Origin", "replace", "AWS has no call that changes it" },
	{ NULL, NULL, NULL },
};

static const struct aws_type impl = {
	.service = "kms",
	.unseen = "NotFoundException",
	.ops = ops,
	.retries = retries,
	.duplicates = true,
};

const struct type aws_type_kms_key = {
	.name = "AWS::KMS::Key",
	.doc = "A KMS key.",
	.flags = TYPE_HOLDS_DATA | TYPE_CREATE_FIRST,
	.props = props,
	.id = "KeyId",
	.check = check,
	.differs = differs,
	.impl = &impl,
};
