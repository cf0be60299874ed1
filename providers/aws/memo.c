#include "providers/aws/memo.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/memory.h"
#include "model/json.h"

struct memo_entry {
	bool ready;
	int rc;
	struct value *output;
	struct aws_error error;
};
struct aws_memo {
	pthread_mutex_t lock;
	pthread_cond_t done;
	struct arena *arena; /* under the lock */
	struct map *entries;
	bool lent; /* outcomes are handed out as they are, not copied */
};

struct aws_memo *memo_new(void)
{
	struct aws_memo *m = mem_zeroed(1, sizeof(*m));
	pthread_mutex_init(&m->lock, NULL);
	pthread_cond_init(&m->done, NULL);
	m->arena = arena_new();
	m->entries = map_new(m->arena);
	return m;
}

struct aws_memo *memo_new_for_batch(void)
{
	struct aws_memo *m = memo_new();
	m->lent = true;
	return m;
}

/* Entries stay, as others may wait for them; only nobody finds them any more. */
void memo_forget(struct aws_memo *m)
{
	pthread_mutex_lock(&m->lock);
	if (map_len(m->entries))
		m->entries = map_new(m->arena);
	pthread_mutex_unlock(&m->lock);
}

void memo_free(struct aws_memo *m)
{
	if (!m)
		return;
	arena_free(m->arena);
	pthread_cond_destroy(&m->done);
	pthread_mutex_destroy(&m->lock);
	free(m);
}

static void copy_error(struct arena *a, struct aws_error *to, const struct aws_error *from)
{
	*to = *from;
	to->code = arena_strdup(a, from->code);
	to->legacy_code = arena_strdup(a, from->legacy_code);
	to->message = arena_strdup(a, from->message);
	to->request_id = arena_strdup(a, from->request_id);
	to->host_id = arena_strdup(a, from->host_id);
}

/* Under the lock: the entry of this request; *mine when the caller is to make the call. */
static struct memo_entry *claim(struct aws_memo *m, const char *key, bool *mine)
{
	struct memo_entry *e = map_get(m->entries, key);
	*mine = !e;
	if (!e) {
		e = arena_new_of(m->arena, struct memo_entry);
		map_set(m->entries, arena_strdup(m->arena, key), e);
	}
	return e;
}

static void settle(struct aws_memo *m, struct memo_entry *e, int rc, const struct aws_reply *reply,
		   const struct aws_error *error)
{
	pthread_mutex_lock(&m->lock);
	e->rc = rc;
	if (!rc)
		e->output = m->lent ? reply->output : value_copy(m->arena, reply->output);
	else
		copy_error(m->arena, &e->error, error);
	e->ready = true;
	pthread_cond_broadcast(&m->done);
	pthread_mutex_unlock(&m->lock);
}

int memo_call(struct aws_run *r, const struct aws_op *op, struct aws_call *c, struct aws_reply *ret,
	      int (*call)(struct aws_run *, const struct aws_op *, struct aws_call *,
			  struct aws_reply *))
{
	struct aws_memo *m = r->memo;
	const char *key = arena_printf(r->a, "%s %s %s", c->service->id, op->name,
				       json_text(r->a, c->input, JSON_SORTED));
	bool mine;
	pthread_mutex_lock(&m->lock);
	struct memo_entry *e = claim(m, key, &mine);
	pthread_mutex_unlock(&m->lock);
	if (mine)
		settle(m, e, call(r, op, c, ret), ret, &r->error);
	pthread_mutex_lock(&m->lock);
	while (!e->ready)
		pthread_cond_wait(&m->done, &m->lock);
	int rc = e->rc;
	if (rc)
		copy_error(r->a, &r->error, &e->error);
	else
		ret->output = m->lent ? e->output : value_copy(r->a, e->output);
	pthread_mutex_unlock(&m->lock);
	return rc;
}
