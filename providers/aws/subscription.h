/* subscription.h - subscriptions to topics: of queues and addresses, and of functions. */
#ifndef AWS_SUBSCRIPTION_H
#define AWS_SUBSCRIPTION_H

#include "providers/aws/expand.h"

struct subscription {
	struct item *owner; /* whose part it is: the topic, or the function */
	struct target topic;
	const char *part, *step; /* its address in the owner: part.step */
	const char *protocol;
	struct value *endpoint;
	const struct value *endpoint_word; /* as written */
	const struct prop *rows;	   /* what may be written, and ... */
	const struct value *words;	   /* ... what is, checked */
};

/* Check a subscription's words; `endpoint` is the one that says where to or from. -1: errors. */
int x_subscription_check(struct expansion *x, struct subscription *s, const struct value *v,
			 const char *endpoint);
/* Add the resource, and what its dead letter queue needs. */
struct resource *x_subscribe(struct expansion *x, struct subscription *s);

#endif
