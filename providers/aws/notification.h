/* notification.h - what a bucket tells whom: collected from functions and from the bucket itself,
 * made one node, since S3 keeps it as one document. */
#ifndef AWS_NOTIFICATION_H
#define AWS_NOTIFICATION_H

#include "providers/aws/expand.h"

enum notice_to { NOTICE_FUNCTION, NOTICE_QUEUE, NOTICE_TOPIC };

/* `event`, `prefix` and `suffix` of an event or notification. */
extern const struct prop notice_words[];

/* Add to a bucket's notification: `words` checked by notice_words, `needs` the address of what
 * must be there before S3 accepts it (NULL: nothing). */
void x_notify(struct expansion *x, struct item *bucket, enum notice_to to, struct value *arn,
	      const struct value *words, struct span at, const char *needs);
/* The node of all that was added; nothing without any. */
void x_notify_finish(struct expansion *x, struct item *bucket);

#endif
