/* dynamodb_update.c - changes of a table: one index change, one kind of change a call, and every one
 * waits until the table rests. */
#include "providers/aws/dynamodb.h"

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

const struct aws_wait dynamodb_rests = {
	.read = "DescribeTable",
	.done = table_rests,
	.timeout_s = 3600,
	.what = "the table to become active",
};

/* --- update: one index change, one kind of change a call --- */

static const struct aws_op update_table = { .verbs = UPDATE,
					    .name = "UpdateTable",
					    .in = "TableName" };

static int send_update(struct aws_run *r, struct value *input)
{
	struct aws_reply *reply;
	if (run_call(r, &update_table, input, &reply, NULL) == 0)
		return run_wait(r, &dynamodb_rests);
	run_fail(r);
	struct aws_error first = r->error;
	if (first.maybe_done) /* look only once it is done */
		run_wait(r, &dynamodb_rests);
	r->error = first;
	return -1;
}

static struct value *begin_update(struct aws_run *r)
{
	struct value *input = value_map(r->a);
	value_set(r->a, input, "TableName", (struct value *)run_identity(r, "TableName"));
	return input;
}

static const struct prop *index_rows(const struct aws_run *r)
{
	return prop_find(r->type->props, "GlobalSecondaryIndexes")->sub;
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

bool dynamodb_same_types(const struct value *schema, const struct value *want,
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

/* Keys and projection of an index never change: it is made anew. */
static bool same_index(struct aws_run *r, const struct value *a, const struct value *b)
{
	if (!dynamodb_same_types(value_get(b, "KeySchema"), r->op->wanted, r->op->live))
		return false;
	const char *const fixed[] = { "KeySchema", "Projection" };
	for (size_t i = 0; i < 2; i++)
		if (!prop_equal(r->a, prop_find(index_rows(r), fixed[i]), value_get(a, fixed[i]),
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
			  encode_value(r, prop_find(r->type->props, "AttributeDefinitions"),
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
		if (w && !prop_equal(r->a, prop_find(index_rows(r), kinds[i]), w,
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
	const struct prop row = { .name = "Index", .type = PROP_OBJECT, .sub = index_rows(r) };
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
	const struct prop *row = prop_find(r->type->props, "OnDemandThroughput");
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

int dynamodb_update(struct aws_run *r, const struct aws_op *op)
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

int dynamodb_put_ttl(struct aws_run *r, const struct aws_op *op)
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

int dynamodb_lift_protection(struct aws_run *r, const struct aws_op *op)
{
	struct value *input = begin_update(r);
	struct aws_reply *reply;
	(void)op;
	if (!value_bool_or(value_get(r->op->recorded, "DeletionProtectionEnabled"), false))
		return 0;
	value_set(r->a, input, "DeletionProtectionEnabled", value_bool(r->a, false));
	if (run_call(r, &update_table, input, &reply, NULL) < 0)
		return str_eq(r->error.code, "ResourceNotFoundException") ? 0 : run_fail(r);
	return run_wait(r, &dynamodb_rests);
}
