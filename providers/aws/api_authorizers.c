/* api_authorizers.c - who may call the routes of an HTTP API. */
#include <string.h>

#include "base/str.h"
#include "providers/aws/api.h"
#include "providers/aws/names.h"

/* clang-format off */
static const struct prop jwt_words[] = {
	PROP("issuer", STRING, P_REQUIRED, .to = "Issuer", .doc = "URL of the issuer."),
	PROP("audience", LIST, P_REQUIRED, .to = "Audience", .doc = "Audiences, one of which a token must name."),
	PROP_END
};
static const struct prop authorizer_words[] = {
	PROP("jwt", OBJECT, 0, .sub = jwt_words, .to = "JwtConfiguration", .doc = "Tokens of an issuer."),
	PROP("user_pool", ANY, 0, .doc = "Tokens of a Cognito user pool: its ARN."),
	PROP("clients", LIST, 0, .doc = "With user_pool: ids of its clients."),
	PROP("function", ANY, 0, .doc = "A function that decides."),
	PROP("type", STRING, 0, VALUES("token", "request"), .def = "\"token\"", .doc = "What the function gets."),
	PROP("identity_source", LIST, 0, .to = "IdentitySource", .doc = "Where the token is found."),
	PROP("ttl", INT, 0, .to = "AuthorizerResultTtlInSeconds", .unit = "s", RANGE(0, 3600), .doc = "How long an answer holds."),
	PROP_END
};
/* clang-format on */

static struct value *bearer(struct expansion *x)
{
	struct value *list = value_list(x->arena);
	value_append(x->arena, list, x_string(x, "$request.header.Authorization"));
	return list;
}

/* "arn:aws:cognito-idp:eu-west-1:123:userpool/eu-west-1_abc" -> its issuer's URL. */
static struct value *pool_issuer(struct expansion *x, const struct value *v)
{
	const char *text = value_text(v), *pool = text ? strstr(text, ":userpool/") : NULL;
	const char *region = text ? strstr(text, ":cognito-idp:") : NULL;
	if (!pool || !region) {
		x_error(x, v->span, "the ARN of a user pool is wanted here");
		diag_hint(x->diags, "user pools of a stack come with a later version of cinfra");
		return NULL;
	}
	region += strlen(":cognito-idp:");
	return x_string(x, arena_printf(x->arena, "https://cognito-idp.%.*s.amazonaws.com/%s",
					(int)strcspn(region, ":"), region,
					pool + strlen(":userpool/")));
}

static void by_function(struct api *a, const struct value *w, struct value *props)
{
	static const char *const functions[] = { "functions", NULL };
	struct expansion *x = a->x;
	struct target t;
	if (x_ref(x, value_get(w, "function"), functions, &t))
		return;
	struct value *more =
		x_map(x, "AuthorizerType", x_string(x, "REQUEST"), "AuthorizerPayloadFormatVersion",
		      x_string(x, "2.0"), "AuthorizerUri",
		      x_text(x,
			     "arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/"
			     "functions/"
			     "%/invocations",
			     t.arn),
		      NULL);
	value_merge(x->arena, props, more, false);
	api_permit(a, &t);
}

static void by_pool(struct api *a, const struct value *w, struct value *props)
{
	struct expansion *x = a->x;
	struct value *issuer = pool_issuer(x, value_get(w, "user_pool"));
	if (!value_get(w, "clients"))
		x_error(x, w->span, "an authorizer of a user pool needs `clients`");
	value_set(x->arena, props, "AuthorizerType", x_string(x, "JWT"));
	if (issuer)
		value_set(x->arena, props, "JwtConfiguration",
			  x_map(x, "Issuer", issuer, "Audience", value_get(w, "clients"), NULL));
}

static void authorizer(struct api *a, const struct value_pair *p)
{
	struct expansion *x = a->x;
	const char *name = p->key;
	const struct value *v = p->value;
	const struct type *t = x_type(x, "AWS::ApiGatewayV2::Authorizer", v->span);
	const struct value *w = t ? x_check_with(x, authorizer_words, t, v, "an authorizer") : NULL;
	if (!w)
		return;
	int kinds = (value_get(w, "jwt") != NULL) + (value_get(w, "user_pool") != NULL) +
		    (value_get(w, "function") != NULL);
	if (kinds != 1) {
		x_error(x, v->span, "an authorizer has one of `jwt`, `user_pool` and `function`");
		return;
	}
	struct value *props = x_map(x, "ApiId", a->id, "Name",
				    value_at(x->arena, x_string(x, name), p->key_span), NULL);
	if (value_get(w, "function"))
		by_function(a, w, props);
	else if (value_get(w, "user_pool"))
		by_pool(a, w, props);
	else
		value_set(x->arena, props, "AuthorizerType", x_string(x, "JWT"));
	if (!value_get(w, "identity_source"))
		value_set(x->arena, props, "IdentitySource", bearer(x));
	x_copy(x, authorizer_words, t, w, props);
	x_part(x, a->item, x_step(x, "authorizers", name_step(x->arena, name)), t->name, props);
}

void api_authorizers(struct api *a)
{
	const struct value *all = x_word(a->item, "authorizers");
	value_each_pair(all, p)
		authorizer(a, p);
	a->authorizer = x_word(a->item, "authorizer");
}

bool api_is_open(const struct value *v)
{
	return !v || str_eq_fold(value_text(v), "none");
}

static void unknown(struct api *a, const struct value *v, const struct value *all)
{
	VEC(const char *) names = { 0 };
	value_each_pair(all, p)
		vec_push(a->x->arena, &names, p->key);
	x_error(a->x, v->span, "no authorizer `%s` in %s", value_text(v) ? value_text(v) : "",
		a->item->entry->address);
	const char *near =
		value_text(v) ? str_nearest(value_text(v), names.items, names.len) : NULL;
	if (near)
		diag_hint(a->x->diags, "did you mean `%s`?", near);
	else
		diag_hint(a->x->diags, "it is one of `authorizers`, `iam` or `none`");
}

void api_authorize(struct api *a, const struct value *v, struct value *props)
{
	struct expansion *x = a->x;
	const struct value *all = x_word(a->item, "authorizers");
	const char *name = value_text(v);
	if (api_is_open(v)) {
		value_set(x->arena, props, "AuthorizationType", x_string(x, "NONE"));
		return;
	}
	if (str_eq_fold(name, "iam")) {
		value_set(x->arena, props, "AuthorizationType", x_string(x, "AWS_IAM"));
		return;
	}
	const struct value *one = name ? value_get(all, name) : NULL;
	if (!one) {
		unknown(a, v, all);
		return;
	}
	const char *address =
		x_address(x, a->item, "%s", x_step(x, "authorizers", name_step(x->arena, name)));
	value_set(x->arena, props, "AuthorizationType",
		  x_string(x, value_get(one, "function") ? "CUSTOM" : "JWT"));
	value_set(x->arena, props, "AuthorizerId", x_attribute(x, address, "AuthorizerId"));
}
