#include "test.h"
#include "fake_cloud.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "model/json.h"

static const struct prop rows[] = {
	PROP("Name", STRING, P_REPLACE),
	PROP("Size", INT, 0),
	PROP("Ref", STRING, 0),
	PROP("Secret", STRING, 0),
	PROP("Fixed", STRING, P_REPLACE),
	PROP("Arn", STRING, P_COMPUTED | P_STATIC),
	PROP_END,
};
static const struct type types[] = {
	{ .name = "Fake::Named", .props = rows, .id = "Name", .name_prop = "Name" },
	{ .name = "Fake::Anon", .props = rows, .id = "Arn", .flags = TYPE_CREATE_FIRST },
	{ .name = "Fake::Batch", .props = rows, .id = "Arn", .batch = 10 },
};
static const char *const verbs[] = { [OPERATION_READ] = "read",
				     [OPERATION_CREATE] = "create",
				     [OPERATION_UPDATE] = "update",
				     [OPERATION_DELETE] = "delete" };

static struct fake *of_provider(struct provider *p)
{
	return (struct fake *)p;
}

static struct fake *of_backend(struct backend *b)
{
	return (struct fake *)((char *)b - offsetof(struct fake, backend));
}

/* --- moments --- */

static void remember(struct fake *f, const char *what)
{
	struct fake_moment *m = arena_new_of(f->a, struct fake_moment);

	m->what = what;
	m->texts[0] = f->texts[0];
	m->texts[1] = f->texts[1];
	for (size_t i = 0; i < f->objects.len; i++)
		if (!f->objects.items[i]->gone)
			vec_push(f->a, &m->objects, *f->objects.items[i]);
	vec_push(f->a, &f->moments, m);
}

/* --- the store --- */

static int read_object(struct backend *b, enum backend_object o, struct arena *a, char **ret,
		       size_t *ret_len, const char **ret_version, struct diags *d)
{
	struct fake *f = of_backend(b);

	(void)d;
	pthread_mutex_lock(&f->mutex);
	f->reads++;
	*ret = arena_strdup(a, f->texts[o]);
	*ret_version = arena_strdup(a, f->versions[o]);
	pthread_mutex_unlock(&f->mutex);
	*ret_len = *ret ? strlen(*ret) : 0;
	return *ret ? 0 : 1;
}

static int write_object(struct backend *b, enum backend_object o, const char *data, size_t len,
			const char *expected, struct arena *a, const char **ret_version,
			struct diags *d)
{
	struct fake *f = of_backend(b);

	pthread_mutex_lock(&f->mutex);
	if (f->write_fails && f->write_fails(f, o)) {
		pthread_mutex_unlock(&f->mutex);
		return diag_error(d, D_IO, NO_SPAN, "the store is full");
	}
	if (!str_eq(f->versions[o], expected)) {
		pthread_mutex_unlock(&f->mutex);
		return 1;
	}
	f->writes[o]++;
	f->texts[o] = arena_strndup(f->a, data, len);
	f->versions[o] = arena_printf(f->a, "v%d", ++f->versions_made);
	*ret_version = arena_strdup(a, f->versions[o]);
	remember(f, o == OBJECT_STATE ? "write state" : "write operation");
	pthread_mutex_unlock(&f->mutex);
	return 0;
}

static int64_t age_of(struct backend *b, enum backend_object o, struct diags *d)
{
	(void)b;
	(void)o;
	(void)d;
	return 0;
}

static const char *describe(const struct backend *b)
{
	(void)b;
	return "memory";
}

/* --- the cloud --- */

static const struct fake_rule *rule_of(const struct fake *f, const char *call)
{
	for (size_t i = 0; i < f->rules.len; i++)
		if (str_eq(f->rules.items[i].call, call))
			return &f->rules.items[i];
	return NULL;
}

static bool has_ended(const struct fake *f, const char *call)
{
	for (size_t i = 0; i < f->ended.len; i++)
		if (str_eq(f->ended.items[i], call))
			return true;
	return false;
}

static struct fake_object *by_id(const struct fake *f, const char *id)
{
	for (size_t i = 0; i < f->objects.len; i++)
		if (!f->objects.items[i]->gone && str_eq(f->objects.items[i]->id, id))
			return f->objects.items[i];
	return NULL;
}

static void answer(struct fake *f, struct operation *op, const struct fake_object *o)
{
	(void)f;
	op->ret_id = arena_strdup(op->arena, o->id);
	op->ret_incarnation = arena_strdup(op->arena, o->incarnation);
	op->ret_live = value_copy(op->arena, o->props);
	op->ret_attributes = value_map(op->arena);
	if (op->kind == OPERATION_UPDATE) /* its reply has none */
		value_merge(op->arena, op->ret_attributes, op->attributes, false);
	else
		value_set(op->arena, op->ret_attributes, "Arn",
			  value_printf(op->arena, "arn:%s", o->id));
}

static struct fake_object *make_object(struct fake *f, const struct operation *op)
{
	struct fake_object *o = arena_new_of(f->a, struct fake_object);
	const char *name = value_text_at(op->wanted, "Name");
	int n = ++f->objects_made;

	o->id = name ? arena_strdup(f->a, name) : arena_printf(f->a, "anon-%d", n);
	o->address = arena_strdup(f->a, op->address);
	o->type = op->type->name;
	o->marker = arena_strdup(f->a, op->marker);
	o->incarnation = arena_printf(f->a, "i%d", n);
	o->props = value_copy(f->a, op->wanted);
	vec_push(f->a, &f->objects, o);
	return o;
}

static bool is_known(const struct operation *op, const char *id)
{
	for (size_t i = 0; op->known && op->known[i]; i++)
		if (str_eq(op->known[i], id))
			return true;
	return false;
}

/* What a create with this marker has made, if it is not on record. */
static void find_marked(struct fake *f, struct operation *op)
{
	op->absent = true;
	for (size_t i = 0; op->absent && i < f->objects.len; i++) {
		const struct fake_object *o = f->objects.items[i];

		if (o->gone || !str_eq(o->marker, op->marker) || is_known(op, o->id))
			continue;
		op->absent = false;
		op->unmarked = f->unmarked;
		answer(f, op, o);
	}
}

static bool is_taken(const struct fake *f, const struct operation *op)
{
	const char *name = value_text_at(op->wanted, "Name");

	return op->kind == OPERATION_CREATE && name && by_id(f, name);
}

/* The effect of a call; under the mutex. */
static int carry_out(struct fake *f, struct operation *op)
{
	if (op->kind == OPERATION_READ && op->marker) {
		find_marked(f, op);
		return 0;
	}
	if (is_taken(f, op))
		return diag_error(op->diags, D_CONFLICT, NO_SPAN, "it exists");

	const char *id = op->id ? op->id : value_text_at(op->wanted, "Name");
	struct fake_object *o = op->kind == OPERATION_CREATE ? make_object(f, op) : by_id(f, id);

	if (!o) {
		op->absent = true;
		return op->kind == OPERATION_UPDATE ? -1 : 0;
	}
	if (op->kind == OPERATION_UPDATE) {
		o->props = value_copy(f->a, op->wanted);
		f->put_mark = arena_strdup(f->a, op->marker);
	}
	if (op->kind == OPERATION_DELETE)
		o->gone = true;
	else
		answer(f, op, o);
	return 0;
}

static int refuse(struct operation *op, enum diag_code code)
{
	op->failed = diag_error(op->diags, code, NO_SPAN, "it failed");
	return -1;
}

/* Wait as the rule says; under the mutex. */
static void obey(struct fake *f, const struct fake_rule *rule)
{
	if (rule->kind == FAKE_SIGNAL)
		__atomic_add_fetch(&f->stop, rule->count, __ATOMIC_RELAXED);
	while (rule->kind == FAKE_WAIT_FOR && !has_ended(f, rule->arg))
		pthread_cond_wait(&f->changed, &f->mutex);
	while (rule->kind == FAKE_HANG && !f->released)
		pthread_cond_wait(&f->changed, &f->mutex);
}

static int run_one(struct fake *f, struct operation *op)
{
	const char *call;
	size_t type = (size_t)(op->type - types);
	const struct fake_rule *rule;
	int r = 0;

	pthread_mutex_lock(&f->mutex);
	call = arena_printf(f->a, "%s %s", verbs[op->kind], op->address);
	rule = rule_of(f, call);
	if (++f->running[type] > f->most[type])
		f->most[type] = f->running[type];
	if (op->kind != OPERATION_READ) {
		vec_push(f->a, &f->begun, call);
		remember(f, arena_printf(f->a, "begin %s", call));
	}
	if (f->slow_ms) {
		pthread_mutex_unlock(&f->mutex);
		usleep((useconds_t)f->slow_ms * 1000);
		pthread_mutex_lock(&f->mutex);
	}
	if (rule)
		obey(f, rule);
	if (rule && rule->kind == FAKE_ABSENT && f->absent++ < rule->count)
		op->absent = true;
	else if (rule && rule->kind == FAKE_FAIL)
		r = refuse(op, D_REMOTE);
	else if (rule && rule->kind == FAKE_REFUSE)
		r = refuse(op, D_AUTH);
	else if (rule && rule->kind == FAKE_SIGNAL && rule->arg)
		r = refuse(op, D_INTERRUPTED);
	else
		r = carry_out(f, op);
	if (rule && rule->kind == FAKE_FAIL_HALF_WAY) {
		op->created(op->ctx, op);
		op->ret_live = op->ret_attributes = NULL;
		r = refuse(op, D_REMOTE);
	}
	if (rule && rule->kind == FAKE_MAKE_TWO) {
		make_object(f, op);
		op->surplus = true;
	}
	if (rule && rule->kind == FAKE_FAIL_UNCERTAIN) {
		op->ret_id = NULL;
		op->uncertain = true;
		r = refuse(op, D_REMOTE);
	}
	f->running[type]--;
	if (op->kind != OPERATION_READ)
		remember(f, arena_printf(f->a, "end %s", call));
	vec_push(f->a, &f->ended, call);
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->mutex);
	return r;
}

static int run(struct provider *p, struct operation *const *ops, size_t n)
{
	int r = 0;

	for (size_t i = 0; i < n; i++) {
		assert_ptr_equal(ops[i]->type, ops[0]->type);
		ops[i]->failed = run_one(of_provider(p), ops[i]);
		r |= ops[i]->failed;
	}
	return r;
}

static const struct type *find_type(const char *name)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (str_eq(types[i].name, name))
			return &types[i];
	return NULL;
}

/* pace() has no provider: one fake at a time. */
static struct fake *current;

static int pace(const struct type *type)
{
	(void)type;
	return current->pace;
}

static const char *lock_key(struct arena *a, const struct type *type, const struct value *props,
			    const char *address)
{
	(void)type;
	(void)address;
	return current->lock_by_ref ? arena_strdup(a, value_text_at(props, "Ref")) : NULL;
}

static int64_t settle_ms(const struct type *type)
{
	return type->name_prop ? 0 : 1;
}

static int64_t late_ms(const struct type *type)
{
	(void)type;
	return current->late_ms;
}

static void on_event(void *ctx, const struct event *e)
{
	static const char *const names[] = { "started", "waiting", "done", "failed",
					     "stopped", "skipped", "note" };
	struct fake *f = ctx;

	str_addf(&f->events, "%s %s %s%s%s\n", names[e->kind], verbs[e->operation],
		 e->change ? e->change->address : "", e->text ? ": " : "", e->text ? e->text : "");
}

/* --- what tests call --- */

struct fake *fake_new(void)
{
	struct fake *f = calloc(1, sizeof(*f));

	current = f;
	f->a = arena_new();
	f->run = arena_new();
	pthread_mutex_init(&f->mutex, NULL);
	pthread_cond_init(&f->changed, NULL);
	f->provider = (struct provider){
		.type = find_type,
		.run = run,
		.pace = pace,
		.lock_key = lock_key,
		.settle_ms = settle_ms,
		.late_ms = late_ms,
	};
	f->backend = (struct backend){
		.read = read_object, .write = write_object, .age_ms = age_of, .describe = describe
	};
	f->pace = 64;
	f->engine = (struct engine){
		.provider = &f->provider,
		.backend = &f->backend,
		.account = { .id = "123456789012", .partition = "aws", .region = "eu-central-1" },
		.on_event = on_event,
		.ctx = f,
		.stop = &f->stop,
		.command = "apply"
	};
	return f;
}

void fake_free(struct fake *f)
{
	pthread_mutex_destroy(&f->mutex);
	pthread_cond_destroy(&f->changed);
	str_free(&f->events);
	arena_free(f->run);
	arena_free(f->a);
	free(f);
}

/* Text "@address.Property" is a reference, "!text" a secret. */
static struct value *read_value(struct arena *a, const struct value *v)
{
	const char *text = value_text(v), *dot;
	struct value *copy;

	if (value_is(v, VALUE_MAP)) {
		copy = value_map(a);
		value_each_pair(v, p) {
			value_set(a, copy, p->key, read_value(a, p->value));
		}
		return copy;
	}
	copy = value_copy(a, v);
	if (text && *text == '!') {
		copy = value_string(a, text + 1);
		copy->flags |= VALUE_SENSITIVE;
	}
	if (!text || *text != '@')
		return copy;
	dot = strrchr(text, '.');
	return value_expr(a,
			  expr_attribute(a, arena_strndup(a, text + 1, (size_t)(dot - text - 1)),
					 dot + 1, NO_SPAN),
			  NO_SPAN);
}

static struct resource *find_wanted(struct fake *f, const char *address)
{
	for (size_t i = 0; i < f->wanted.len; i++)
		if (str_eq(f->wanted.items[i]->address, address))
			return f->wanted.items[i];
	return NULL;
}

struct resource *fake_want(struct fake *f, const char *address, const char *type, const char *json)
{
	struct resource *r = find_wanted(f, address);
	struct value *v = json_parse(f->a, json, strlen(json), NULL);

	assert_non_null(v);
	if (!r) {
		r = arena_new_of(f->a, struct resource);
		r->address = address;
		vec_push(f->a, &f->wanted, r);
	}
	r->type = find_type(type);
	r->props = read_value(f->a, v);
	return r;
}

void fake_unwant(struct fake *f, const char *address)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->wanted.len; i++)
		if (!str_eq(f->wanted.items[i]->address, address))
			f->wanted.items[kept++] = f->wanted.items[i];
	f->wanted.len = kept;
}

void fake_output(struct fake *f, const char *name, const char *ref)
{
	struct output *o = arena_new_of(f->a, struct output);

	if (!f->stack) {
		f->stack = arena_new_of(f->a, struct stack);
		f->stack->name = "s";
	}
	o->name = name;
	o->value = read_value(f->a, value_string(f->a, ref));
	vec_push(f->a, &f->stack->outputs, o);
}

void fake_rule(struct fake *f, const char *call, enum fake_rule_kind kind, const char *arg)
{
	struct fake_rule rule = { .call = call, .kind = kind, .arg = arg, .count = 1 };

	vec_push(f->a, &f->rules, rule);
}

void fake_forget_rules(struct fake *f)
{
	f->rules.len = 0;
}

int fake_load(struct fake *f)
{
	return engine_load(&f->engine, f->run, "s", NULL, &f->state, &f->operation, f->diags);
}

int fake_plan(struct fake *f)
{
	const char *replaces[] = { f->replace, NULL };
	struct plan_input in = { .stack = f->stack,
				 .wanted = &f->wanted,
				 .provider = &f->provider,
				 .account = &f->engine.account,
				 .destroy = f->destroy,
				 .replaces = replaces };
	enum lease lease;

	arena_free(f->run);
	f->run = arena_new();
	f->diags = diags_new(f->run);
	f->begun.len = f->ended.len = f->moments.len = 0;
	memset(f->most, 0, sizeof(f->most));
	str_clear(&f->events);
	if (fake_load(f))
		return -1;
	lease = engine_lease(&f->engine, f->operation, f->diags);
	if (lease != LEASE_HELD &&
	    engine_recover(&f->engine, f->run, f->state, f->operation, &f->recovery, f->diags))
		return -1;
	in.unfinished = lease == LEASE_DEAD;
	in.in_progress = lease == LEASE_HELD;
	if (engine_refresh(&f->engine, f->run, f->state, &f->wanted, false, &in.observed, f->diags))
		return -1;
	in.recorded = engine_recorded(f->run, f->state, &f->provider, &in.recorded_len);
	in.recorded_outputs = f->state->outputs;
	return plan_make(f->run, &in, &f->plan, f->diags);
}

int fake_apply(struct fake *f)
{
	if (fake_plan(f))
		return -1;
	f->begun.len = f->ended.len = f->moments.len = 0;
	memset(f->most, 0, sizeof(f->most));
	remember(f, "start");
	return engine_apply(&f->engine, f->run, f->plan, f->state, f->operation, &f->result,
			    f->diags);
}

static const char *with_dead_owner(struct fake *f, const char *text)
{
	struct operation_doc *op;
	size_t len;

	assert_int_equal(operation_parse(f->a, text, strlen(text), "", &op, diags_new(f->a)), 0);
	if (!op->owner)
		return text;
	if (f->dies_elsewhere)
		op->unlocked = true;
	value_set(f->a, op->owner, f->dies_elsewhere ? "boot_id" : "start_time",
		  f->dies_elsewhere ? value_string(f->a, "other") : value_int(f->a, 1));
	return operation_write(f->a, op, &len);
}

void fake_die_at(struct fake *f, const struct fake_moment *m, bool objects)
{
	f->texts[OBJECT_STATE] = m->texts[OBJECT_STATE];
	f->versions[OBJECT_STATE] = m->texts[OBJECT_STATE] ? "before" : NULL;
	f->texts[OBJECT_OPERATION] = m->texts[OBJECT_OPERATION];
	f->versions[OBJECT_OPERATION] = m->texts[OBJECT_OPERATION] ? "dead" : NULL;
	if (m->texts[OBJECT_OPERATION])
		f->texts[OBJECT_OPERATION] = with_dead_owner(f, m->texts[OBJECT_OPERATION]);
	if (!objects)
		return;
	f->objects.len = 0;
	for (size_t i = 0; i < m->objects.len; i++) {
		struct fake_object *o = arena_new_of(f->a, struct fake_object);

		*o = m->objects.items[i];
		vec_push(f->a, &f->objects, o);
	}
}

const struct fake_moment *fake_moment(const struct fake *f, const char *what)
{
	for (size_t i = 0; i < f->moments.len; i++)
		if (str_eq(f->moments.items[i]->what, what))
			return f->moments.items[i];
	fail_msg("no moment %s", what);
	return NULL;
}

static const char *join(struct fake *f, const char *const *calls, size_t len)
{
	_cleanup_str_ struct str text = STR_INIT;

	for (size_t i = 0; i < len; i++)
		if (!str_starts(calls[i], "read "))
			str_addf(&text, "%s%s", text.len ? ", " : "", calls[i]);
	return str_dup(&text, f->a);
}

const char *fake_log(struct fake *f)
{
	return join(f, f->ended.items, f->ended.len);
}

const char *fake_begun(struct fake *f)
{
	return join(f, f->begun.items, f->begun.len);
}

struct fake_object *fake_object(struct fake *f, const char *address)
{
	for (size_t i = f->objects.len; i-- > 0;)
		if (!f->objects.items[i]->gone && str_eq(f->objects.items[i]->address, address))
			return f->objects.items[i];
	return NULL;
}

size_t fake_objects(const struct fake *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->objects.len; i++)
		n += !f->objects.items[i]->gone;
	return n;
}

void fake_release(struct fake *f)
{
	pthread_mutex_lock(&f->mutex);
	f->released = true;
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->mutex);
}

const char *fake_error(const struct fake *f)
{
	const struct diag *d = diags_first(f->diags);

	if (!d)
		return "";
	if (!d->context)
		return d->message;
	return arena_printf(f->a, "%s: %s", d->context, d->message);
}
