/* memo.h - replies that many resources of one refresh share: asked once, waited for by the rest.
 * (All permissions of a function are read by one GetPolicy.) */
#ifndef AWS_MEMO_H
#define AWS_MEMO_H

#include "providers/aws/run.h"

struct aws_memo *memo_new(void);
/* For one batch, run by one thread: all share the reply itself, in the memory of the one that
 * asked. A copy of a hundred alarms for each of a hundred is 10,000 alarms. */
struct aws_memo *memo_new_for_batch(void);
void memo_free(struct aws_memo *m);
/* Something was changed: what was asked before is asked again. */
void memo_forget(struct aws_memo *m);
/* `call` once per distinct request; every caller gets its own copy of the outcome. */
int memo_call(struct aws_run *r, const struct aws_op *op, struct aws_call *c, struct aws_reply *ret,
	      int (*call)(struct aws_run *, const struct aws_op *, struct aws_call *,
			  struct aws_reply *));

#endif
