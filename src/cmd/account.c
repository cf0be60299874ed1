/* account.c - who we are: STS is asked on a thread of its own while the state is read. */
#include <errno.h>
#include <time.h>

#include "base/thread.h"
#include "cmd/session.h"
#include "providers/aws/provider.h"
#include "base/banned.h"

enum { LOOK_MS = 100 };

struct asking {
	pthread_t thread;
	struct aws_client *client;
	struct arena *arena; /* the thread's own, until it has ended */
	struct diags *diags;
	int failed;
};

static bool stop_asked(void *ctx)
{
	const struct session *s = ctx;

	return stops_asked(s->cli->stop) > 0;
}

static bool permits(void *ctx)
{
	struct session *s = ctx;

	return engine_permits(&s->engine);
}

bool session_alive(void *ctx)
{
	struct session *s = ctx;

	return engine_alive(&s->engine);
}

static bool await_permit(void *ctx)
{
	struct session *s = ctx;

	return engine_await_permit(&s->engine);
}

/* The client remembers the answer. */
static void *ask(void *arg)
{
	struct asking *x = arg;
	const char *account, *partition, *arn;

	x->failed = aws_identity(x->client, x->arena, &account, &partition, &arn, x->diags);
	return NULL;
}

/* Without a thread the account is asked for when it is needed. */
static void begin_asking(struct session *s)
{
	struct asking *x = arena_new_of(s->cli->arena, struct asking);

	x->client = s->client;
	x->arena = arena_new();
	x->diags = diags_new(x->arena);
	if (thread_start(&x->thread, NULL, ask, x))
		arena_free(x->arena);
	else
		s->asking = x;
}

/* A second signal does not wait for a reply that may not come. */
static void wait_for_answer(const struct cli *cli, struct asking *x)
{
	for (;;) {
		struct timespec at;

		clock_gettime(CLOCK_REALTIME, &at);
		at.tv_nsec += LOOK_MS * 1000000L;
		at.tv_sec += at.tv_nsec / 1000000000;
		at.tv_nsec %= 1000000000;
		if (pthread_timedjoin_np(x->thread, NULL, &at) != ETIMEDOUT)
			return;
		if (stops_asked(cli->stop) > 1)
			aws_stop(x->client);
	}
}

/* `d`: where its errors go; NULL: nobody waits for the answer. */
static int end_asking(struct session *s, struct diags *d)
{
	struct asking *x = s->asking;

	if (!x)
		return 0;
	if (!d)
		aws_stop(x->client);
	wait_for_answer(s->cli, x);
	if (d)
		diags_merge(d, x->diags);
	arena_free(x->arena);
	s->asking = NULL;
	return x->failed;
}

static int check_account(struct session *s)
{
	const struct value *wanted = value_get(s->head->aws, "account");
	const char *text = wanted ? value_scalar_text(s->cli->arena, wanted) : NULL;

	if (!text || str_eq(text, s->engine.account.id))
		return 0;
	diag_error(s->cli->diags, D_AUTH, wanted->span,
		   "the stack is for account %s, but the credentials in use are for %s", text,
		   s->engine.account.id);
	diag_hint(s->cli->diags, "choose others with --profile or AWS_PROFILE");
	return -1;
}

int session_connect(struct session *s)
{
	struct cli *cli = s->cli;
	const struct options *o = &cli->options;
	const struct value *aws = s->head->aws;
	struct aws_options options = {
		.profile = o->profile ? o->profile : value_text_at(aws, "profile"),
		.region = o->region ? o->region : value_text_at(aws, "region"),
		.role = value_text_at(aws, "role"),
		.parallelism = (int)o->parallelism,
		.permit = permits,
		.alive = session_alive,
		.await_permit = await_permit,
		.mutating_ms = engine_call_ms(&s->engine),
		.cancelled = stop_asked,
		.ctx = s,
	};

	s->client = aws_client_new(&options, cli->diags);
	if (!s->client)
		return -1;
	aws_provider_free(s->provider);
	s->provider = s->engine.provider = aws_provider_new(cli->arena, s->client);
	begin_asking(s);
	return 0;
}

int session_account(struct session *s)
{
	if (!s->client || s->engine.account.id)
		return 0;
	if (end_asking(s, s->cli->diags) ||
	    s->provider->identity(s->provider, &s->engine.account, s->cli->diags))
		return -1;
	return check_account(s);
}

void session_disconnect(struct session *s)
{
	end_asking(s, NULL);
	aws_provider_free(s->provider);
	aws_client_free(s->client);
}
