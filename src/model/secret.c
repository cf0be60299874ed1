#include "model/secret.h"

#include <string.h>

#include "base/hash.h"
#include "model/json.h"

#include "base/banned.h"

enum { SALT_BYTES = 16, SALT_HEX = 2 * SALT_BYTES };
static const char prefix[] = "sha256:";
enum { PREFIX_LEN = sizeof(prefix) - 1, DIGEST_LEN = PREFIX_LEN + SALT_HEX + 1 + SHA256_HEX_LEN };

static bool is_digest(const struct value *v)
{
	return value_is(v, VALUE_STRING) && (v->flags & VALUE_DIGEST);
}

/* What is digested: a scalar's text, a list or map as JSON with sorted keys. */
static void secret_bytes(struct str *out, struct arena *scratch, const struct value *plain)
{
	if (value_is(plain, VALUE_STRING))
		str_addn(out, plain->string.text, plain->string.len);
	else if (value_is_scalar(plain) && !value_is(plain, VALUE_NULL))
		str_add(out, value_scalar_text(scratch, plain));
	else
		json_write(out, plain, JSON_SORTED, true);
}

/* "sha256:<salt>:<digest>" with the salt given as hex text. */
static char *digest_text(struct arena *a, const char *salt, const struct value *plain)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	struct str secret = STR_INIT;
	uint8_t sum[SHA256_LEN];
	struct sha256_ctx *c = sha256_begin();

	secret_bytes(&secret, scratch, plain);
	sha256_update(c, salt, SALT_HEX);
	sha256_update(c, str_text(&secret), secret.len);
	sha256_end(c, sum);
	str_wipe(&secret);
	return arena_printf(a, "%s%.*s:%s", prefix, (int)SALT_HEX, salt,
			    hex_encode(scratch, sum, sizeof(sum)));
}

struct value *value_digest(struct arena *a, const struct value *plain)
{
	struct value *v;

	if (!plain || is_digest(plain) || value_has_unknown(plain))
		return plain ? value_at(a, plain, plain->span) : NULL;
	v = value_string(a, digest_text(a, random_hex(a, SALT_BYTES), plain));
	v->flags = VALUE_DIGEST | VALUE_SENSITIVE;
	v->span = plain->span;
	return v;
}

bool value_digest_matches(const struct value *digest, const struct value *plain)
{
	_cleanup_arena_ struct arena *scratch = NULL;
	const char *text;

	if (!is_digest(digest) || !plain || digest->string.len != DIGEST_LEN ||
	    !str_starts(digest->string.text, prefix) || value_has_unknown(plain))
		return false;
	if (is_digest(plain))
		return str_eq(plain->string.text, digest->string.text);
	scratch = arena_new();
	text = digest_text(scratch, digest->string.text + PREFIX_LEN, plain);
	return mem_equal_ct(text, digest->string.text, DIGEST_LEN);
}
