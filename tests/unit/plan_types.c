/* Resource types for plan cases, and a provider that knows no cloud. */
#include "test.h"

#include <string.h>

#include "plan_case.h"

/* clang-format off */
static const struct prop redrive[] = {
	PROP("deadLetterTargetArn", STRING, 0, .doc = "Where to."),
	PROP("maxReceiveCount", INT, 0, .def = "3", .doc = "After how many."),
	PROP_END
};
static const struct prop queue_props[] = {
	PROP("QueueName", STRING, P_REPLACE, .doc = "Name."),
	PROP("FifoQueue", BOOL, P_REPLACE, .def = "false", .doc = "Ordered."),
	PROP("VisibilityTimeout", INT, 0, .def = "30", .doc = "Seconds."),
	PROP("DelaySeconds", INT, 0, .def = "0", .doc = "Seconds."),
	PROP("KmsMasterKeyId", STRING, 0, .doc = "Key."),
	PROP("KmsDataKeyReusePeriodSeconds", INT, P_CREATE_DEFAULT, .doc = "Chosen by AWS."),
	PROP("RedrivePolicy", OBJECT, 0, .sub = redrive, .doc = "Dead letters."),
	PROP("Policy", JSON, 0, .doc = "Policy."),
	PROP("Tags", MAP, P_TAGS, .doc = "Tags."),
	PROP("Arn", STRING, P_COMPUTED | P_STATIC, .derive = "arn:aws:sqs:eu-west-1:1:${QueueName}", .doc = "ARN."),
	PROP("QueueUrl", STRING, P_COMPUTED | P_STATIC, .doc = "URL."),
	PROP_END
};
static const struct type queue = {
	.name = "Test::Queue", .doc = "Named.", .props = queue_props, .id = "QueueUrl", .name_prop = "QueueName",
};

static const struct prop key_schema[] = {
	PROP("AttributeName", STRING, P_REQUIRED, .doc = "Attribute."),
	PROP("KeyType", STRING, P_REQUIRED, .doc = "HASH or RANGE."),
	PROP_END
};
static const struct prop stream[] = {
	PROP("StreamViewType", STRING, P_REQUIRED, .doc = "View."),
	PROP_END
};
static const struct prop index_props[] = {
	PROP("IndexName", STRING, P_REQUIRED, .doc = "Name."),
	PROP("Projection", STRING, 0, .def = "\"ALL\"", .doc = "What."),
	PROP("Capacity", INT, 0, .doc = "Units."),
	PROP_END
};
static const struct prop table_props[] = {
	PROP("TableName", STRING, P_REPLACE, .doc = "Name."),
	PROP("KeySchema", LIST, P_REPLACE, OF(OBJECT), .sub = key_schema, .doc = "Keys."),
	PROP("Indexes", LIST, P_KEYED, OF(OBJECT), .sub = index_props, .key = "IndexName", .doc = "Indexes."),
	PROP("StreamSpecification", OBJECT, 0, .sub = stream, .doc = "Stream."),
	PROP("Versioning", STRING, P_NO_RESET, .def = "\"Off\"", .doc = "Versions."),
	PROP("Tags", MAP, P_TAGS, .doc = "Tags."),
	PROP("Arn", STRING, P_COMPUTED | P_STATIC, .derive = "arn:aws:dynamodb:eu-west-1:1:table/${TableName}", .doc = "ARN."),
	PROP("StreamArn", STRING, P_COMPUTED, .changes_with = "StreamSpecification", .doc = "Stream."),
	PROP_END
};
static const struct type table = {
	.name = "Test::Table", .doc = "Holds data.", .flags = TYPE_HOLDS_DATA, .props = table_props,
	.id = "TableName", .name_prop = "TableName",
};

static const struct prop environment[] = {
	PROP("Variables", MAP, 0, OF(STRING), .doc = "Variables."),
	PROP_END
};
static const struct prop logging[] = {
	PROP("LogFormat", STRING, 0, .def = "\"Text\"", .doc = "Format."),
	PROP("LogGroup", STRING, P_CREATE_DEFAULT, .doc = "Group."),
	PROP_END
};
static const struct prop function_props[] = {
	PROP("FunctionName", STRING, P_REPLACE, .doc = "Name."),
	PROP("Code", STRING, 0, .doc = "Digest."),
	PROP("MemorySize", INT, 0, .def = "128", .doc = "MB."),
	PROP("Role", STRING, 0, .doc = "Role."),
	PROP("PackageType", STRING, P_REPLACE, .def = "\"Zip\"", .doc = "Zip or Image."),
	PROP("Environment", OBJECT, 0, .sub = environment, .doc = "Environment."),
	PROP("LoggingConfig", OBJECT, 0, .sub = logging, .doc = "Logging."),
	PROP("Architectures", LIST, P_SET, .def = "[\"x86_64\"]", .doc = "Architectures."),
	PROP("Layers", LIST, 0, .doc = "Layers."),
	PROP("Description", STRING, 0, .def = "\"\"", .doc = "Text."),
	PROP("Tags", MAP, P_TAGS, .doc = "Tags."),
	PROP("Arn", STRING, P_COMPUTED | P_STATIC, .derive = "arn:aws:lambda:eu-west-1:1:function:${FunctionName}", .doc = "ARN."),
	PROP_END
};
static const struct type function = {
	.name = "Test::Function", .doc = "Many shapes.", .props = function_props, .id = "FunctionName",
	.name_prop = "FunctionName",
};

static const struct prop key_props[] = {
	PROP("Description", STRING, 0, .def = "\"\"", .doc = "Text."),
	PROP("KeySpec", STRING, P_REPLACE, .doc = "Kind."),
	PROP("KeyPolicy", JSON, P_CREATE_DEFAULT, .doc = "Policy."),
	PROP("Arn", STRING, P_COMPUTED | P_STATIC, .doc = "ARN."),
	PROP("KeyId", STRING, P_COMPUTED | P_STATIC, .doc = "Id."),
	PROP_END
};
static const struct type key = {
	.name = "Test::Key", .doc = "Nameless.", .flags = TYPE_HOLDS_DATA | TYPE_CREATE_FIRST,
	.props = key_props, .id = "KeyId",
};

static const struct prop api_props[] = {
	PROP("Name", STRING, 0, .doc = "Name."),
	PROP("Protocol", STRING, P_REPLACE, .doc = "Protocol."),
	PROP("ApiId", STRING, P_COMPUTED | P_STATIC, .doc = "Id."),
	PROP("Url", STRING, P_COMPUTED | P_STATIC, .doc = "URL."),
	PROP_END
};
static const struct type api = {
	.name = "Test::Api", .doc = "Nameless.", .flags = TYPE_CREATE_FIRST, .props = api_props, .id = "ApiId",
};

static const struct prop route_props[] = {
	PROP("ApiId", STRING, P_REPLACE, .doc = "Parent."),
	PROP("RouteKey", STRING, P_REPLACE, .doc = "Key."),
	PROP("Target", STRING, 0, .doc = "Target."),
	PROP("RouteId", STRING, P_COMPUTED | P_STATIC, .doc = "Id."),
	PROP_END
};
static const struct type route = {
	.name = "Test::Route", .doc = "Inside an API.", .flags = TYPE_INSIDE_PARENT, .props = route_props,
	.id = "ApiId|RouteId", .parent = "ApiId",
};

static const struct prop policy_props[] = {
	PROP("Queue", STRING, 0, .doc = "Parent."),
	PROP("PolicyDocument", JSON, P_REQUIRED, .doc = "Policy."),
	PROP_END
};
static const struct type policy = {
	.name = "Test::Policy", .doc = "Inside a queue.", .flags = TYPE_INSIDE_PARENT, .props = policy_props,
	.id = "Queue", .parent = "Queue",
};

static const struct prop secret_props[] = {
	PROP("Name", STRING, P_REPLACE, .doc = "Name."),
	PROP("SecretString", STRING, P_WRITE_ONLY | P_SENSITIVE, .doc = "Secret."),
	PROP("Password", STRING, P_SENSITIVE, .doc = "Secret that AWS returns."),
	PROP("Rotation", OBJECT, P_WRITE_ONLY, .sub = logging, .doc = "Never returned."),
	PROP_END
};
static const struct type secret = {
	.name = "Test::Secret", .doc = "Write-only.", .props = secret_props, .id = "Name", .name_prop = "Name",
};
/* clang-format on */

static const struct type *const all[] = { &queue, &table, &function, &key,
					  &api,	  &route, &policy,   &secret };

static const struct type *find_type(const char *name)
{
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (str_eq(all[i]->name, name))
			return all[i];
	return NULL;
}

/* Patterns with one ${Property} at their end. */
static struct value *derive(struct provider *p, struct arena *a, const struct type *type,
			    const char *attribute, const struct value *props,
			    const struct account *account)
{
	const struct prop *row = prop_find(type->props, attribute);
	const char *open = row && row->derive ? strstr(row->derive, "${") : NULL;
	const struct value *v;

	(void)p;
	(void)account;
	if (!open)
		return NULL;
	v = value_get(props, arena_strndup(a, open + 2, strlen(open) - 3));
	if (value_has_unknown(v))
		return value_unknown(a);
	return v ? value_printf(a, "%.*s%s", (int)(open - row->derive), row->derive, value_text(v))
		 : NULL;
}

struct provider *plan_types_provider(struct arena *a)
{
	struct provider *p = arena_new_of(a, struct provider);

	p->type = find_type;
	p->derive = derive;
	return p;
}
