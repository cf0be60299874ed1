/* functions: Lambda functions, with role, log group and events. */
#include <string.h>

#include "base/str.h"
#include "providers/aws/code.h"
#include "providers/aws/events.h"
#include "providers/aws/expand.h"
#include "providers/aws/names.h"
#include "providers/aws/policy.h"

/* clang-format off */
static const struct prop vpc[] = {
	PROP("subnets", LIST, P_REQUIRED, .to = "SubnetIds", .doc = "Ids of subnets."),
	PROP("security_groups", LIST, P_REQUIRED, .to = "SecurityGroupIds", .doc = "Ids of security groups."),
	PROP_END
};
static const struct prop logging[] = {
	PROP("format", STRING, 0, .to = "LogFormat", .def = "\"Text\"", VALUES("Text", "JSON"), .doc = "Format of the logs."),
	PROP("level", STRING, 0, .to = "ApplicationLogLevel", VALUES("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"),
	     .doc = "Least level of the function's logs, with JSON."),
	PROP("system_level", STRING, 0, .to = "SystemLogLevel", VALUES("DEBUG", "INFO", "WARN"),
	     .doc = "Least level of Lambda's logs, with JSON."),
	PROP_END
};
static const struct prop image[] = {
	PROP("command", LIST, 0, .to = "Command", .doc = "Command."),
	PROP("entry_point", LIST, 0, .to = "EntryPoint", .doc = "Entry point."),
	PROP("working_directory", STRING, 0, .to = "WorkingDirectory", .doc = "Working directory."),
	PROP_END
};

static const struct prop words[] = {
	PROP("code", ANY, P_REQUIRED, .to = "Code", .doc = "A folder or file to package, s3://bucket/key, or {image}."),
	PROP("build", ANY, 0, .doc = "Command that makes the code, or {command, sources, dir, env}."),
	PROP("ignore", LIST, 0, .doc = "Patterns kept out of the package; without it those are __pycache__/, *.pyc, .git/ and .DS_Store."),
	PROP("runtime", STRING, 0, .to = "Runtime", .pattern = "[a-z0-9.]+", .doc = "Runtime, such as python3.13 or provided.al2023."),
	PROP("handler", STRING, 0, .to = "Handler", LENGTH(1, 128), .doc = "Entry point in the code; `bootstrap` for provided.* runtimes."),
	PROP("architecture", STRING, 0, .to = "Architectures", .def = "\"x86_64\"", VALUES("x86_64", "arm64"), .doc = "Processor."),
	PROP("memory", INT, 0, .to = "MemorySize", .unit = "MB", .def = "128", RANGE(128, 10240), .doc = "Memory; processor power goes with it."),
	PROP("timeout", INT, 0, .to = "Timeout", .unit = "s", .def = "3", RANGE(1, 900), .doc = "How long an invocation may take."),
	PROP("environment", MAP, 0, .to = "Environment.Variables", .doc = "Environment variables."),
	PROP("layers", LIST, 0, .to = "Layers", LENGTH(0, 5), .doc = "ARNs of layer versions, in order."),
	PROP("tracing", STRING, 0, .to = "TracingConfig.Mode", .def = "\"PassThrough\"", VALUES("Active", "PassThrough"), .doc = "X-Ray tracing."),
	PROP("ephemeral_storage", INT, 0, .to = "EphemeralStorage.Size", .unit = "MB", .def = "512", RANGE(512, 10240), .doc = "Size of /tmp."),
	PROP("reserved_concurrency", INT, 0, .to = "ReservedConcurrentExecutions", RANGE(0, 100000), .doc = "Invocations at once, reserved; 0 stops the function."),
	PROP("vpc", OBJECT, 0, .to = "VpcConfig", .sub = vpc, .doc = "Network."),
	PROP("snap_start", BOOL, 0, .to = "SnapStart.ApplyOn", .def = "false", .doc = "Snapshots of versions, for fast starts."),
	PROP("logging", OBJECT, 0, .to = "LoggingConfig", .sub = logging, .doc = "Format and levels of logs."),
	PROP("image", OBJECT, 0, .to = "ImageConfig", .sub = image, .doc = "Overrides of a container image."),
	PROP("encryption", ANY, 0, .to = "KmsKeyArn", .doc = "Key that encrypts the environment."),
	PROP("dead_letter", ANY, 0, .to = "DeadLetterConfig.TargetArn", .doc = "Queue or topic for asynchronous events that failed."),
	PROP("role", ANY, 0, .to = "Role", .doc = "A role instead of one of its own, or that one's words ({max_session_duration, ...})."),
	PROP("allow", MAP, 0, OF(ANY), .doc = "By address, what it may do: verbs or IAM actions."),
	PROP("statements", LIST, 0, OF(JSON), .doc = "Statements of its role's policy, as IAM writes them."),
	PROP("policies", LIST, 0, .doc = "Managed policies of its role: ARNs, or names of AWS's own."),
	PROP("log_group", ANY, 0, .doc = "Words of its log group ({retention, encryption}), or `false` for none."),
	PROP("aliases", ANY, 0, .doc = "Comes with a later version."),
	PROP("url", ANY, 0, .doc = "A URL of its own: {auth, cors, invoke_mode}."),
	PROP("async", ANY, 0, .doc = "Asynchronous invocations: {maximum_retry_attempts, maximum_event_age, on_success, on_failure}."),
	PROP("permissions", LIST, 0, OF(ANY), .doc = "Who else may invoke it: [{principal, source, account, action}]."),
	PROP("events", LIST, 0, OF(ANY), .doc = "What invokes it; each grants its own rights."),
	PROP_END
};

static const char *const invoke[] = { "lambda:InvokeFunction", NULL };
static const char *const with_versions[] = { "", ":*", NULL };
static const struct verb verbs[] = {
	{ "invoke", invoke, with_versions },
	{ NULL, NULL, NULL },
};
/* clang-format on */

static const char *const roles[] = { "roles", NULL };

/* --- role --- */

static bool shares_role(const struct item *i)
{
	const struct value *role = x_word(i, "role");
	return role && !value_is(role, VALUE_MAP);
}

/* The ARN it runs as: a shared role's, or its own, which is made here. */
static struct value *role_arn(struct expansion *x, struct item *i)
{
	const struct value *role = x_word(i, "role");
	struct target t;
	if (!shares_role(i)) {
		i->role = x_role(x, i, "lambda", role);
		return x_attribute(x, i->role->address, "Arn");
	}
	static const char *const own[] = { "allow", "statements", "policies" };
	for (size_t n = 0; n < 3; n++) {
		if (!x_word(i, own[n]))
			continue;
		x_error(x, x_at(i, own[n]), "`%s` beside a shared `role` would change it for all",
			own[n]);
		diag_hint(x->diags, "write it at the role");
	}
	return x_ref(x, role, roles, &t) ? NULL : t.arn;
}

/* --- log group --- */

static struct value *log_group_name(struct expansion *x, const struct value *function_name)
{
	return x_text(x, "/aws/lambda/%", function_name);
}

static void log_group(struct expansion *x, struct item *i, struct value *props)
{
	const struct value *v = x_word(i, "log_group");
	struct value *name = log_group_name(x, value_get(props, "FunctionName"));
	if (x_is_bool(v, false))
		return;
	if (v && !value_is(v, VALUE_MAP) && !x_is_bool(v, true)) {
		x_error(x, v->span, "`log_group` is a map of a log group's words, or false");
		return;
	}
	struct resource *r =
		x_log_group(x, i, "log_group", name, value_is(v, VALUE_MAP) ? v : NULL);
	const struct value *own = r ? value_get(r->props, "LogGroupName") : NULL;
	if (own && !value_equal(own, name))
		x_set_path(x, props, "LoggingConfig.LogGroup", (struct value *)own);
}

/* Lines of its own group only. Without a group of ours it makes the group itself. */
static void grant_logs(struct expansion *x, struct item *i)
{
	const struct resource *group = map_get(x->resources, x_address(x, i, "log_group"));
	struct value *name = group ? x_known(x, group, "LogGroupName")
				   : log_group_name(x, x_known(x, i->main, "FunctionName"));
	struct value *lines =
		x_text(x, "arn:${partition}:logs:${region}:${account}:log-group:%:*", name);
	if (group)
		GRANT(x, i->role, lines, "logs:CreateLogStream", "logs:PutLogEvents");
	else
		GRANT(x, i->role, lines, "logs:CreateLogGroup", "logs:CreateLogStream",
		      "logs:PutLogEvents");
}

/* --- declare --- */

static void runtime(struct expansion *x, const struct item *i, const struct code *c,
		    struct value *props)
{
	const struct value *run = x_word(i, "runtime"), *handler = x_word(i, "handler");
	if (c->image) {
		value_set(x->arena, props, "PackageType", x_string(x, "Image"));
		if (run || handler)
			x_error(x, run ? run->span : handler->span,
				"an image brings its runtime and its handler");
		return;
	}
	if (x_word(i, "image"))
		x_error(x, x_at(i, "image"), "`image` is for code that is an image");
	if (!run)
		x_lacks(x, i, "runtime");
	if (!handler && str_starts(value_text(run), "provided"))
		value_set(x->arena, props, "Handler", x_string(x, "bootstrap"));
	else if (!handler && run)
		x_lacks(x, i, "handler");
}

static void check_layers(struct expansion *x, const struct item *i)
{
	const struct value *all = x_word(i, "layers");
	value_each_item(all, v) {
		if (!value_text(v) || str_starts(value_text(v), "arn:"))
			continue;
		x_error(x, v->span, "no layer `%s` in this stack", value_text(v));
		diag_hint(x->diags, "layers of a stack come with a later version of cinfra; give "
				    "the "
				    "ARN of a layer's version");
	}
}

static void declare(struct expansion *x, struct item *i)
{
	struct code code;
	x_code(x, i, &code);
	x_check_handler(x, i, &code);
	check_layers(x, i);
	x_later(x, i, "aliases");
	struct value *props = x_map(x, "FunctionName", x_name(x, i, "", "AWS::Lambda::Function"),
				    "Code", code.props, "KmsKeyArn", x_encryption(x, i), NULL);
	runtime(x, i, &code, props);
	if (x_word(i, "snap_start"))
		x_set_path(x, props, "SnapStart.ApplyOn",
			   x_string(x,
				    x_flag(i, "snap_start", false) ? "PublishedVersions" : "None"));
	struct value *role = role_arn(x, i);
	if (role)
		value_set(x->arena, props, "Role", role);
	x_main(x, i, "AWS::Lambda::Function", props);
	if (i->main)
		i->main->package = code.package;
	log_group(x, i, i->main ? i->main->props : props);
}

/* --- wire --- */

static void join_role(struct expansion *x, struct item *i)
{
	struct target t;
	if (shares_role(i) && !x_ref(x, x_word(i, "role"), roles, &t) && t.item)
		i->role = t.item->role;
}

static void dead_letter(struct expansion *x, struct item *i)
{
	struct value *arn = x_failure_target(x, i->role, x_word(i, "dead_letter"));
	if (arn)
		x_set_path(x, i->main->props, "DeadLetterConfig.TargetArn", arn);
}

/* Lambda reaches into the network as the function's role. */
static void grant_network(struct expansion *x, struct item *i)
{
	if (value_get(i->main->props, "VpcConfig"))
		GRANT(x, i->role, x_string(x, "*"), "ec2:CreateNetworkInterface",
		      "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets",
		      "ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses",
		      "ec2:UnassignPrivateIpAddresses");
}

static void grant_tracing(struct expansion *x, struct item *i)
{
	if (str_eq(value_text(value_path(i->main->props, "TracingConfig.Mode")), "Active"))
		GRANT(x, i->role, x_string(x, "*"), "xray:PutTraceSegments",
		      "xray:PutTelemetryRecords");
}

static void wire(struct expansion *x, struct item *i)
{
	join_role(x, i);
	grant_logs(x, i);
	if (!shares_role(i))
		x_allow(x, i, i->role);
	grant_network(x, i);
	grant_tracing(x, i);
	dead_letter(x, i);
	x_use(x, i->role, &i->key, KEY_DECRYPT);
	x_function_events(x, i);
	x_function_extras(x, i);
}

/* Lambda checks rights when a function is made. */
static void finish(struct expansion *x, struct item *i)
{
	if (i->role && !shares_role(i))
		x_role_finish(x, i->role);
	if (i->role && x_has_rights(i->role))
		x_needs(x, i->main, i->role->policy);
	const char *group = x_address(x, i, "log_group");
	if (map_has(x->resources, group))
		x_needs(x, i->main, group);
}

static const struct aws_kind impl = {
	.arn = "Arn",
	.service = "lambda",
	.prefix = "function:",
	.declare = declare,
	.wire = wire,
	.finish = finish,
	.metrics = "AWS/Lambda",
	.dimension = "FunctionName",
	.dimension_of = "FunctionName",
};

const struct kind aws_kind_functions = {
	.section = "functions",
	.word = "function",
	.type = "AWS::Lambda::Function",
	.words = words,
	.doc = "Lambda functions. Each has a role of its own (`role`), whose `policy` holds what "
	       "its "
	       "events and `allow` take and nothing else, and a `log_group`. Events make what "
	       "invokes "
	       "it: mappings, permissions, subscriptions, rules.",
	.example = "functions:\n"
		   "  worker:\n"
		   "    code: src/worker\n"
		   "    runtime: python3.13\n"
		   "    handler: app.handle\n"
		   "    timeout: 30s\n"
		   "    events: [{ queue: jobs }]\n"
		   "    allow: { tables.orders: read-write }\n",
	.verbs = verbs,
	.impl = &impl,
};
