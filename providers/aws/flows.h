/* flows.h - what run.c, create.c, find.c and provider.c call of each other; not for types. */
#ifndef AWS_FLOWS_H
#define AWS_FLOWS_H

#include "providers/aws/run.h"

int flow_read(struct aws_run *r);
int flow_create(struct aws_run *r);
int flow_update(struct aws_run *r);
int flow_delete(struct aws_run *r);
/* A read with a marker: what the create that bore it has made. */
int flow_read_by_marker(struct aws_run *r);

/* Look for it, in all that the read rows need: enum aws_found, or -1. Makes no mutating call. */
int flow_find(struct aws_run *r);
/* The item of a list that `match` and `alike` mean; NULL: none. Of a FIND row it is none that is on
 * record. */
const struct value *flow_find_item(struct aws_run *r, const struct aws_op *op,
				   const struct value *output);
/* How long AWS may not show what was just made: 20 s, or CINFRA_SETTLE_SECONDS, 0 to 600, for
 * tests. */
int64_t flow_settle_ms(void);
/* How long after it was signed AWS may still carry out a request, milliseconds. */
int64_t flow_late_ms(const char *service);

/* The row that proves existence. */
int flow_read_first(struct aws_run *r, const struct aws_op *op, bool *absent);
/* The same; right after a create, "not found" proves nothing and is asked again for a while. */
int flow_read_fresh(struct aws_run *r, const struct aws_op *op, bool *absent);
/* Decode a create's reply into live and attributes. */
int flow_take_reply(struct aws_run *r, const struct aws_op *op, const struct aws_reply *reply);
void flow_finish_read(struct aws_run *r);
int flow_create_rest(struct aws_run *r, const struct aws_op *first);
/* Is this computed property another one once the update is done? */
bool flow_is_stale(const struct aws_run *r, const struct prop *p);
/* Fill computed properties that follow from others. */
void flow_derive(struct aws_run *r);
/* id and incarnation from what is known. */
void flow_identify(struct aws_run *r);

#endif
