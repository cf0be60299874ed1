/* The functions on texts. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "model/expr_call.h"

#include "base/banned.h"

#define LIMITED                                                                                    \
	{                                                                                          \
		.max = EXPR_MAX_TEXT                                                               \
	}

struct value *expr_base64(const struct expr_call *c)
{
	const char *text = expr_arg_text(c, 0);

	if (!text)
		return NULL;
	if ((strlen(text) + 2) / 3 * 4 > EXPR_MAX_TEXT)
		return expr_call_failed(c, "the result is longer than %d bytes", EXPR_MAX_TEXT);
	return value_string(c->arena, base64_encode(c->arena, text, strlen(text)));
}

struct value *expr_base64decode(const struct expr_call *c)
{
	const char *text = expr_arg_text(c, 0);
	size_t len;
	const char *bytes = text ? (const char *)base64_decode(c->arena, text, &len) : NULL;

	if (!text)
		return NULL;
	if (!bytes)
		return expr_call_failed(c, "the text is not base64");
	if (!str_is_utf8(bytes, len))
		return expr_call_failed(c, "what is encoded is not text in UTF-8");
	return value_stringn(c->arena, bytes, len);
}

struct value *expr_sha256(const struct expr_call *c)
{
	const char *text = expr_arg_text(c, 0);

	return text ? value_string(c->arena, sha256_hex(c->arena, text, strlen(text))) : NULL;
}

static struct value *change_case(const struct expr_call *c, int (*change)(int))
{
	const char *text = expr_arg_text(c, 0);
	char *changed = arena_strdup(c->arena, text);

	for (char *s = changed; s && *s; s++)
		if (isascii((unsigned char)*s))
			*s = (char)change((unsigned char)*s);
	return text ? value_string(c->arena, changed) : NULL;
}

struct value *expr_lower(const struct expr_call *c)
{
	return change_case(c, tolower);
}

struct value *expr_upper(const struct expr_call *c)
{
	return change_case(c, toupper);
}

struct value *expr_replace(const struct expr_call *c)
{
	_cleanup_str_ struct str out = LIMITED;
	const char *text = expr_arg_text(c, 0), *from = expr_arg_text(c, 1);
	const char *to = expr_arg_text(c, 2), *found;

	if (!text || !from || !to)
		return NULL;
	if (!*from)
		return expr_call_failed(c, "the text to replace is empty");
	for (; !out.overflow && (found = strstr(text, from)); text = found + strlen(from)) {
		str_addn(&out, text, (size_t)(found - text));
		str_add(&out, to);
	}
	str_add(&out, text);
	return expr_result_text(c, &out);
}

/* Is the code point at `s`, `len` bytes long, one of those in `set`? */
static bool char_in(const char *s, size_t len, const char *set)
{
	for (; *set; set++)
		if (strncmp(set, s, len) == 0)
			return true;
	return false;
}

static bool inside_char(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static size_t char_len(const char *s)
{
	size_t len = 1;

	while (inside_char(s[len]))
		len++;
	return len;
}

struct value *expr_trim(const struct expr_call *c)
{
	const char *text = expr_arg_text(c, 0);
	const char *set = c->len > 1 ? expr_arg_text(c, 1) : " \t\r\n\v\f", *end, *last;

	if (!text || !set)
		return NULL;
	while (*text && char_in(text, char_len(text), set))
		text += char_len(text);
	for (end = text + strlen(text); end > text; end = last) {
		for (last = end - 1; last > text && inside_char(*last); last--)
			;
		if (!char_in(last, (size_t)(end - last), set))
			break;
	}
	return value_stringn(c->arena, text, (size_t)(end - text));
}

struct value *expr_join(const struct expr_call *c)
{
	_cleanup_str_ struct str out = LIMITED;
	const char *between = expr_arg_text(c, 0);
	const struct value *list = between ? expr_arg_list(c, 1) : NULL;

	if (!list)
		return NULL;
	value_each_item(list, item) {
		const char *text = value_scalar_text(c->arena, item);

		if (!text)
			return expr_call_failed(c, "item %zu of the list is %s, not text", item_i,
						value_kind_name(item));
		if (item_i)
			str_add(&out, between);
		str_add(&out, text);
		if (out.overflow)
			break;
	}
	return expr_result_text(c, &out);
}

/* False with an error added when the list is full. */
static bool add_part(const struct expr_call *c, struct value *list, const char *text, size_t len)
{
	if (list->list.len == EXPR_MAX_ITEMS)
		return expr_call_failed(c, "the result has more than %d items", EXPR_MAX_ITEMS);
	value_append(c->arena, list, value_stringn(c->arena, text, len));
	return true;
}

struct value *expr_split(const struct expr_call *c)
{
	const char *between = expr_arg_text(c, 0), *text = expr_arg_text(c, 1);
	struct value *list = value_list(c->arena);
	size_t len;

	if (!between || !text)
		return NULL;
	while (*between || *text) {
		const char *found = *between ? strstr(text, between) : text + char_len(text);

		len = found ? (size_t)(found - text) : strlen(text);
		if (!add_part(c, list, text, len))
			return NULL;
		if (!found)
			break;
		text = found + strlen(between);
	}
	return list;
}

/* --- format --- */

enum { MAX_WIDTH = 999 };

struct verb {
	char flags[8];
	int width, precision; /* -1: none */
	char letter;
};

static const char *parse_number(const char *s, int *ret)
{
	for (*ret = 0; isdigit((unsigned char)*s) && *ret <= MAX_WIDTH; s++)
		*ret = *ret * 10 + (*s - '0');
	return s;
}

/* After the %; returns what follows the letter, NULL when it is not a verb. */
static const char *parse_verb(const char *s, struct verb *ret)
{
	size_t n = strspn(s, "-+ 0");

	*ret = (struct verb){ .width = -1, .precision = -1 };
	if (n >= sizeof(ret->flags))
		return NULL;
	memcpy(ret->flags, s, n);
	s += n;
	if (isdigit((unsigned char)*s))
		s = parse_number(s, &ret->width);
	if (*s == '.')
		s = parse_number(s + 1, &ret->precision);
	ret->letter = *s;
	if (!*s || !strchr("svdfxX%", *s) || ret->width > MAX_WIDTH || ret->precision > MAX_WIDTH)
		return NULL;
	return s + 1;
}

static void pad_text(struct str *out, const struct verb *v, const char *text)
{
	size_t chars = 0, end = 0, most = v->precision < 0 ? SIZE_MAX : (size_t)v->precision;
	size_t blanks;

	while (text[end] && chars < most) {
		end += char_len(text + end);
		chars++;
	}
	blanks = v->width > 0 && (size_t)v->width > chars ? (size_t)v->width - chars : 0;
	if (!strchr(v->flags, '-'))
		str_addf(out, "%*s", (int)blanks, "");
	str_addn(out, text, end);
	if (strchr(v->flags, '-'))
		str_addf(out, "%*s", (int)blanks, "");
}

/* The flags as printf's width: the format stays a literal. */
static void pad_number(struct str *out, const struct verb *v, const char *digits)
{
	bool negative = *digits == '-';
	const char *sign = negative		   ? "-"
			   : strchr(v->flags, '+') ? "+"
			   : strchr(v->flags, ' ') ? " "
						   : "";
	int len = (int)(strlen(digits + negative) + strlen(sign));
	int fill = v->width > len ? v->width - len : 0;
	bool left = strchr(v->flags, '-'), zeros = !left && strchr(v->flags, '0');

	if (!left && !zeros)
		str_addf(out, "%*s", fill, "");
	str_add(out, sign);
	for (int i = 0; zeros && i < fill; i++)
		str_addc(out, '0');
	str_add(out, digits + negative);
	if (left)
		str_addf(out, "%*s", fill, "");
}

static const char *whole_digits(const struct expr_call *c, const struct verb *v, int64_t n)
{
	uint64_t worth = n < 0 ? -(uint64_t)n : (uint64_t)n;
	const char *sign = n < 0 ? "-" : "";

	if (v->letter == 'x')
		return arena_printf(c->arena, "%s%llx", sign, (unsigned long long)worth);
	if (v->letter == 'X')
		return arena_printf(c->arena, "%s%llX", sign, (unsigned long long)worth);
	return arena_printf(c->arena, "%lld", (long long)n);
}

static bool add_verb(const struct expr_call *c, struct str *out, const struct verb *v, size_t arg)
{
	const struct value *n;

	if (v->letter == 's' || v->letter == 'v') {
		const char *text = expr_arg_text(c, arg);

		if (text)
			pad_text(out, v, text);
		return text;
	}
	n = expr_arg_number(c, arg);
	if (!n)
		return false;
	if (v->letter != 'f') {
		if (n->kind != VALUE_INT)
			return expr_arg_wrong(c, arg, "a whole number");
		pad_number(out, v, whole_digits(c, v, n->integer));
		return true;
	}
	pad_number(out, v,
		   arena_printf(c->arena, "%.*f", v->precision < 0 ? 6 : v->precision,
				n->kind == VALUE_INT ? (double)n->integer : n->number));
	return true;
}

struct value *expr_format(const struct expr_call *c)
{
	_cleanup_str_ struct str out = LIMITED;
	const char *fmt = expr_arg_text(c, 0), *mark;
	size_t arg = 1;
	struct verb v;

	for (; fmt && (mark = strchr(fmt, '%')) && !out.overflow;) {
		str_addn(&out, fmt, (size_t)(mark - fmt));
		fmt = parse_verb(mark + 1, &v);
		if (!fmt)
			return expr_call_failed(c, "the format takes %%s %%v %%d %%f %%x %%X %%%%, "
						   "with flags, width and precision");
		if (v.letter == '%')
			str_addc(&out, '%');
		else if (arg >= c->len)
			return expr_call_failed(c, "the format wants more than %zu values",
						c->len - 1);
		else if (!add_verb(c, &out, &v, arg++))
			return NULL;
	}
	if (!fmt)
		return NULL;
	if (arg < c->len && !out.overflow)
		return expr_call_failed(c, "the format uses %zu of %zu values", arg - 1,
					c->len - 1);
	str_add(&out, fmt);
	return expr_result_text(c, &out);
}
