/* policy.h - IAM policy documents as values. */
#ifndef AWS_POLICY_H
#define AWS_POLICY_H

#include "model/value.h"

/* A statement that allows `actions` (NULL-terminated) on `resource` (text or a list). */
struct value *policy_allow(struct arena *a, const char *const *actions, struct value *resource);
/* The same in the policy of a resource, for somebody. */
struct value *policy_grant(struct arena *a, struct value *principal, const char *const *actions,
			   struct value *resource);
/* {"AWS": who} */
struct value *policy_who(struct arena *a, const char *kind, struct value *who);
/* For an AWS service: "sns", or its full name. */
struct value *policy_service(struct arena *a, const char *service, const char *const *actions,
			     struct value *resource);
/* Add {test: {key: v}} to the statement's condition. */
void policy_when(struct arena *a, struct value *statement, const char *test, const char *key,
		 struct value *v);
/* "lambda" -> "lambda.amazonaws.com"; a full name stays. */
char *policy_principal(struct arena *a, const char *service);
/* The document of these statements, equal ones once. */
struct value *policy_document(struct arena *a, const struct value *statements);
/* {"Version", "Statement": [{Effect, Principal, Action}]}: who may assume a role. */
struct value *policy_trust_service(struct arena *a, const char *service);

enum policy_owner { POLICY_OF_ROLE, POLICY_OF_RESOURCE };
/* Check statements as people wrote them: IAM's keys in IAM's spelling, an effect, an action, a
 * principal where one is needed and only there. A resource's own statements without `Resource`
 * get `self`. *ret gets the statements that are to go into the document. */
int policy_check(struct arena *a, const struct value *written, enum policy_owner owner,
		 struct value *self, struct value **ret, struct diags *d);

#endif
