/* AWS::IAM::Role */
#include "providers/aws/policy_equal.h"
#include "providers/aws/run.h"

enum {
	G_TRUST = G_A,
	G_SETTINGS = G_B,
	G_BOUNDARY = G_C,
	G_ATTACHED = G_D,
	G_INLINE = G_E,
	G_FIXED = G_F,
};

/* clang-format off */
static const struct prop inline_policy[] = {
	PROP("PolicyName", STRING, P_REQUIRED, LENGTH(1, 128), .pattern = "[A-Za-z0-9_+=,.@-]+", .doc = "Name."),
	PROP("PolicyDocument", JSON, P_REQUIRED, .equal = aws_policy_equal, .doc = "Policy document."),
	PROP_END
};
static const struct prop props[] = {
	PROP("RoleName", STRING, P_REPLACE, .group = G_ID, LENGTH(1, 64), .pattern = "[A-Za-z0-9_+=,.@-]+", .doc = "Name, unique in the account."),
	PROP("Path", STRING, P_REPLACE, .group = G_FIXED, .def = "\"/\"", LENGTH(1, 512), .pattern = "/|/[!-~]+/", .doc = "Path before the name in the ARN."),
	PROP("AssumeRolePolicyDocument", JSON, P_REQUIRED, .group = G_TRUST, .equal = aws_policy_equal, .doc = "Who may assume the role."),
	PROP("Description", STRING, 0, .group = G_SETTINGS, .def = "\"\"", LENGTH(0, 1000), .pattern = "[[:print:][:space:]]*", .doc = "Description."),
	PROP("MaxSessionDuration", INT, 0, .group = G_SETTINGS, .def = "3600", .unit = "s", RANGE(3600, 43200), .doc = "Seconds a session may last."),
	PROP("PermissionsBoundary", STRING, 0, .group = G_BOUNDARY, LENGTH(20, 2048), .doc = "ARN of the policy that bounds the role."),
	PROP("ManagedPolicyArns", LIST, P_SET, .group = G_ATTACHED, .pattern = "arn:(aws[a-zA-Z-]*)?:iam::([0-9]{12}|aws):policy/[a-zA-Z_0-9+=,.@/_-]+", .doc = "ARNs of attached policies."),
	PROP("Policies", LIST, P_KEYED, OF(OBJECT), .group = G_INLINE, .key = "PolicyName", .sub = inline_policy, .doc = "Inline policies."),
	PROP("Tags", MAP, P_TAGS, .group = G_TAGS, LENGTH(0, 50), .doc = "Tags."),
	PROP("Arn", STRING, P_COMPUTED | P_STATIC, .group = G_FIXED,
	     .derive = "arn:${partition}:iam::${account}:role${Path|/}${RoleName}", .doc = "ARN."),
	PROP("RoleId", STRING, P_COMPUTED | P_STATIC, .group = G_FIXED, .doc = "Id, another one for each role of the same name."),
	PROP_END
};
/* clang-format on */

/* The boundary comes as an object, the ARN alone is CloudFormation's. */
static void normalize(struct aws_run *r, struct value *live, struct value *attributes)
{
	const struct value *boundary = value_get(live, "PermissionsBoundary");
	(void)r, (void)attributes;
	if (value_is(boundary, VALUE_MAP))
		value_set(r->a, live, "PermissionsBoundary",
			  value_get(boundary, "PermissionsBoundaryArn"));
}

static int parse_attached(struct aws_run *r, const struct aws_op *op, const struct aws_reply *reply,
			  struct value *live)
{
	struct value *arns = value_list(r->a);
	const struct value *list = as_list(r->a, value_get(reply->output, "AttachedPolicies"));
	(void)op;
	value_each_item(list, p)
		value_append(r->a, arns, value_get(p, "PolicyArn"));
	value_set(r->a, live, "ManagedPolicyArns", arns);
	return 0;
}

/* --- inline policies: the ones we manage, by name --- */

static const struct aws_op get_inline = {
	.verbs = READ,
	.name = "GetRolePolicy",
	.in = "RoleName",
	.absent = "NoSuchEntity",
};
static const struct aws_op put_inline = { .verbs = UPDATE,
					  .name = "PutRolePolicy",
					  .in = "RoleName" };
static const struct aws_op delete_inline = {
	.verbs = REMOVE,
	.name = "DeleteRolePolicy",
	.in = "RoleName",
	.absent = "NoSuchEntity",
};

static int read_one(struct aws_run *r, struct value *into, const struct value *name)
{
	static const struct prop row = { .name = "Policies",
					 .type = PROP_OBJECT,
					 .sub = inline_policy };
	struct value *input;
	struct aws_reply *reply;
	if (run_input(r, &get_inline, READ, &input))
		return -1;
	value_set(r->a, input, "PolicyName", (struct value *)name);
	int rc = run_call(r, &get_inline, input, &reply, NULL);
	if (rc < 0)
		return run_fail(r);
	if (!rc)
		value_append(r->a, into, decode_value(r, &row, reply->output));
	return 0;
}

static bool has_policy(const struct value *list, const char *name)
{
	value_each_item(list, p)
		if (str_eq(value_text_at(p, "PolicyName"), name))
			return true;
	return false;
}

static int read_inline(struct aws_run *r, const struct aws_op *op)
{
	struct value *found = value_list(r->a);
	const struct value *lists[] = { value_get(r->op->wanted, "Policies"),
					value_get(r->op->recorded, "Policies") };
	(void)op;
	for (size_t i = 0; i < 2; i++)
		value_each_item(lists[i], p) {
			const struct value *name = value_get(p, "PolicyName");
			if (!value_text(name) || (i && has_policy(lists[0], value_text(name))))
				continue;
			if (read_one(r, found, name))
				return -1;
		}
	value_set(r->a, r->live, "Policies", found);
	return 0;
}

static int inline_call(struct aws_run *r, const struct aws_op *op, const struct value *policy)
{
	struct value *input;
	struct aws_reply *reply;
	if (run_input(r, op, op->verbs, &input))
		return -1;
	value_set(r->a, input, "PolicyName", value_get(policy, "PolicyName"));
	if (op == &put_inline) {
		const struct prop doc = { .name = "PolicyDocument", .type = PROP_JSON };
		value_set(r->a, input, "PolicyDocument",
			  encode_value(r, &doc, value_get(policy, "PolicyDocument"), false));
	}
	return run_call(r, op, input, &reply, NULL) < 0 ? run_fail(r) : 0;
}

static bool is_there(const struct value *live, const struct value *policy)
{
	value_each_item(live, p)
		if (value_equal(value_get(p, "PolicyName"), value_get(policy, "PolicyName")) &&
		    aws_policy_equal(value_get(policy, "PolicyDocument"), value_get(p, "PolicyDocum"
										       "ent")))
			return true;
	return false;
}

static int put_all(struct aws_run *r, const struct aws_op *op)
{
	const struct value *want = value_get(r->op->wanted, "Policies");
	const struct value *live = value_get(r->op->live, "Policies");
	(void)op;
	value_each_item(want, p)
		if (!is_there(live, p) && inline_call(r, &put_inline, p))
			return -1;
	return 0;
}

static int delete_gone(struct aws_run *r, const struct aws_op *op)
{
	const struct value *want = value_get(r->op->wanted, "Policies");
	const struct value *old = value_get(r->op->recorded, "Policies");
	(void)op;
	value_each_item(old, p)
		if (!has_policy(want, value_text_at(p, "PolicyName")) &&
		    inline_call(r, &delete_inline, p))
			return -1;
	return 0;
}

/* UpdateAssumeRolePolicy calls the document otherwise than CreateRole. */
static int trust_member(struct aws_run *r, const struct aws_op *op, struct value *input)
{
	(void)op;
	value_set(r->a, input, "PolicyDocument", value_get(input, "AssumeRolePolicyDocument"));
	value_remove(input, "AssumeRolePolicyDocument");
	return 0;
}

/* clang-format off */
static const struct aws_op ops[] = {
	OP(CREATE, "CreateRole", .in = "RoleName", .groups = G_TRUST | G_SETTINGS | G_BOUNDARY | G_FIXED | G_TAGS,
	   .tags = TAGS_LIST, .root = "Role"),
	OP(READ, "GetRole", .in = "RoleName", .groups = G_TRUST | G_SETTINGS | G_BOUNDARY | G_FIXED | G_TAGS, .root = "Role",
	   .tags = TAGS_LIST, .tags_as = "Role.Tags", .absent = "NoSuchEntity"),
	OP(READ, "ListAttachedRolePolicies", .in = "RoleName", .groups = G_ATTACHED, .each = "ManagedPolicyArns", .list = "AttachedPolicies", .page = "Marker",
	   .parse = parse_attached),
	STEP(READ, "GetRolePolicy", read_inline, .groups = G_INLINE),
	OP(UPDATE, "UpdateAssumeRolePolicy", .in = "RoleName", .groups = G_TRUST, .build = trust_member),
	OP(UPDATE, "UpdateRole", .in = "RoleName", .groups = G_SETTINGS),
	OP(UPDATE, "PutRolePermissionsBoundary", .in = "RoleName", .groups = G_BOUNDARY, .when = WHEN_SET),
	OP(UPDATE, "DeleteRolePermissionsBoundary", .in = "RoleName", .groups = G_BOUNDARY, .when = WHEN_CLEARED, .absent = "NoSuchEntity"),
	OP(CREATE | UPDATE, "AttachRolePolicy", .in = "RoleName", .groups = G_ATTACHED, .each = "ManagedPolicyArns", .each_as = "PolicyArn", .when = WHEN_ADDED),
	OP(UPDATE | REMOVE, "DetachRolePolicy", .in = "RoleName", .groups = G_ATTACHED, .each = "ManagedPolicyArns", .each_as = "PolicyArn",
	   .when = WHEN_REMOVED, .absent = "NoSuchEntity"),
	STEP(PUT, "PutRolePolicy", put_all, .groups = G_INLINE),
	STEP(UPDATE | REMOVE, "DeleteRolePolicy", delete_gone, .groups = G_INLINE),
	OP(UPDATE, "UntagRole", .in = "RoleName", .groups = G_TAGS, .tags = TAGS_LIST, .when = WHEN_REMOVED),
	OP(UPDATE, "TagRole", .in = "RoleName", .groups = G_TAGS, .tags = TAGS_LIST, .when = WHEN_ADDED),
	OP(REMOVE, "DeleteRole", .in = "RoleName", .absent = "NoSuchEntity"),
	OP_END
};
static const struct aws_retry retries[] = {
	RETRY(.code = "MalformedPolicyDocument", .text = "Invalid principal in policy", .seconds = 120, .what = "a new principal to become visible to IAM"),
	RETRY(.op = "DeleteRole", .code = "DeleteConflict", .seconds = 30, .what = "IAM to see that the role's policies are gone"),
	RETRY(.code = "ConcurrentModification|EntityTemporarilyUnmodifiable", .seconds = 120, .what = "another change of the role to finish"),
	RETRY(.op = "AttachRolePolicy", .code = "NoSuchEntity", .seconds = 20, .what = "the new role or policy to become visible"),
	RETRY(.op = "PutRolePolicy", .code = "NoSuchEntity", .seconds = 20, .what = "the new role to become visible"),
	RETRY_END
};
/* clang-format on */

static const struct aws_type impl = {
	.service = "iam",
	.ops = ops,
	.retries = retries,
	.exists = "EntityAlreadyExists",
	.incarnation = "RoleId",
	.lock = "RoleName",
	.normalize = normalize,
};

const struct type aws_type_iam_role = {
	.name = "AWS::IAM::Role",
	.doc = "A role.",
	.props = props,
	.id = "RoleName",
	.name_prop = "RoleName",
	.impl = &impl,
};
