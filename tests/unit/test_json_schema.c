#include "lang_test.h"

#include "lang/json_schema.h"
#include "model/json.h"

/* clang-format off */
static const struct prop retry[] = {
	PROP("MaxTries", INT, P_REQUIRED, RANGE(1, 5)),
	PROP_END
};
static const struct prop thing_props[] = {
	PROP("ThingName", STRING, P_REPLACE),
	PROP("ViewType", STRING, 0, VALUES("NEW_IMAGE", "PassThrough"), .doc = "What is seen."),
	PROP("LifeTime", INT, 0, .unit = "s", RANGE(1, 60), .def = "5"),
	PROP("Retries", LIST, 0, .item = PROP_OBJECT, .sub = retry),
	PROP("Labels", LIST, 0, OF(STRING), LENGTH(1, 3)),
	PROP("Arn", STRING, P_COMPUTED),
	PROP("Tags", MAP, P_TAGS),
	PROP_END
};
static const struct prop words[] = {
	PROP("life", INT, P_REQUIRED, .to = "LifeTime", .unit = "s"),
	PROP_END
};
/* clang-format on */
static const struct type thing = { .name = "AWS::X::Thing",
				   .props = thing_props,
				   .name_prop = "ThingName" };
static const struct kind things = { .section = "things",
				    .word = "thing",
				    .type = "AWS::X::Thing",
				    .words = words,
				    .doc = "Things." };

static const struct type *one_type(const char *name)
{
	return str_eq(name, thing.name) ? &thing : NULL;
}

static const struct type *const *one_types(size_t *ret_len)
{
	static const struct type *const all[] = { &thing };

	*ret_len = 1;
	return all;
}

static const struct kind *one_kind(const char *section)
{
	return str_eq(section, things.section) ? &things : NULL;
}

static const struct kind *const *one_kinds(size_t *ret_len)
{
	static const struct kind *const all[] = { &things };

	*ret_len = 1;
	return all;
}

static const struct provider provider = {
	.type = one_type, .types = one_types, .kind = one_kind, .kinds = one_kinds
};

static const struct value *entry_property(const struct value *schema, const char *name)
{
	return value_get(value_path(schema, "definitions.things.properties"), name);
}

TEST(json_schema_of_entries)
{
	_cleanup_run_ struct run r = run_new();
	struct value *s = lang_json_schema(r.arena, &provider);

	/* Words replace what they stand for; what AWS sets and what has a common word is not there. */
	assert_non_null(entry_property(s, "life"));
	assert_non_null(entry_property(s, "view_type"));
	assert_non_null(entry_property(s, "tags"));
	assert_non_null(entry_property(s, "depends_on"));
	assert_null(entry_property(s, "life_time"));
	assert_null(entry_property(s, "thing_name"));
	assert_null(entry_property(s, "arn"));
	assert_false(value_bool_or(value_path(s, "definitions.things.additionalProperties"), true));
	/* Defaults may supply what an entry needs. */
	assert_null(value_path(s, "definitions.things.required"));
	assert_string_equal(value_text(value_path(s, "properties.things.description")), "Things.");
}

TEST(json_schema_of_values)
{
	_cleanup_run_ struct run r = run_new();
	struct value *s = lang_json_schema(r.arena, &provider);
	const struct value *view = entry_property(s, "view_type");

	assert_string_equal(json_text(r.arena, value_path(view, "anyOf.0.enum"), JSON_COMPACT),
			    "[\"new-image\",\"NEW_IMAGE\",\"pass-through\",\"PassThrough\"]");
	assert_string_equal(value_text_at(view, "description"), "What is seen.");
	assert_string_equal(value_text(value_path(entry_property(s, "life"), "anyOf.1.pattern")),
			    "^(?:0|[1-9][0-9]*)(?:ms|s|m|h|d|w)$");
	assert_string_equal(json_text(r.arena,
				      value_path(entry_property(s, "retries"), "anyOf.0.items."
									       "anyOf.0.required"),
				      JSON_COMPACT),
			    "[\"max_tries\"]");
	assert_int_equal(
		value_int_or(value_path(entry_property(s, "labels"), "anyOf.0.maxItems"), 0), 3);
}

TEST(json_schema_of_resources)
{
	_cleanup_run_ struct run r = run_new();
	struct value *s = lang_json_schema(r.arena, &provider);
	const struct value *type = value_get(value_get(s, "definitions"), "AWS::X::Thing");

	assert_non_null(value_path(type, "properties.LifeTime"));
	assert_null(value_path(type, "properties.Arn"));
	assert_int_equal(value_int_or(value_path(type, "properties.LifeTime.default"), 0), 5);
	assert_string_equal(value_text(value_path(s, "definitions.resource.allOf.0.if.properties."
						     "type.const")),
			    "AWS::X::Thing");
}

TEST(json_schema_of_the_top_level)
{
	_cleanup_run_ struct run r = run_new();
	struct value *s = lang_json_schema(r.arena, &provider);

	assert_string_equal(json_text(r.arena, value_get(s, "required"), JSON_COMPACT), "[\"stack\""
											"]");
	assert_non_null(value_path(s, "properties.variables"));
	assert_non_null(value_path(s, "properties.defaults.properties.things"));
	assert_non_null(value_path(s, "patternProperties.^x-"));
	assert_null(value_path(s, "properties.modules"));
	assert_string_equal(
		json_text(r.arena, value_path(s, "properties.state.required"), JSON_COMPACT), "[\"s"
											      "3\""
											      "]");
}
