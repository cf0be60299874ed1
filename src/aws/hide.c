/* hide.c - AWS's error messages may give back what they were sent: without the secrets in it. */
#include <ctype.h>
#include <string.h>

#include "aws/client.h"
#include "aws/uri.h"
#include "model/json.h"
#include "base/banned.h"

#define HIDDEN "(sensitive)"

/* So short a text is only itself where a word is. */
enum { SHORT = 4 };

static bool is_word(const char *message, const char *at, size_t len)
{
	return (at == message || !isalnum((unsigned char)at[-1])) &&
	       !isalnum((unsigned char)at[len]);
}

static const char *replace(struct arena *a, const char *message, const char *secret)
{
	_cleanup_str_ struct str out = STR_INIT;
	size_t len = strlen(secret);
	const char *from = message, *at = message;

	while (len && (at = strstr(at, secret))) {
		if (len >= SHORT || is_word(message, at, len)) {
			str_addn(&out, from, (size_t)(at - from));
			str_add(&out, HIDDEN);
			from = at + len;
		}
		at += len;
	}
	if (from == message)
		return message;
	str_add(&out, from);
	return str_dup(&out, a);
}

/* In the forms that a protocol gives it, or that a message quotes it in. */
static const char *hide_text(struct arena *a, const char *message, const char *secret)
{
	_cleanup_str_ struct str encoded = STR_INIT;
	char *quoted = json_text(a, value_string(a, secret), JSON_COMPACT), *twice;

	quoted = arena_strndup(a, quoted + 1, strlen(quoted) - 2);
	twice = json_text(a, value_string(a, quoted), JSON_COMPACT);
	uri_encode(&encoded, secret, strlen(secret), false);
	message = replace(a, message, arena_strndup(a, twice + 1, strlen(twice) - 2));
	message = replace(a, message, quoted);
	message = replace(a, message, secret);
	return replace(a, message, str_text(&encoded));
}

static const char *hide(struct arena *a, const char *message, const struct value *v)
{
	value_each_item(v, item)
		message = hide(a, message, item);
	value_each_pair(v, p)
		message = hide(a, message, p->value);
	if (!value_is_scalar(v) || !(v->flags & VALUE_SENSITIVE))
		return message;
	return hide_text(a, message, value_scalar_text(a, v));
}

void aws_error_hide(struct aws_error *err, struct arena *a, const struct value *v)
{
	if (err->message && value_has_sensitive(v))
		err->message = hide(a, err->message, v);
}
