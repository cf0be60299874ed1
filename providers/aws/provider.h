/* provider.h - AWS behind the provider seam (model/provider.h). */
#ifndef AWS_PROVIDER_H
#define AWS_PROVIDER_H

#include "aws/client.h"
#include "model/provider.h"

/* `client` may be NULL: then only types, kinds and expand work (validate, types, schema). */
struct provider *aws_provider_new(struct arena *a, struct aws_client *client);
/* Release what the arena does not hold; NULL is fine. */
void aws_provider_free(struct provider *p);

/* A package whose zip is too large for a call and has nowhere to go is an error that says what to
 * do. */
int aws_check_package(const struct package *p, struct diags *d);

#endif
