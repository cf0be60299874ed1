/* store.c - where the state is: in .cinfra beside the stack, or in S3. */
#include <string.h>

#include "base/thread.h"
#include "cmd/session.h"
#include "state/backend_s3.h"
#include "base/banned.h"

enum { POLL_MS = 2000 };

/* --- where --- */

int session_find_store(struct session *s)
{
	struct cli *cli = s->cli;
	const struct value *s3 = value_get(s->head->state, "s3");

	if (cli->options.state)
		return backend_s3_parse(cli->arena, cli->options.state, &s->bucket, &s->key,
					cli->diags);
	if (!s3)
		return 0;
	s->bucket = value_text_at(s3, "bucket");
	s->key = value_text_at(s3, "key");
	return backend_s3_check(s->bucket, s->key, s3->span, cli->diags);
}

/* --- the client of a state in S3 --- */

/* Until the run holds the lease it may be left at any moment. */
static bool may_end(void *ctx)
{
	const struct session *s = ctx;

	return !s->holds && stops_asked(s->cli->stop) > 0;
}

static const char *first(const char *a, const char *b, const char *c)
{
	return a ? a : b ? b : c;
}

/* What the state's block does not say is as for the stack's resources. */
static int open_client(struct session *s, const struct value *s3)
{
	const struct options *o = &s->cli->options;
	const struct value *aws = s->head->aws;
	const char *own = value_text_at(s3, "profile");
	struct aws_options options = {
		.profile = first(own, o->profile, value_text_at(aws, "profile")),
		.region =
			first(value_text_at(s3, "region"), o->region, value_text_at(aws, "region")),
		.role = first(value_text_at(s3, "role"), own ? NULL : value_text_at(aws, "role"),
			      NULL),
		.s3_endpoint = value_text_at(s3, "endpoint"),
		.alive = session_alive,
		.cancelled = may_end,
		.ctx = s,
	};

	s->store = aws_client_new(&options, s->cli->diags);
	return s->store ? 0 : -1;
}

/* The bucket is taken to be our own unless the stack says whose it is: who makes a bucket under a
 * name that we once had gets nothing of us. Other stores than S3 know no accounts. */
static int find_owner(struct session *s, const struct value *s3, const char **ret)
{
	const char *partition, *arn;
	bool own = value_get(s3, "profile") || value_get(s3, "role");

	*ret = value_text_at(s3, "account");
	if (*ret || value_get(s3, "endpoint"))
		return 0;
	if (!own && s->engine.account.id) {
		*ret = s->engine.account.id;
		return 0;
	}
	return aws_identity(s->store, s->cli->arena, ret, &partition, &arn, s->cli->diags);
}

static int open_s3(struct session *s)
{
	const struct value *s3 = value_get(s->head->state, "s3");
	struct backend_s3_options o = {
		.bucket = s->bucket,
		.key = s->key,
		.encryption = value_text_at(s3, "encryption"),
		.kms_key = value_text_at(s3, "kms_key"),
	};

	if (session_account(s) || open_client(s, s3) || find_owner(s, s3, &o.account))
		return -1;
	o.client = s->store;
	s->engine.backend = backend_s3_new(&o);
	return 0;
}

int session_open_store(struct session *s)
{
	const char *stage = s->head->stage;
	const char *name;

	if (s->engine.backend)
		return 0;
	if (s->bucket)
		return open_s3(s);
	name = arena_printf(s->cli->arena, "%s%s%s", s->head->name, stage ? "-" : "",
			    stage ? stage : "");
	s->engine.backend = backend_file_new(s->folder, name);
	return 0;
}

/* --- loading --- */

char *session_holder(struct arena *a, const struct operation_doc *op)
{
	return arena_printf(a, "%s, at work since %s", operation_who(a, op),
			    op->started ? op->started : "an unknown time");
}

static int load(struct session *s)
{
	struct cli *cli = s->cli;

	if (engine_load(&s->engine, cli->arena, s->head->name, s->head->stage, &s->state,
			&s->operation, cli->diags) ||
	    session_account(s))
		return -1;
	return engine_check_account(&s->engine, s->state, cli->diags);
}

/* Whoever comes too late after all finds out when it takes the lease. */
int session_load_state(struct session *s)
{
	struct cli *cli = s->cli;
	bool told = false;

	if (session_open_store(s) || load(s))
		return -1;
	while (cli_lock_time_left(cli) > 0 &&
	       engine_lease(&s->engine, s->operation, cli->diags) == LEASE_HELD) {
		int64_t left = cli_lock_time_left(cli);

		if (!told)
			fprintf(cli->err, "Waiting for %s.\n",
				session_holder(cli->arena, s->operation));
		told = true;
		if (!cli_pause(cli, left < POLL_MS ? left : POLL_MS))
			return diag_error(cli->diags, D_INTERRUPTED, NO_SPAN,
					  "interrupted; nothing was changed");
		if (load(s))
			return -1;
	}
	return 0;
}
