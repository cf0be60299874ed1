/* AWS::KMS::Alias */
#include <string.h>

#include "providers/aws/run.h"

/* A key's id and its ARN name the same key. */
static bool same_key(const struct value *a, const struct value *b)
{
	const char *x = value_text(a), *y = value_text(b);
	if (!x || !y)
		return false;
	const char *p = strrchr(x, '/'), *q = strrchr(y, '/');
	return str_eq(p ? p + 1 : x, q ? q + 1 : y);
}

/* A name is taken over only with the key behind it. */
static int whose(struct aws_run *r)
{
	const struct value *want = value_get(r->op->wanted, "TargetKeyId");
	bool ours = same_key(want, value_get(r->live, "TargetKeyId"));
	return ours ? FOUND_OURS : FOUND_FOREIGN;
}

/* clang-format off */
static const struct prop props[] = {
	PROP("AliasName", STRING, P_REQUIRED | P_REPLACE, .group = G_ID, LENGTH(1, 256), .pattern = "alias/[a-zA-Z0-9:/_-]+", .doc = "Name; begins with alias/."),
	PROP("TargetKeyId", STRING, P_REQUIRED | P_FIND, LENGTH(1, 256), .equal = same_key, .doc = "Key."),
	PROP_END
};
static const struct aws_op ops[] = {
	OP(CREATE, "CreateAlias", .in = "AliasName", .groups = G_MAIN),
	OP(READ, "ListAliases", .fixed = "{\"Limit\":100}", .list = "Aliases", .match = "AliasName", .page = "Marker=NextMarker", .shared = true, .groups = G_MAIN, .needs = "TargetKeyId"),
	OP(UPDATE, "UpdateAlias", .in = "AliasName", .groups = G_MAIN),
	OP(REMOVE, "DeleteAlias", .in = "AliasName", .absent = "NotFoundException"),
	OP_END
};
static const struct aws_retry retries[] = {
	RETRY(.op = "CreateAlias", .code = "NotFoundException", .seconds = 60, .what = "the new key to become visible"),
	RETRY_END
};
/* clang-format on */

static void check(const struct value *v, struct diags *d)
{
	const struct value *name = value_get(v, "AliasName");
	if (str_starts(value_text(name), "alias/aws/"))
		diag_error(d, D_CONFIG, name->span,
			   "names that begin with alias/aws/ belong to AWS");
}

static const struct aws_type impl = {
	.service = "kms",
	.ops = ops,
	.retries = retries,
	.exists = "AlreadyExistsException",
	.lock = "AliasName",
	.untagged = true,
	.whose = whose,
};

const struct type aws_type_kms_alias = {
	.name = "AWS::KMS::Alias",
	.doc = "A name of a KMS key.",
	.props = props,
	.id = "AliasName",
	.name_prop = "AliasName",
	.check = check,
	.impl = &impl,
};
