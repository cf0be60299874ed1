/* events.h - what invokes a function, and EventBridge rules. */
#ifndef AWS_EVENTS_H
#define AWS_EVENTS_H

#include "providers/aws/expand.h"

/* The word `events` of a function. */
void x_function_events(struct expansion *x, struct item *i);

/* The words `permissions`, `url` and `async` of a function. */
void x_function_extras(struct expansion *x, struct item *i);

/* --- targets of rules: rule_target.c --- */

extern const struct prop target_words[]; /* beside who it is */

struct rule_target {
	struct item *owner; /* whose part or entry the rule is */
	const char *rule;   /* address of the rule */
	struct target to;
	const char *section;	   /* of what it is: "functions"; "event_buses" by ARN */
	const char *id;		   /* unlike those of its neighbours */
	const struct value *words; /* checked by target_words */
};
/* The target as CloudFormation writes it; `role` is what EventBridge takes on where the target has
 * no policy of its own (may be NULL: such a target needs one). */
struct value *x_rule_target(struct expansion *x, struct rule_target *t, struct role *role);
/* Let EventBridge reach it, once the rule is there. */
void x_admit_rule(struct expansion *x, struct rule_target *t, const char *from);
/* EventBusName of `event_bus`; NULL: the default bus. -1: errors. */
int x_event_bus(struct expansion *x, const struct value *v, struct value **ret);

#endif
