#include "cmd/session.h"

#include <stdlib.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/hash.h"
#include "cmd/package.h"
#include "engine/lease.h"
#include "providers/aws/provider.h"
#include "base/banned.h"

static struct lang_options lang_options(const struct session *s)
{
	const struct options *o = &s->cli->options;

	return (struct lang_options){ .file = o->file ? o->file : "cinfra.yaml",
				      .stage = o->stage,
				      .vars = o->vars.items,
				      .var_files = o->var_files.items,
				      .provider = s->provider };
}

/* CINFRA_SETTLE_SECONDS makes waits short for tests; see docs/RELIABILITY.md. */
static int64_t arrival_ms(void)
{
	const char *text = getenv("CINFRA_SETTLE_SECONDS");
	int64_t seconds;

	return text && str_to_int64(text, &seconds) && seconds > 0 && seconds <= 60 ? seconds * 1000
										    : 0;
}

struct session *session_new(struct cli *cli)
{
	struct session *s = arena_new_of(cli->arena, struct session);

	s->cli = cli;
	return s;
}

/* For tests. */
static int read_lease_life(struct session *s)
{
	const char *text = getenv("CINFRA_LEASE_SECONDS");
	int64_t seconds;

	if (!text || !*text)
		return 0;
	if (!str_to_int64(text, &seconds) || seconds < LEASE_LIFE_MIN_S ||
	    seconds > LEASE_LIFE_MAX_S)
		return diag_error(s->cli->diags, D_CONFIG, NO_SPAN,
				  "CINFRA_LEASE_SECONDS is %d to %d, not \"%s\"", LEASE_LIFE_MIN_S,
				  LEASE_LIFE_MAX_S, text);
	s->engine.lease_life_ms = seconds * 1000;
	return 0;
}

int session_open(struct session *s, struct cli *cli)
{
	struct lang_options o;

	*s = (struct session){ .cli = cli };
	s->provider = aws_provider_new(cli->arena, NULL);
	o = lang_options(s);
	if (lang_peek(cli->arena, cli->sources, &o, &s->head, cli->diags))
		return -1;
	s->engine.provider = s->provider;
	s->engine.stop = cli->stop;
	s->engine.command = cli->command->name;
	s->engine.arrival_ms = arrival_ms();
	s->engine.parallelism = (int)cli->options.parallelism;
	s->folder = str_eq(s->head->dir, ".") ? ".cinfra"
					      : path_join(cli->arena, s->head->dir, ".cinfra");
	s->engine.folder = s->folder;
	return read_lease_life(s) || session_find_store(s) ? -1 : 0;
}

/* --- stack --- */

static const struct account *account_of(const struct session *s)
{
	return s->engine.account.id ? &s->engine.account : NULL;
}

static int load(struct session *s)
{
	struct cli *cli = s->cli;
	struct lang_options o = lang_options(s);

	o.account = account_of(s);
	o.random = s->state ? s->state->random : NULL;
	return lang_load(cli->arena, cli->sources, &o, &s->stack, cli->diags);
}

static char *draw_text(struct arena *a, const struct random_value *r)
{
	static const char lower[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	static const char all[] = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char special[] = "abcdefghijklmnopqrstuvwxyz0123456789-_.!";
	static const char full[] = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-"
				   "_.!";
	const char *letters = r->upper ? r->special ? full : all : r->special ? special : lower;
	size_t n = strlen(letters), limit = 256 / n * n,
	       len = r->length > 0 ? (size_t)r->length : 8;
	char *text = arena_alloc(a, len + 1);

	for (size_t i = 0; i < len;) {
		unsigned char byte;

		random_bytes(&byte, 1);
		if (byte < limit) /* the rest would favour the first letters */
			text[i++] = letters[byte % n];
	}
	return text;
}

/* True when any was missing: the stack is to be read again. */
static bool draw_missing(struct session *s)
{
	struct arena *a = s->cli->arena;
	bool drawn = false;

	for (size_t i = 0; i < s->stack->random.len; i++) {
		const struct random_value *r = &s->stack->random.items[i];

		if (value_get(s->state->random, r->name))
			continue;
		value_set(a, s->state->random, r->name, value_string(a, draw_text(a, r)));
		s->state->dirty = drawn = true;
	}
	return drawn;
}

static int expand(struct session *s)
{
	s->wanted = (struct resource_list){ 0 };
	return s->provider->expand(s->provider, s->cli->arena, s->stack, account_of(s), &s->wanted,
				   s->cli->diags);
}

/* Read the stack, expand it, and do so again when something came to light meanwhile. */
static int load_and_expand(struct session *s, bool draw)
{
	struct cli *cli = s->cli;
	bool again = false;
	int r = load(s);

	if (!r && draw && draw_missing(s)) {
		cli->diags = diags_new(cli->arena);
		r = load(s);
	}
	/* What could be read is expanded also then: all errors are told at once. */
	if ((s->stack && expand(s)) || r)
		return -1;
	if (!draw && !cli->options.build)
		return 0;
	if (package_build_all(cli, s->head->dir, s->folder, &s->wanted, &again))
		return -1;
	if (!again)
		return 0;
	cli->diags = diags_new(cli->arena);
	return load(s) || expand(s) ? -1 : 0;
}

/* Only the last reading's warnings are told; with --strict they are errors. */
int session_load_stack(struct session *s, bool draw)
{
	struct cli *cli = s->cli;
	struct diags *before = cli->diags;
	int r;

	cli->diags = diags_new(cli->arena);
	r = load_and_expand(s, draw);
	diags_merge(before, cli->diags);
	cli->diags = before;
	return r || (cli->options.strict && diags_warnings(before)) ? -1 : 0;
}

/* --- plan --- */

static void find_operation(struct session *s, struct plan_input *in)
{
	enum lease lease = engine_lease(&s->engine, s->operation, s->cli->diags);

	in->in_progress = lease == LEASE_HELD;
	in->unfinished = lease == LEASE_DEAD;
	if (lease != LEASE_FREE)
		in->operation = s->operation->id;
}

static struct plan_input plan_input(const struct session *s, bool destroy)
{
	const struct options *o = &s->cli->options;

	return (struct plan_input){ .stack = destroy ? NULL : s->stack,
				    .wanted = &s->wanted,
				    .observed = s->observed,
				    .provider = s->provider,
				    .account = account_of(s),
				    .targets = o->targets.items,
				    .excludes = o->excludes.items,
				    .replaces = o->replaces.items,
				    .destroy = destroy };
}

int session_plan(struct session *s, bool destroy)
{
	struct cli *cli = s->cli;
	struct plan_input in;

	if (session_recover(s, s->changes) ||
	    engine_refresh(&s->engine, cli->arena, s->state, &s->wanted,
			   cli->options.all_properties, &s->observed, cli->diags))
		return -1;
	in = plan_input(s, destroy);
	find_operation(s, &in);
	in.recorded = engine_recorded(cli->arena, s->state, s->provider, &in.recorded_len);
	in.recorded_outputs = s->state->outputs;
	if (plan_make(cli->arena, &in, &s->plan, cli->diags))
		return -1;
	s->plan->stack = s->head->name;
	s->plan->stage = s->head->stage;
	package_notes(cli->arena, s->head->dir, s->folder, &s->wanted, s->plan);
	package_paths(cli->arena, s->folder, &s->wanted);
	return package_check(s->plan, cli->diags);
}

int session_plan_dry(struct session *s)
{
	struct plan_input in;

	s->observed = map_new(s->cli->arena);
	in = plan_input(s, false);
	return plan_make(s->cli->arena, &in, &s->plan, s->cli->diags);
}

void session_close(struct session *s)
{
	s->cli->leave = s->engine.abandoned;
	if (s->cli->leave)
		return;
	if (s->engine.backend)
		s->engine.backend->close(s->engine.backend);
	session_disconnect(s);
	aws_client_free(s->store);
}
