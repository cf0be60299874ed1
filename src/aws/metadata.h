/* metadata.h - requests to what gives credentials on the machine itself: no proxy, short waits. */
#ifndef AWS_METADATA_H
#define AWS_METADATA_H

#include "aws/credentials.h"

struct metadata_request {
	const char *method, *url;
	const char *header, *value; /* one header, or NULL */
	int64_t timeout_ms;
	int attempts;
};
void metadata_call(const struct credentials_context *c, const struct metadata_request *r,
		   struct arena *a, struct http_reply *ret);

#endif
