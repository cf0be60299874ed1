#include "cmd/show.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/report.h"
#include "base/banned.h"

static int compare(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

const char **show_addresses(const struct session *s, size_t *ret_len)
{
	const char **all = arena_array(s->cli->arena, state_len(s->state) + 1, sizeof(*all));
	size_t n = 0;

	state_each(s->state, r)
	{
		all[n++] = r->address;
	}
	qsort(all, n, sizeof(*all), compare);
	*ret_len = n;
	return all;
}

static void set_true(struct arena *a, struct value *v, const char *key, bool on)
{
	if (on)
		value_set(a, v, key, value_bool(a, true));
}

static struct value *describe(struct arena *a, const struct state_resource *r)
{
	struct value *v = value_map(a), *needs = value_list(a), *deposed = value_list(a);

	value_set(a, v, "type", value_string(a, r->type));
	if (r->current) {
		value_set(a, v, "id", value_string(a, r->current->id));
		value_set(a, v, "properties", r->current->props);
		value_set(a, v, "attributes", r->current->attributes);
	}
	for (size_t i = 0; i < r->depends.len; i++)
		value_append(a, needs, value_string(a, r->depends.items[i]));
	for (size_t i = 0; i < r->deposed.len; i++)
		value_append(a, deposed, value_string(a, r->deposed.items[i]->id));
	if (value_len(needs))
		value_set(a, v, "depends", needs);
	if (value_len(deposed))
		value_set(a, v, "deposed", deposed);
	set_true(a, v, "protect", r->protect);
	set_true(a, v, "retain", r->retain);
	set_true(a, v, "empty_on_destroy", r->empty_on_destroy);
	if (r->pending)
		value_set(a, v, "unfinished", value_get(r->pending, "operation"));
	if (r->deleted_by)
		value_set(a, v, "deleted_by", value_string(a, r->deleted_by));
	return v;
}

int show_resource(struct session *s, const char *address)
{
	struct cli *cli = s->cli;
	const struct state_resource *r = state_get(s->state, address);
	const char **all, *near;
	size_t n;

	if (r) {
		if (cli->options.json)
			print_json(cli->out, describe(cli->arena, r));
		else
			print_value(cli->out, describe(cli->arena, r), 0);
		return EXIT_DONE;
	}
	all = show_addresses(s, &n);
	diag_error(cli->diags, D_CONFIG, NO_SPAN, "the state has no resource \"%s\"", address);
	near = str_nearest(address, all, n);
	if (near)
		diag_hint(cli->diags, "did you mean \"%s\"?", near);
	return -1;
}

static void set_text(struct arena *a, struct value *v, const char *key, const char *text)
{
	if (text)
		value_set(a, v, key, value_string(a, text));
}

static struct value *describe_all(struct session *s)
{
	struct arena *a = s->cli->arena;
	struct value *v = value_map(a), *resources = value_map(a), *outputs = value_map(a);
	const char **all;
	size_t n;

	set_text(a, v, "stack", s->state->stack);
	set_text(a, v, "stage", s->state->stage);
	set_text(a, v, "account", s->state->account);
	set_text(a, v, "region", s->state->region);
	value_set(a, v, "serial", value_int(a, s->state->serial));
	all = show_addresses(s, &n);
	for (size_t i = 0; i < n; i++)
		value_add_pair(a, resources, all[i], NO_SPAN,
			       describe(a, state_get(s->state, all[i])));
	value_set(a, v, "resources", resources);
	value_each_pair(s->state->outputs, p) {
		value_set(a, outputs, p->key, value_get(p->value, "value"));
	}
	value_set(a, v, "outputs", outputs);
	return v;
}

int show_all(struct session *s)
{
	struct cli *cli = s->cli;

	if (cli->options.json)
		print_json(cli->out, describe_all(s));
	else
		print_value(cli->out, describe_all(s), 0);
	return EXIT_DONE;
}

static int show(struct session *s)
{
	struct cli *cli = s->cli;

	if (session_open(s, cli) || session_load_state(s))
		return -1;
	if (cli->options.args.len)
		return show_resource(s, cli->options.args.items[0]);
	return show_all(s);
}

int cmd_show(struct cli *cli)
{
	struct session s = { .cli = cli };
	int code = show(&s);

	session_close(&s);
	return code;
}
