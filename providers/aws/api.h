/* api.h - an HTTP API while it is made of routes. */
#ifndef AWS_API_H
#define AWS_API_H

#include "providers/aws/expand.h"

struct api {
	struct expansion *x;
	struct item *item;
	struct value *id;		/* link to its ApiId */
	const struct value *authorizer; /* of routes that name none; NULL */
	struct value *settings;		/* of single routes, for the stage */
	VEC(const char *) throttled;	/* addresses of those routes */
};

/* --- api_routes.c --- */
void api_routes(struct api *a);
/* The integration of a function in this API, made when it is first asked for; its address. */
const char *api_integration(struct api *a, const struct target *function);
/* Let the API call a function, once. */
void api_permit(struct api *a, const struct target *function);
extern const struct prop throttle_words[];

/* --- api_authorizers.c --- */
void api_authorizers(struct api *a);
/* What `authorizer` of a route means, as properties of the route. */
void api_authorize(struct api *a, const struct value *v, struct value *props);
bool api_is_open(const struct value *v); /* no authorizer at all */

/* --- api_stage.c --- */
void api_stage(struct api *a);
/* Name of its stage; NULL after an error. */
struct value *api_stage_name(struct expansion *x, const struct item *i);

#endif
