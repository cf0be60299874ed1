/* function_extras.c - `permissions`, `url` and `async` of a function. */
#include <string.h>

#include "base/str.h"
#include "providers/aws/cors.h"
#include "providers/aws/events.h"
#include "providers/aws/names.h"
#include "providers/aws/policy.h"

/* clang-format off */
static const struct prop permission_words[] = {
	PROP("principal", STRING, P_REQUIRED, .doc = "Service (`s3`), account id, or ARN."),
	PROP("source", ANY, 0, .doc = "What it acts for: an address, or an ARN."),
	PROP("account", STRING, 0, .doc = "Account of the source."),
	PROP("action", STRING, 0, .def = "\"lambda:InvokeFunction\"", .doc = "What it may do."),
	PROP_END
};
static const struct prop url_words[] = {
	PROP("auth", STRING, P_REQUIRED, .to = "AuthType", VALUES("AWS_IAM", "NONE", "iam"), .doc = "Who may call it: `iam`, or `none` for everyone."),
	PROP("cors", OBJECT, 0, .sub = cors_words, .to = "Cors", .doc = "Access from web pages of other origins."),
	PROP("invoke_mode", STRING, 0, .to = "InvokeMode", .def = "\"BUFFERED\"", VALUES("BUFFERED", "RESPONSE_STREAM"), .doc = "How it answers."),
	PROP_END
};
static const struct prop async_words[] = {
	PROP("maximum_retry_attempts", INT, 0, .to = "MaximumRetryAttempts", .def = "2", RANGE(0, 2), .doc = "How often it is tried again."),
	PROP("maximum_event_age", INT, 0, .to = "MaximumEventAgeInSeconds", .unit = "s", .def = "21600", RANGE(60, 21600), .doc = "For how long."),
	PROP("on_success", ANY, 0, .doc = "Queue, topic or function told of results."),
	PROP("on_failure", ANY, 0, .doc = "Queue, topic or function told of failures."),
	PROP_END
};
/* clang-format on */

static struct value *function_name(struct expansion *x, const struct item *i)
{
	return x_attribute(x, i->entry->address, "FunctionName");
}

/* --- permissions --- */

static bool is_service(const char *principal)
{
	return principal && !str_starts(principal, "arn:") &&
	       strspn(principal, "0123456789") != 12 && !str_eq(principal, "*");
}

static void permission(struct expansion *x, struct item *i, const struct value *v)
{
	static const char *const sections[] = { "apis",	  "buckets",	"topics",
						"rules",  "log_groups", "alarms",
						"queues", "tables",	NULL };
	const struct value *w = x_check(x, permission_words, v, "a permission");
	const struct value *source = value_get(w, "source");
	struct value *who = value_get(w, "principal"), *arn = NULL;
	struct target t = { 0 };
	if (!w || (source && x_ref(x, source, sections, &t)))
		return;
	if (t.item)
		arn = t.item->impl->grants_on ? t.item->impl->grants_on(x, t.item)
					      : x_known_arn(x, t.item);
	else
		arn = t.arn;
	const char *text = value_text(who);
	if (is_service(text))
		who = x_string(x, policy_principal(x->arena, text));
	struct value *action = value_get(w, "action");
	const char *part =
		x_step(x, "permissions",
		       source ? x_target_step(x, &t) : name_step(x->arena, text ? text : "?"));
	if (map_has(x->resources, x_address(x, i, "%s", part))) {
		x_error(x, v->span, "%s has this permission already", i->entry->address);
		return;
	}
	x_part(x, i, part, "AWS::Lambda::Permission",
	       x_map(x, "FunctionName", function_name(x, i), "Principal", who, "Action",
		     action ? action : x_string(x, "lambda:InvokeFunction"), "SourceArn", arn,
		     "SourceAccount", value_get(w, "account"), NULL));
}

/* --- url --- */

static void open_url(struct expansion *x, struct item *i)
{
	struct value *star = x_string(x, "*");
	x_part(x, i, "permissions.url", "AWS::Lambda::Permission",
	       x_map(x, "FunctionName", function_name(x, i), "Principal", star, "Action",
		     x_string(x, "lambda:InvokeFunctionUrl"), "FunctionUrlAuthType",
		     x_string(x, "NONE"), NULL));
	x_part(x, i, "permissions.url-invoke", "AWS::Lambda::Permission",
	       x_map(x, "FunctionName", function_name(x, i), "Principal", star, "Action",
		     x_string(x, "lambda:InvokeFunction"), "InvokedViaFunctionUrl",
		     value_bool(x->arena, true), NULL));
}

static void url(struct expansion *x, struct item *i)
{
	const struct value *v = x_word(i, "url");
	const struct type *t = v ? x->provider->type("AWS::Lambda::Url") : NULL;
	if (!v || !t) {
		x_later(x, i, "url");
		return;
	}
	const struct value *w = x_check_with(x, url_words, t, v, "a function's URL");
	if (!w)
		return;
	const char *auth = value_text_at(w, "auth");
	struct value *props = value_map(x->arena);
	x_copy(x, url_words, t, w, props);
	if (str_eq(auth, "iam"))
		value_set(x->arena, props, "AuthType", x_string(x, "AWS_IAM"));
	value_set(x->arena, props, "TargetFunctionArn", x_arn(x, i));
	x_part(x, i, "url", t->name, props);
	if (str_eq(auth, "NONE"))
		open_url(x, i);
}

/* --- async --- */

static struct value *destination(struct expansion *x, struct item *i, const struct value *v)
{
	static const char *const sections[] = { "queues", "topics", "functions", NULL };
	struct target t;
	if (!v || x_ref(x, v, sections, &t))
		return NULL;
	const char *section = x_section(x, &t);
	struct value *arn = x_target_arn(x, &t);
	if (str_eq(section, "queues"))
		GRANT(x, i->role, arn, "sqs:SendMessage");
	else if (str_eq(section, "topics"))
		GRANT(x, i->role, arn, "sns:Publish");
	else if (section)
		GRANT(x, i->role, arn, "lambda:InvokeFunction");
	x_use_key(x, i->role, &t, KEY_DECRYPT | KEY_GENERATE);
	return x_map(x, "Destination", t.arn, NULL);
}

static void async(struct expansion *x, struct item *i)
{
	const struct value *v = x_word(i, "async");
	const struct type *t = v ? x->provider->type("AWS::Lambda::EventInvokeConfig") : NULL;
	if (!v || !t) {
		x_later(x, i, "async");
		return;
	}
	const struct value *w = x_check(x, async_words, v, "`async`");
	if (!w)
		return;
	struct value *to = x_map(x, "OnSuccess", destination(x, i, value_get(w, "on_success")),
				 "OnFailure", destination(x, i, value_get(w, "on_failure")), NULL);
	struct value *props =
		x_map(x, "FunctionName", function_name(x, i), "Qualifier", x_string(x, "$LATEST"),
		      "DestinationConfig", value_len(to) ? to : NULL, NULL);
	x_copy(x, async_words, t, w, props);
	x_part(x, i, "async", t->name, props);
}

void x_function_extras(struct expansion *x, struct item *i)
{
	const struct value *all = x_list(x, x_word(i, "permissions"));
	value_each_item(all, v)
		permission(x, i, v);
	url(x, i);
	async(x, i);
}
