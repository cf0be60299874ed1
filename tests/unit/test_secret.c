#include "test.h"

#include <string.h>

#include "base/str.h"
#include "model/secret.h"

TEST(secret_digest_matches_its_own)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct value *plain = value_string(a, "hunter2");
	struct value *digest = value_digest(a, plain);

	assert_int_equal(digest->kind, VALUE_STRING);
	assert_int_equal(digest->flags, VALUE_DIGEST | VALUE_SENSITIVE);
	assert_int_equal(strlen(value_text(digest)), 7 + 32 + 1 + 64);
	assert_null(strstr(value_text(digest), "hunter2"));
	assert_true(value_digest_matches(digest, plain));
	assert_false(value_digest_matches(digest, value_string(a, "hunter3")));
	assert_false(value_digest_matches(digest, value_string(a, "")));
	assert_false(value_digest_matches(digest, NULL));
	assert_false(value_digest_matches(digest, value_unknown(a)));
}

TEST(secret_salts_are_fresh)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct value *plain = value_string(a, "hunter2");
	struct value *one = value_digest(a, plain), *two = value_digest(a, plain);

	assert_string_not_equal(value_text(one), value_text(two));
	assert_true(value_digest_matches(one, plain));
	assert_true(value_digest_matches(two, plain));
	assert_false(value_digest_matches(one, two));
	assert_true(value_digest_matches(one, one));
	assert_string_equal(value_text(value_digest(a, one)), value_text(one));
}

TEST(secret_counts_by_content)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct value *one = value_map(a), *other = value_map(a);
	struct value *number = value_digest(a, value_int(a, 30));

	value_set(a, one, "a", value_int(a, 1));
	value_set(a, one, "b", value_string(a, "x"));
	value_set(a, other, "b", value_string(a, "x"));
	value_set(a, other, "a", value_int(a, 1));
	assert_true(value_digest_matches(number, value_string(a, "30")));
	assert_true(value_digest_matches(value_digest(a, one), other));
	value_set(a, other, "a", value_int(a, 2));
	assert_false(value_digest_matches(value_digest(a, one), other));
}

TEST(secret_refuses_what_is_no_digest)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct value *plain = value_string(a, "sha256:00:11");
	struct value *broken = value_string(a, "sha256:00:11");

	assert_false(value_digest_matches(plain, plain));
	broken->flags = VALUE_DIGEST;
	assert_false(value_digest_matches(broken, plain));
	assert_true(value_is(value_digest(a, value_unknown(a)), VALUE_UNKNOWN));
}
