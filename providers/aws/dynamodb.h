/* dynamodb.h - the steps in which a table changes, for types/dynamodb_table.c. */
#ifndef AWS_DYNAMODB_H
#define AWS_DYNAMODB_H

#include "providers/aws/run.h"

/* Groups of the table's properties. */
enum {
	G_FIXED = G_A,
	G_TABLE = G_B, /* what one UpdateTable can carry */
	G_INDEXES = G_C,
	G_SSE = G_D,
	G_TTL = G_E,
	G_PITR = G_F,
	G_POLICY = G_G,
};

extern const struct aws_wait dynamodb_rests;
/* Do both sides give the attributes of this key schema the same types? */
bool dynamodb_same_types(const struct value *schema, const struct value *want,
			 const struct value *have);
int dynamodb_update(struct aws_run *r, const struct aws_op *op);
int dynamodb_put_ttl(struct aws_run *r, const struct aws_op *op);
int dynamodb_lift_protection(struct aws_run *r, const struct aws_op *op);

#endif
