/* provider.c - the provider seam: registry, identity, one operation or a batch of reads. */
#include "providers/aws/provider.h"

#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "providers/aws/expand.h"
#include "providers/aws/flows.h"
#include "providers/aws/memo.h"
#include "providers/aws/registry.h"

struct aws_provider {
	struct provider base;
	struct aws_client *client;
	struct aws_memo *memo;
	pthread_mutex_t lock;
	bool known; /* account is filled */
	struct account account;
	struct arena *arena;
};

static struct aws_provider *of(struct provider *p)
{
	return p->impl;
}

/* --- registry --- */

static const struct type *find_type(const char *name)
{
	for (size_t i = 0; i < aws_types_count; i++)
		if (str_eq(aws_types[i]->name, name))
			return aws_types[i];
	return NULL;
}

static const struct type *const *all_types(size_t *ret_len)
{
	*ret_len = aws_types_count;
	return aws_types;
}

static const struct kind *const *all_kinds(size_t *ret_len)
{
	*ret_len = aws_kinds_count;
	return aws_kinds;
}

static const struct kind *find_kind(const char *section)
{
	for (size_t i = 0; i < aws_kinds_count; i++)
		if (str_eq(aws_kinds[i]->section, section))
			return aws_kinds[i];
	return NULL;
}

/* --- identity --- */

static int identity(struct provider *base, struct account *ret, struct diags *d)
{
	struct aws_provider *p = of(base);
	int rc = 0;
	pthread_mutex_lock(&p->lock);
	if (!p->known) {
		p->account.region = aws_region(p->client);
		rc = aws_identity(p->client, p->arena, &p->account.id, &p->account.partition,
				  &p->account.arn, d);
		p->known = !rc;
	}
	*ret = p->account;
	pthread_mutex_unlock(&p->lock);
	return rc;
}

/* --- operations --- */

static int64_t deadline(const struct operation *op)
{
	return op->timeout_ms ? clock_monotonic_ms() + op->timeout_ms : 0;
}

/* Only then may replies be shared: other reads ask what is so now. */
static bool is_refresh(const struct operation *op)
{
	return op->kind == OPERATION_READ && !op->created_now && !op->marker;
}

static void begin(struct aws_provider *p, struct operation *op, struct aws_run *r)
{
	*r = (struct aws_run){
		.client = p->client,
		.op = op,
		.type = op->type,
		.aws = op->type->impl,
		.a = op->arena,
		.d = op->diags,
		.account = &p->account,
		.memo = is_refresh(op) ? p->memo : NULL,
		.live = value_map(op->arena),
		.attributes = value_map(op->arena),
		.deadline_ms = deadline(op),
		.since_ms = op->since_ms,
	};
}

/* Attributes that stay from before where this run learned nothing newer. */
static struct value *merged_attributes(const struct aws_run *r)
{
	struct value *out = value_map(r->a);
	value_merge(r->a, out, r->op->attributes, false);
	for (const struct prop *p = r->type->props; p->name; p++)
		if (flow_is_stale(r, p))
			value_remove(out, p->name);
	value_merge(r->a, out, r->attributes, false);
	return out;
}

static int flow(struct aws_run *r)
{
	switch (r->op->kind) {
	case OPERATION_READ:
		return r->op->marker ? flow_read_by_marker(r) : flow_read(r);
	case OPERATION_CREATE:
		return flow_create(r);
	case OPERATION_UPDATE:
		return flow_update(r);
	case OPERATION_DELETE:
		return flow_delete(r);
	}
	return -1;
}

static void finish(struct aws_run *r)
{
	struct operation *op = r->op;
	if (op->absent)
		return;
	flow_derive(r);
	if (!op->ret_id)
		flow_identify(r);
	op->ret_live = r->live;
	op->ret_attributes = op->kind == OPERATION_READ ? r->attributes : merged_attributes(r);
}

static int run_one(struct aws_provider *p, struct operation *op)
{
	struct aws_run r;
	begin(p, op, &r);
	op->failed = flow(&r) ? -1 : 0;
	if (op->kind != OPERATION_READ)
		memo_forget(p->memo);
	if (!op->failed || op->kind == OPERATION_CREATE)
		finish(&r);
	return op->failed;
}

/* --- batches: one call reads many by name --- */

static const struct aws_op *batch_op(const struct aws_run *r)
{
	const struct aws_op *op = run_find_op(r, NULL, READ);
	return op && op->batch_in ? op : NULL;
}

static int read_batch(struct aws_provider *p, struct operation *const *ops, size_t n)
{
	struct aws_run *runs = arena_array(ops[0]->arena, n, sizeof(*runs));
	struct value *names = value_list(ops[0]->arena);
	for (size_t i = 0; i < n; i++)
		begin(p, ops[i], &runs[i]);
	const struct aws_op *row = batch_op(&runs[0]);
	for (size_t i = 0; i < n; i++)
		value_append(ops[0]->arena, names,
			     (struct value *)run_identity(&runs[i], row->batch_by));
	int rc = 0;
	struct aws_memo *memo = memo_new_for_batch(); /* the first one asks */
	for (size_t i = 0; i < n; i++) {
		runs[i].memo = memo;
		runs[i].names = names;
		ops[i]->failed = flow_read(&runs[i]) ? -1 : 0;
		if (!ops[i]->failed)
			finish(&runs[i]);
		rc |= ops[i]->failed;
	}
	memo_free(memo);
	return rc;
}

static int run(struct provider *base, struct operation *const *ops, size_t n)
{
	struct aws_provider *p = of(base);
	const struct aws_type *aws = ops[0]->type->impl;
	bool batch = aws && ops[0]->type->batch > 0;
	for (size_t i = 0; i < n; i++)
		batch = batch && ops[i]->kind == OPERATION_READ && !ops[i]->marker;
	if (batch)
		return read_batch(p, ops, n);
	int rc = 0;
	for (size_t i = 0; i < n; i++)
		rc |= run_one(p, ops[i]);
	return rc;
}

/* --- what the plan asks --- */

static struct value *derive(struct provider *base, struct arena *a, const struct type *type,
			    const char *attribute, const struct value *props,
			    const struct account *account)
{
	(void)base;
	const struct prop *p = prop_find(type->props, attribute);
	return p && p->derive ? derive_text(a, p->derive, props, account) : NULL;
}

static int pace(const struct type *type)
{
	const struct aws_type *aws = type->impl;
	const struct aws_service *s = aws_service(aws->service);
	return aws->pace ? aws->pace : s ? s->in_flight : 10;
}

static int64_t late_ms(const struct type *type)
{
	const struct aws_type *aws = type->impl;
	return flow_late_ms(aws->service);
}

static const char *lock_key(struct arena *a, const struct type *type, const struct value *props,
			    const char *address)
{
	const struct aws_type *aws = type->impl;
	const char *text = aws->lock ? value_text_at(props, aws->lock) : NULL;
	(void)address;
	return text ? arena_printf(a, "%s %s", aws->service, text) : NULL;
}

static int expand(struct provider *base, struct arena *a, const struct stack *s,
		  const struct account *account, struct resource_list *ret, struct diags *d)
{
	return aws_expand(base, a, s, account, ret, d);
}

static int64_t settle_ms(const struct type *type)
{
	const struct aws_type *aws = type->impl;
	return aws->duplicates ? flow_settle_ms() : 0;
}

struct provider *aws_provider_new(struct arena *a, struct aws_client *client)
{
	struct aws_provider *p = arena_new_of(a, struct aws_provider);
	p->base = (struct provider){
		.type = find_type,
		.types = all_types,
		.kinds = all_kinds,
		.kind = find_kind,
		.identity = identity,
		.expand = expand,
		.run = run,
		.derive = derive,
		.pace = pace,
		.lock_key = lock_key,
		.late_ms = late_ms,
		.settle_ms = settle_ms,
		.impl = p,
	};
	p->client = client;
	p->arena = a;
	p->memo = memo_new();
	pthread_mutex_init(&p->lock, NULL);
	return &p->base;
}

void aws_provider_free(struct provider *base)
{
	if (!base)
		return;
	memo_free(of(base)->memo);
	pthread_mutex_destroy(&of(base)->lock);
}
