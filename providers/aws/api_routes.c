/* api_routes.c - routes of an HTTP API, and what answers them. */
#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "providers/aws/api.h"
#include "providers/aws/names.h"

/* clang-format off */
const struct prop throttle_words[] = {
	PROP("rate", DOUBLE, 0, .to = "ThrottlingRateLimit", .unit = "/s", RANGE(0, 1000000), .doc = "Requests a second."),
	PROP("burst", INT, 0, .to = "ThrottlingBurstLimit", RANGE(0, 1000000), .doc = "Requests at once."),
	PROP_END
};
static const struct prop route_words[] = {
	PROP("function", ANY, 0, .doc = "A function answers."),
	PROP("http", STRING, 0, .doc = "Another server answers: its URL."),
	PROP("queue", ANY, 0, .doc = "The body goes to a queue."),
	PROP("topic", ANY, 0, .doc = "Of REST APIs."),
	PROP("state_machine", ANY, 0, .doc = "Comes with a later version."),
	PROP("event_bus", ANY, 0, .doc = "Comes with a later version."),
	PROP("mock", ANY, 0, .doc = "Of REST APIs."),
	PROP("authorizer", STRING, 0, .doc = "Who may call it: an authorizer of the API, `iam` or `none`."),
	PROP("scopes", LIST, 0, .to = "AuthorizationScopes", .doc = "Scopes a token needs."),
	PROP("api_key", BOOL, 0, .to = "ApiKeyRequired", .doc = "Of REST and WebSocket APIs."),
	PROP("timeout", INT, 0, .unit = "ms", .def = "30000", RANGE(50, 30000), .doc = "How long an answer may take."),
	PROP("throttle", OBJECT, 0, .sub = throttle_words, .doc = "Requests taken: {rate, burst}."),
	PROP_END
};
/* clang-format on */

static const char *const functions[] = { "functions", NULL };

struct route {
	struct api *api;
	const char *key; /* "GET /orders" */
	struct span at;	 /* of it */
	const struct value *written, *words;
	const char *step; /* ["GET /orders"] */
};

/* --- keys --- */

static const char *const methods[] = { "ANY",	 "GET",	 "POST",    "PUT",   "PATCH",
				       "DELETE", "HEAD", "OPTIONS", "TRACE", NULL };

static bool check_key(struct route *r)
{
	struct expansion *x = r->api->x;
	const char *key = r->key, *blank = strchr(key, ' ');
	if (str_eq(key, "$default"))
		return true;
	if (key[0] == '/') {
		diag_error(x->diags, D_CONFIG, r->at, "a route needs a method");
		diag_hint(x->diags, "`ANY %s`", key);
		return false;
	}
	char *method = arena_strndup(x->arena, key, blank ? (size_t)(blank - key) : strlen(key));
	if (!str_in(method, methods)) {
		char *upper = arena_strdup(x->arena, method);
		for (char *c = upper; *c; c++)
			*c = (char)toupper((unsigned char)*c);
		diag_error(x->diags, D_CONFIG, r->at, "`%s` is no method of HTTP", method);
		if (blank && str_in(upper, methods))
			diag_hint(x->diags, "`%s%s`", upper, blank);
		else
			diag_hint(x->diags, "a route is written `GET /path`, `ANY /{proxy+}` or "
					    "`$default`");
		return false;
	}
	if (blank && blank[1] == '/' && !strpbrk(blank + 1, " \t?#"))
		return true;
	diag_error(x->diags, D_CONFIG, r->at,
		   "a route's path begins with / and has no blank in it");
	diag_hint(x->diags, "a route is written `GET /path` or `GET /path/{name}`");
	return false;
}

/* --- functions --- */

static const char *function_step(struct expansion *x, const struct target *t)
{
	const char *name = x_target_name(x, t);
	return name_step(x->arena, name ? name : "function");
}

void api_permit(struct api *a, const struct target *t)
{
	struct expansion *x = a->x;
	const char *part = x_step(x, "permissions", function_step(x, t));
	if (!t->item || map_has(x->resources, x_address(x, a->item, "%s", part)))
		return;
	x_part(x, a->item, part, "AWS::Lambda::Permission",
	       x_map(x, "FunctionName", x_attribute(x, t->item->entry->address, "FunctionName"),
		     "Action", x_string(x, "lambda:InvokeFunction"), "Principal",
		     x_string(x, "apigateway.amazonaws.com"), "SourceArn",
		     x_text(x, "arn:${partition}:execute-api:${region}:${account}:%/*/*", a->id),
		     NULL));
}

static struct value *lambda_proxy(struct api *a, const struct target *t)
{
	struct expansion *x = a->x;
	return x_map(x, "ApiId", a->id, "IntegrationType", x_string(x, "AWS_PROXY"),
		     "IntegrationUri", t->arn, "IntegrationMethod", x_string(x, "POST"),
		     "PayloadFormatVersion", x_string(x, "2.0"), NULL);
}

const char *api_integration(struct api *a, const struct target *t)
{
	struct expansion *x = a->x;
	const char *part = x_step(x, "integrations", function_step(x, t));
	const char *address = x_address(x, a->item, "%s", part);
	if (!map_has(x->resources, address))
		x_part(x, a->item, part, "AWS::ApiGatewayV2::Integration", lambda_proxy(a, t));
	api_permit(a, t);
	return address;
}

/* --- integrations --- */

/* One that is the route's alone. */
static const char *own_integration(struct route *r, struct value *props)
{
	struct expansion *x = r->api->x;
	const char *part = x_step(x, "integrations", r->step);
	struct value *timeout = value_get(r->words, "timeout");
	if (timeout)
		value_set(x->arena, props, "TimeoutInMillis", timeout);
	x_part(x, r->api->item, part, "AWS::ApiGatewayV2::Integration", props);
	return x_address(x, r->api->item, "%s", part);
}

static const char *to_function(struct route *r, const struct value *v)
{
	struct target t;
	if (x_ref(r->api->x, v, functions, &t))
		return NULL;
	if (!value_get(r->words, "timeout"))
		return api_integration(r->api, &t);
	api_permit(r->api, &t);
	return own_integration(r, lambda_proxy(r->api, &t));
}

static const char *to_http(struct route *r, struct value *url)
{
	struct expansion *x = r->api->x;
	const char *blank = strchr(r->key, ' ');
	const char *method =
		blank ? arena_strndup(x->arena, r->key, (size_t)(blank - r->key)) : "ANY";
	return own_integration(r, x_map(x, "ApiId", r->api->id, "IntegrationType",
					x_string(x, "HTTP_PROXY"), "IntegrationUri", url,
					"IntegrationMethod", x_string(x, method),
					"PayloadFormatVersion", x_string(x, "1.0"), NULL));
}

/* The API sends with a role of its own. */
static const char *to_queue(struct route *r, const struct value *v)
{
	static const char *const queues[] = { "queues", NULL };
	struct expansion *x = r->api->x;
	struct item *i = r->api->item;
	struct target t;
	if (x_ref(x, v, queues, &t))
		return NULL;
	if (!t.item) {
		x_error(x, v->span, "a queue of this stack is wanted here");
		return NULL;
	}
	if (!i->role)
		i->role = x_role(x, i, "apigateway", NULL);
	GRANT(x, i->role, x_target_arn(x, &t), "sqs:SendMessage");
	x_use_key(x, i->role, &t, KEY_DECRYPT | KEY_GENERATE);
	struct value *parameters =
		x_map(x, "QueueUrl", x_attribute(x, t.item->entry->address, "QueueUrl"),
		      "MessageBody", x_string(x, "$request.body"), NULL);
	return own_integration(r, x_map(x, "ApiId", r->api->id, "IntegrationType",
					x_string(x, "AWS_PROXY"), "IntegrationSubtype",
					x_string(x, "SQS-SendMessage"), "PayloadFormatVersion",
					x_string(x, "1.0"), "CredentialsArn",
					x_attribute(x, i->role->address, "Arn"),
					"RequestParameters", parameters, NULL));
}

static const char *integrate(struct route *r)
{
	static const char *const targets[] = { "function",	"http",	     "queue", "topic",
					       "state_machine", "event_bus", "mock" };
	struct expansion *x = r->api->x;
	const char *found = NULL;
	size_t n = 0;
	for (size_t k = 0; k < sizeof(targets) / sizeof(*targets); k++) {
		if (!value_get(r->words, targets[k]))
			continue;
		found = targets[k];
		n++;
	}
	if (n != 1) {
		x_error(x, r->at, n ? "a route has one target" : "a route needs a target");
		diag_hint(x->diags, "`%s: FUNCTION`, or { function: ... } with options", r->key);
		return NULL;
	}
	struct value *v = value_get(r->words, found);
	if (str_eq(found, "function"))
		return to_function(r, v);
	if (str_eq(found, "http"))
		return to_http(r, v);
	if (str_eq(found, "queue"))
		return to_queue(r, v);
	x_error(x, v->span,
		"`%s` as the target of an HTTP API comes with a later version of cinfra", found);
	return NULL;
}

/* --- routes --- */

static void throttle(struct route *r, const char *address)
{
	struct api *a = r->api;
	struct value *limits = value_map(a->x->arena);
	const struct value *v = value_get(r->words, "throttle");
	if (!v)
		return;
	x_copy(a->x, throttle_words, NULL, v, limits);
	value_set(a->x->arena, a->settings, r->key, limits);
	vec_push(a->x->arena, &a->throttled, address);
}

/* A bare name is a function. */
static bool read_route(struct route *r)
{
	struct expansion *x = r->api->x;
	const struct type *t = x_type(x, "AWS::ApiGatewayV2::Route", r->at);
	if (!t)
		return false;
	if (value_is(r->written, VALUE_MAP))
		r->words = x_check_with(x, route_words, t, r->written, "a route");
	else
		r->words = x_map(x, "function", r->written, NULL);
	return r->words;
}

static const struct value *authorizer_of(struct api *a, const struct value *route)
{
	const struct value *own = value_get(route, "authorizer");
	return own ? own : a->authorizer;
}

static void add_route(struct route *r)
{
	struct api *a = r->api;
	struct expansion *x = a->x;
	const struct type *t = x_type(x, "AWS::ApiGatewayV2::Route", r->at);
	if (!check_key(r) || !read_route(r))
		return;
	r->step = arena_printf(x->arena, "[\"%s\"]", r->key);
	const char *integration = integrate(r);
	struct value *props = x_map(x, "ApiId", a->id, "RouteKey",
				    value_at(x->arena, x_string(x, r->key), r->at), NULL);
	if (integration)
		value_set(x->arena, props, "Target",
			  x_text(x, "integrations/%",
				 x_attribute(x, integration, "IntegrationId")));
	api_authorize(a, authorizer_of(a, r->words), props);
	x_copy(x, route_words, t, r->words, props);
	const char *part = x_step(x, "routes", r->step);
	x_part(x, a->item, part, t->name, props);
	throttle(r, x_address(x, a->item, "%s", part));
}

/* --- preflights --- */

/* Is there an open OPTIONS route that answers for `path`? */
static bool has_preflight(struct api *a, const struct value *routes, const char *path)
{
	value_each_pair(routes, p) {
		if (!str_starts(p->key, "OPTIONS ") || !api_is_open(authorizer_of(a, p->value)))
			continue;
		const char *own = p->key + strlen("OPTIONS ");
		if (str_eq(own, path) || str_ends(own, "/{proxy+}"))
			return true;
	}
	return false;
}

/* A route for all methods takes preflights too, and these come without a token. */
static void check_preflights(struct api *a, const struct value *routes)
{
	if (!x_word(a->item, "cors"))
		return;
	value_each_pair(routes, p) {
		bool all = str_starts(p->key, "ANY ") || str_eq(p->key, "$default");
		const char *path = strchr(p->key, ' ');
		if (!all || api_is_open(authorizer_of(a, p->value)) ||
		    has_preflight(a, routes, path ? path + 1 : "/"))
			continue;
		diag_error(a->x->diags, D_CONFIG, p->key_span,
			   "with `cors`, preflights of `%s` would need a token", p->key);
		diag_hint(a->x->diags, "add `OPTIONS /{proxy+}` with `authorizer: none`");
	}
}

void api_routes(struct api *a)
{
	const struct value *routes = x_word(a->item, "routes");
	a->settings = value_map(a->x->arena);
	value_each_pair(routes, p) {
		struct route r = {
			.api = a, .key = p->key, .at = p->key_span, .written = p->value
		};
		add_route(&r);
	}
	check_preflights(a, routes);
}
