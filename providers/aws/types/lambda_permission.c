/* AWS::Lambda::Permission: one statement of a function's policy. It is never changed, only made anew. */
#include <string.h>

#include "base/hash.h"
#include "model/json.h"
#include "providers/aws/patterns.h"
#include "providers/aws/run.h"

/* clang-format off */
static const struct prop props[] = {
	PROP("FunctionName", STRING, P_REQUIRED | P_REPLACE, .group = G_ID, LENGTH(1, 256), .pattern = PATTERN_FUNCTION, .doc = "Function: name or ARN, of an alias too."),
	PROP("Action", STRING, P_REQUIRED | P_REPLACE, .pattern = "lambda:[*]|lambda:[a-zA-Z]+|[*]", .doc = "Action allowed."),
	PROP("Principal", STRING, P_REQUIRED | P_REPLACE, LENGTH(1, 256), .doc = "Who may: a service, an account, an ARN or *."),
	PROP("SourceArn", STRING, P_REPLACE, LENGTH(12, 1024), .pattern = PATTERN_LAMBDA_ARN, .doc = "For this source only."),
	PROP("SourceAccount", STRING, P_REPLACE, LENGTH(12, 12), .pattern = "[0-9]{12}", .doc = "For sources of this account only."),
	PROP("EventSourceToken", STRING, P_REPLACE, .pattern = "[a-zA-Z0-9._-]+", LENGTH(1, 256), .doc = "Alexa skill."),
	PROP("FunctionUrlAuthType", STRING, P_REPLACE, VALUES("AWS_IAM", "NONE"), .doc = "For the function's URL."),
	PROP("InvokedViaFunctionUrl", BOOL, P_REPLACE, .doc = "For calls through the function's URL."),
	PROP("PrincipalOrgID", STRING, P_REPLACE, LENGTH(12, 34), .pattern = "o-[a-z0-9]{10,32}", .doc = "For members of this organization only."),
	PROP("Id", STRING, P_COMPUTED | P_STATIC, .group = G_ID, .doc = "Statement id."),
	PROP_END
};
/* clang-format on */

/* The id follows from the address, so that a permission is found again with no state at hand. */
static int build_add(struct aws_run *r, const struct aws_op *op, struct value *input)
{
	const char *digest = sha256_hex(r->a, r->op->address, strlen(r->op->address));
	struct value *id = value_printf(r->a, "cinfra-%.24s", digest);
	(void)op;
	value_set(r->a, input, "StatementId", id);
	value_set(r->a, r->attributes, "Id", id);
	return 0;
}

static const struct value *condition(const struct value *statement, const char *key)
{
	value_each_pair(value_get(statement, "Condition"), op)
		value_each_pair(op->value, c)
			if (str_eq_fold(c->key, key))
				return value_is(c->value, VALUE_LIST) ? value_item(c->value, 0)
								      : c->value;
	return NULL;
}

/* {"Service": x} is x, the root of an account is the account. */
static struct value *principal(struct aws_run *r, const struct value *v)
{
	const char *text = value_text(v);
	if (text)
		return (struct value *)v;
	const struct value *who =
		value_get(v, "Service") ? value_get(v, "Service") : value_get(v, "AWS");
	const char *arn = value_text(who);
	if (!arn || !str_starts(arn, "arn:") || !str_ends(arn, ":root"))
		return (struct value *)who;
	const char *account = strstr(arn, ":iam::");
	return account ? value_stringn(r->a, account + 6, strcspn(account + 6, ":"))
		       : (struct value *)who;
}

static void take_statement(struct aws_run *r, const struct value *statement, struct value *live)
{
	static const char *const conditions[][2] = {
		{ "AWS:SourceArn", "SourceArn" },
		{ "AWS:SourceAccount", "SourceAccount" },
		{ "lambda:EventSourceToken", "EventSourceToken" },
		{ "lambda:FunctionUrlAuthType", "FunctionUrlAuthType" },
		{ "lambda:InvokedViaFunctionUrl", "InvokedViaFunctionUrl" },
		{ "aws:PrincipalOrgID", "PrincipalOrgID" },
	};
	value_set(r->a, live, "Action", value_get(statement, "Action"));
	value_set(r->a, live, "Principal", principal(r, value_get(statement, "Principal")));
	for (size_t i = 0; i < sizeof(conditions) / sizeof(*conditions); i++) {
		const struct value *v = condition(statement, conditions[i][0]);
		const struct prop *row = prop_find(props, conditions[i][1]);
		if (v)
			value_set(r->a, live, row->name, decode_value(r, row, v));
	}
}

static int parse_policy(struct aws_run *r, const struct aws_op *op, const struct aws_reply *reply,
			struct value *live)
{
	const char *text = value_text_at(reply->output, "Policy");
	const struct value *policy = text ? json_parse(r->a, text, strlen(text), NULL) : NULL;
	const char *id = run_text(r, "Id");
	(void)op;
	if (!id)
		id = value_text(
			value_printf(r->a, "cinfra-%.24s",
				     sha256_hex(r->a, r->op->address, strlen(r->op->address))));
	const struct value *statements = as_list(r->a, value_get(policy, "Statement"));
	value_each_item(statements, s) {
		if (!str_eq(value_text_at(s, "Sid"), id))
			continue;
		take_statement(r, s, live);
		value_set(r->a, r->attributes, "Id", value_string(r->a, id));
		return 0;
	}
	return 1;
}

/* The statement id is the address's: one that says something else was made for what the address
 * said before. */
static int whose(struct aws_run *r)
{
	for (const struct prop *p = props; p->name; p++) {
		const struct value *want = value_get(r->op->wanted, p->name);
		const struct value *have = value_get(r->live, p->name);
		bool compared = p->group != G_ID && (want || have);
		if (compared && (!want || !have || !prop_equal(r->a, p, want, have)))
			return FOUND_OTHER;
	}
	return FOUND_OURS;
}

/* clang-format off */
#define POLICY "/2015-03-31/functions/{FunctionName}/policy"
static const struct aws_op ops[] = {
	OP(CREATE, "AddPermission", .method = "POST", .path = POLICY, .in = "FunctionName", .groups = G_MAIN, .build = build_add),
	OP(READ, "GetPolicy", .method = "GET", .path = POLICY, .in = "FunctionName", .shared = true, .parse = parse_policy,
	   .absent = "ResourceNotFoundException"),
	OP(REMOVE, "RemovePermission", .method = "DELETE", .path = POLICY "/{StatementId}", .in = "FunctionName, StatementId=Id",
	   .absent = "ResourceNotFoundException"),
	OP_END
};
static const struct aws_retry retries[] = {
	RETRY(.op = "AddPermission", .code = "ResourceNotFoundException", .seconds = 30, .what = "the new function to become visible"),
	RETRY(.code = "ResourceConflictException", .text = "in progress", .seconds = 300, .what = "an update of the function to finish"),
	RETRY(.code = "PreconditionFailedException", .seconds = 60, .what = "another change of the function's policy to finish"),
	RETRY_END
};
/* clang-format on */

static const struct aws_type impl = {
	.service = "lambda",
	.ops = ops,
	.retries = retries,
	.exists = "ResourceConflictException",
	.lock = "FunctionName",
	.untagged = true,
	.whose = whose,
};

const struct type aws_type_lambda_permission = {
	.name = "AWS::Lambda::Permission",
	.doc = "Who may invoke a function.",
	.flags = TYPE_INSIDE_PARENT,
	.props = props,
	.id = "FunctionName|Id",
	.parent = "FunctionName",
	.impl = &impl,
};
