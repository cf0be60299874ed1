#include "providers/aws/apigatewayv2.h"

static int delete_key(struct aws_run *r, const struct aws_op *call, const char *member,
		      const char *key)
{
	struct value *input;
	struct aws_reply *reply;
	if (run_input(r, call, UPDATE, &input))
		return -1;
	value_set(r->a, input, member, value_string(r->a, key));
	return run_call(r, call, input, &reply, NULL) < 0 ? run_fail(r) : 0;
}

int apiv2_delete_gone(struct aws_run *r, const struct aws_op *call, const char *property,
		      const char *member)
{
	const struct value *want = value_get(r->op->wanted, property);
	value_each_pair(value_get(r->op->recorded, property), p) {
		if (!value_get(want, p->key) && delete_key(r, call, member, p->key))
			return -1;
	}
	return 0;
}
