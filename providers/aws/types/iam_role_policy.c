/* AWS::IAM::RolePolicy: an inline policy of a role, a node of its own. */
#include "providers/aws/policy_equal.h"
#include "providers/aws/run.h"

/* clang-format off */
static const struct prop props[] = {
	PROP("RoleName", STRING, P_REQUIRED | P_REPLACE, .group = G_ID, LENGTH(1, 64), .pattern = "[A-Za-z0-9_+=,.@-]+", .doc = "Role that it belongs to."),
	PROP("PolicyName", STRING, P_REQUIRED | P_REPLACE, .group = G_ID, LENGTH(1, 128), .pattern = "[A-Za-z0-9_+=,.@-]+", .doc = "Name in the role."),
	PROP("PolicyDocument", JSON, 0, .equal = aws_policy_equal, .doc = "What the role may do."),
	PROP_END
};
static const struct aws_op ops[] = {
	OP(PUT, "PutRolePolicy", .in = "RoleName, PolicyName", .groups = G_MAIN),
	OP(READ, "GetRolePolicy", .in = "RoleName, PolicyName", .groups = G_MAIN, .absent = "NoSuchEntity"),
	OP(REMOVE, "DeleteRolePolicy", .in = "RoleName, PolicyName", .absent = "NoSuchEntity"),
	OP_END
};
static const struct aws_retry retries[] = {
	RETRY(.op = "PutRolePolicy", .code = "NoSuchEntity", .seconds = 20, .what = "the new role to become visible"),
	RETRY(.code = "ConcurrentModification|EntityTemporarilyUnmodifiable", .seconds = 120, .what = "another change of the role to finish"),
	RETRY_END
};
/* clang-format on */

static const struct aws_type impl = {
	.service = "iam",
	.ops = ops,
	.retries = retries,
	.lock = "RoleName",
	.untagged = true,
};

const struct type aws_type_iam_role_policy = {
	.name = "AWS::IAM::RolePolicy",
	.doc = "An inline policy of a role.",
	.flags = TYPE_INSIDE_PARENT,
	.props = props,
	.id = "PolicyName|RoleName",
	.parent = "RoleName",
	.impl = &impl,
};
