#include "lang/words.h"

#include "base/str.h"
#include "base/banned.h"

/* clang-format off */
const struct prop words_entry[] = {
	PROP("name", STRING, 0, LENGTH(1, 512),
	     .doc = "The name in AWS, taken as written; else it is made of stack, stage and key."),
	PROP("description", STRING, 0,
	     .doc = "What it is for; where AWS has no description it is shown in plans only."),
	PROP("tags", MAP, P_TAGS, OF(STRING), .doc = "Tags, on its parts too."),
	PROP("depends_on", LIST, P_SET, OF(STRING),
	     .doc = "Addresses that must be there before it, where no reference says so."),
	PROP("protect", BOOL, 0, .def = "false",
	     .doc = "Refuse every plan that would delete or replace it."),
	PROP("retain", BOOL, 0, .def = "false",
	     .doc = "When it leaves the stack, forget it and leave it in AWS."),
	PROP("ignore_changes", LIST, P_SET, OF(STRING),
	     .doc = "Properties whose changes in AWS are left alone; \"*\" is all."),
	PROP("replace", STRING, 0, VALUES("create-first", "delete-first"),
	     .doc = "Which half of a replacement comes first."),
	PROP("for_each", ANY, 0,
	     .doc = "A list of texts or a map: one resource for each, as ${each.key} and ${each.value}."),
	PROP("when", ANY, 0, .doc = "true, false or one ${...}: whether it is there at all."),
	PROP("moved_from", STRING, 0, .doc = "Its former address."),
	PROP("import", STRING, 0, .doc = "The id of an existing object to take over."),
	PROP("timeouts", OBJECT, 0, .sub = words_timeouts,
	     .doc = "How long its operations may take."),
	PROP("properties", ANY, 0,
	     .doc = "CloudFormation properties in CloudFormation's spelling, merged last."),
	PROP_END
};

const struct prop words_resource[] = {
	PROP("type", STRING, P_REQUIRED, .doc = "CloudFormation's type name: AWS::SQS::Queue."),
	PROP_END
};

const struct prop words_timeouts[] = {
	PROP("create", INT, 0, .unit = "s", RANGE(1, 86400), .doc = "Longest time a create may take."),
	PROP("update", INT, 0, .unit = "s", RANGE(1, 86400), .doc = "Longest time an update may take."),
	PROP("delete", INT, 0, .unit = "s", RANGE(1, 86400), .doc = "Longest time a delete may take."),
	PROP_END
};

const struct prop words_variable[] = {
	PROP("type", STRING, 0, VALUES("string", "number", "bool", "list", "map"),
	     .doc = "What values it takes; else the default's type, else string."),
	PROP("default", ANY, 0, .doc = "Its value when none is given; without one it is required."),
	PROP("allowed", LIST, 0, OF(ANY), .doc = "The only values it may take."),
	PROP("pattern", STRING, 0, .doc = "A POSIX extended regular expression over the whole text."),
	PROP("description", STRING, 0, .doc = "What it is for."),
	PROP("sensitive", BOOL, 0, .def = "false", .doc = "Never print or store its value."),
	PROP_END
};

const struct prop words_aws[] = {
	PROP("region", STRING, 0, .pattern = "[a-z]{2}(-[a-z]+)+-[0-9]+", .doc = "The region of all resources."),
	PROP("profile", STRING, 0, .doc = "A profile of the AWS configuration files."),
	PROP("role", STRING, 0, .doc = "ARN of a role to assume."),
	PROP("account", STRING, 0, .pattern = "[0-9]{12}", .doc = "The account; any other is refused."),
	PROP("tags", MAP, P_TAGS, OF(STRING), .doc = "Tags of every resource; may use ${self.key}."),
	PROP_END
};

static const struct prop words_s3[] = {
	PROP("bucket", STRING, P_REQUIRED, .doc = "The bucket that keeps the state."),
	PROP("key", STRING, P_REQUIRED, .doc = "The object's key. The stage is added to it, before its extension, unless it uses ${stage}."),
	PROP("region", STRING, 0, .doc = "The bucket's region, if it is not that of the stack."),
	PROP("account", STRING, 0, .pattern = "[0-9]{12}", .doc = "The account that owns the bucket, if it is not that of the credentials."),
	PROP("kms_key", STRING, 0, .doc = "ARN of the KMS key that encrypts it."),
	PROP("encryption", STRING, 0, VALUES("AES256", "aws:kms"), .doc = "Encryption to ask for with each write, where the bucket's policy wants that; else KMS with `kms_key`, or the bucket's default."),
	PROP("role", STRING, 0, .doc = "ARN of a role to assume for it."),
	PROP("endpoint", STRING, 0, .doc = "URL of a store that speaks S3, in place of AWS's."),
	PROP("profile", STRING, 0, .doc = "A profile of the AWS configuration files."),
	PROP_END
};

const struct prop words_state[] = {
	PROP("s3", OBJECT, P_REQUIRED, .sub = words_s3, .doc = "Keep it in S3."),
	PROP_END
};

static const struct prop words_packages_s3[] = {
	PROP("bucket", STRING, P_REQUIRED, LENGTH(3, 63), .pattern = "[a-z0-9][a-z0-9.-]*[a-z0-9]", .doc = "The bucket, in the stack's region. It must be there."),
	PROP("prefix", STRING, 0, LENGTH(1, 900), .doc = "What the objects' keys begin with; else cinfra/packages/."),
	PROP("account", STRING, 0, .pattern = "[0-9]{12}", .doc = "The account that owns the bucket, if it is not that of the stack."),
	PROP_END
};

const struct prop words_packages[] = {
	PROP("s3", OBJECT, P_REQUIRED, .sub = words_packages_s3, .doc = "The way of packages over 50 MB to AWS."),
	PROP_END
};

const struct prop words_random[] = {
	PROP("length", INT, 0, RANGE(1, 64), .def = "8", .doc = "Characters."),
	PROP("upper", BOOL, 0, .def = "false", .doc = "Capitals too."),
	PROP("special", BOOL, 0, .def = "false", .doc = "Signs too."),
	PROP_END
};

const struct prop words_output[] = {
	PROP("value", ANY, P_REQUIRED, .doc = "The value."),
	PROP("description", STRING, 0, .doc = "What it is."),
	PROP("sensitive", BOOL, 0, .def = "false", .doc = "Print it only when asked for by name."),
	PROP_END
};

const struct top_word words_top[] = {
	{ "stack", "The stack's name: part of all names, and of the state's." },
	{ "stage", "The stage, part of names; --stage sets another." },
	{ "variables", "Inputs: ${var.NAME}." },
	{ "aws", "Region, credentials, and tags of all resources." },
	{ "state", "Where the state is kept; else in .cinfra beside the stack." },
	{ "packages", "Where packages that are too large for a call are uploaded to." },
	{ "defaults", "By section, what every entry has unless it says otherwise." },
	{ "random", "Texts drawn once: ${random.NAME}." },
	{ "modules", "Other stacks as parts of this one." },
	{ "resources", "Any supported type in CloudFormation's spelling." },
	{ "overrides", "By address, properties of any resource in CloudFormation's spelling." },
	{ "outputs", "What the stack tells the outside." },
	{ NULL, NULL },
};
/* clang-format on */

const char *const words_later[] = {
	"layers",     "streams",	"event_buses", "schedules",  "state_machines",
	"policies",   "oidc_providers", "secrets",     "parameters", "user_pools",
	"dashboards", "modules",	NULL,
};

static const struct foreign {
	const char *key, *advice;
} foreign[] = {
	{ "AWSTemplateFormatVersion", "this is a CloudFormation template; a stack is another "
				      "language" },
	{ "Transform", "this is a SAM template; a stack is another language" },
	{ "Resources", "write each under its section (`queues`, `functions`, ...), or under "
		       "`resources` in CloudFormation's spelling" },
	{ "Parameters", "inputs go under `variables`" },
	{ "Outputs", "write `outputs`" },
	{ "Globals", "write `defaults`, by section" },
	{ "Conditions", "write `when: ${...}` in the entry" },
	{ "Mappings", "write a variable of type map, and `${lookup(var.NAME, KEY, DEFAULT)}`" },
	{ "Description", "write a comment" },
	{ "Metadata", "write a comment, or a key that begins with `x-`" },
	{ "service", "write `stack: NAME`" },
	{ "provider", "region and profile go under `aws`, the rest under `defaults`" },
	{ "custom", "write keys that begin with `x-`" },
	{ "region", "it goes under `aws`" },
	{ "profile", "it goes under `aws`" },
	{ "account", "it goes under `aws`" },
	{ "tags", "they go under `aws`, or into the entry" },
	{ "name", "write `stack: NAME`" },
	{ "locals", "write variables with a default" },
	{ "events", "they belong to a function: `functions.NAME.events`" },
	{ "routes", "they belong to an API: `apis.NAME.routes`" },
};

const char *words_foreign(const char *key)
{
	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
		if (str_eq(key, foreign[i].key))
			return foreign[i].advice;
	return NULL;
}
