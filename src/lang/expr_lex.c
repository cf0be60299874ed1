#include "lang/expr_lex.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/banned.h"

/* --- places --- */

static size_t count_openings(const char *s, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i + 1 < len; i++)
		n += s[i] == '$' && s[i + 1] == '{';
	return n;
}

struct scalar_map scalar_map_new(const struct sources *s, const struct value *scalar)
{
	const struct source *source = source_get(s, scalar->span.file);
	struct scalar_map m = { .scalar = scalar, .len = scalar->span.len };

	if (!source || (size_t)scalar->span.off + m.len > source->len)
		return m;
	/* An escape such as "\x24{" makes one more in the text than in the source. */
	if (count_openings(source->text + scalar->span.off, m.len) ==
	    count_openings(scalar->string.text, scalar->string.len))
		m.source = source->text + scalar->span.off;
	return m;
}

struct place place_next(struct scalar_map *m, size_t off)
{
	struct place p = { .map = m, .text_off = off };
	const char *found;

	if (!m->source)
		return p;
	found = memmem(m->source + m->next, m->len - m->next, "${", 2);
	p.source_off = found ? (size_t)(found - m->source) : m->len;
	m->next = found ? p.source_off + 2 : m->len;
	return p;
}

/* Go on comparing text and source up to `wanted` bytes behind the `${`. */
static void compare_to(struct place *p, size_t wanted)
{
	const char *text = p->map->scalar->string.text + p->text_off;
	const char *source = p->map->source + p->source_off;
	size_t left = p->map->len - p->source_off;

	while (p->exact < wanted && p->exact < left && text[p->exact] == source[p->exact])
		p->exact++;
}

struct span place_span(struct place *p, size_t begin, size_t end)
{
	size_t from = begin - p->text_off, to = end - p->text_off;
	struct span whole = p->map->scalar->span;

	if (!p->map->source || p->source_off >= p->map->len)
		return whole;
	compare_to(p, to);
	if (from >= p->exact)
		from = p->exact - 1;
	if (to > p->exact)
		to = p->exact;
	if (to <= from)
		to = from + 1;
	return (struct span){ whole.file, whole.off + (uint32_t)(p->source_off + from),
			      (uint32_t)(to - from) };
}

struct span lex_span(const struct lexer *l, size_t begin, size_t end)
{
	return place_span(l->place, begin, end);
}

/* --- words and values --- */

static bool is_word_start(char c)
{
	return isalpha((unsigned char)c) || c == '_';
}

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-';
}

static int lex_word(struct lexer *l)
{
	size_t end = l->pos;

	while (is_word_char(l->text[end]))
		end++;
	l->token.kind = TOKEN_WORD;
	l->token.word = arena_strndup(l->arena, l->text + l->pos, end - l->pos);
	l->pos = end;
	return 0;
}

static int lex_value(struct lexer *l, struct value *v, size_t end)
{
	v->span = lex_span(l, l->pos, end);
	l->token.kind = TOKEN_VALUE;
	l->token.value = v;
	l->pos = end;
	return 0;
}

static int bad_number(struct lexer *l, size_t end, const char *why)
{
	return diag_error(l->diags, D_CONFIG, lex_span(l, l->pos, end), "%s", why);
}

static int lex_number(struct lexer *l)
{
	size_t end = l->pos + (l->text[l->pos] == '-');
	size_t digits = end;
	bool decimal = false;
	const char *text;
	int64_t n;

	while (isdigit((unsigned char)l->text[end]) ||
	       (l->text[end] == '.' && !decimal && isdigit((unsigned char)l->text[end + 1]))) {
		decimal |= l->text[end] == '.';
		end++;
	}
	text = arena_strndup(l->arena, l->text + l->pos, end - l->pos);
	if (end - digits > 1 && l->text[digits] == '0' && l->text[digits + 1] != '.')
		return bad_number(l, end, "a number does not begin with 0; quote it if it is text");
	if (is_word_char(l->text[end]))
		return bad_number(l, end + 1, "a number ends with a digit; quote it if it is text");
	if (decimal)
		return lex_value(l, value_double(l->arena, strtod(text, NULL)), end);
	if (!str_to_int64(text, &n))
		return bad_number(l, end, "the number is too large");
	return lex_value(l, value_int(l->arena, n), end);
}

static int unescape(struct lexer *l, size_t at, struct str *out)
{
	static const char from[] = "nt\\\"'", to[] = "\n\t\\\"'";
	const char *found = l->text[at + 1] ? strchr(from, l->text[at + 1]) : NULL;

	if (found) {
		str_addc(out, to[found - from]);
		return 0;
	}
	diag_error(l->diags, D_CONFIG, lex_span(l, at, at + 2), "this escape means nothing here");
	diag_hint(l->diags, "in the texts of expressions there are \\n \\t \\\\ \\\" \\'");
	return -1;
}

static int lex_text(struct lexer *l)
{
	_cleanup_str_ struct str out = STR_INIT;
	char quote = l->text[l->pos];
	size_t i = l->pos + 1;

	for (; l->text[i] && l->text[i] != quote; i++) {
		if (l->text[i] != '\\')
			str_addc(&out, l->text[i]);
		else if (unescape(l, i++, &out) < 0)
			return -1;
	}
	if (!l->text[i])
		return diag_error(l->diags, D_CONFIG, lex_span(l, l->pos, l->pos + 1),
				  "the quote that opens here is not closed");
	return lex_value(l, value_stringn(l->arena, str_text(&out), out.len), i + 1);
}

/* --- signs --- */

static const struct sign {
	const char *text;
	enum token_kind kind;
} signs[] = {
	{ "==", TOKEN_EQUAL },	     { "!=", TOKEN_NOT_EQUAL },	   { "&&", TOKEN_AND },
	{ "||", TOKEN_OR },	     { "!", TOKEN_NOT },	   { ".", TOKEN_DOT },
	{ ",", TOKEN_COMMA },	     { "(", TOKEN_OPEN_PAREN },	   { ")", TOKEN_CLOSE_PAREN },
	{ "[", TOKEN_OPEN_BRACKET }, { "]", TOKEN_CLOSE_BRACKET }, { "}", TOKEN_CLOSE },
};

/* The whole `${...}`, for advice on how to write it. */
static const char *raw_expression(const struct lexer *l)
{
	enum { SHOWN = 100 };
	const char *begin = l->text + l->place->text_off;
	size_t len = strcspn(begin, "}\n");

	return arena_strndup(l->arena, begin, len < SHOWN ? len + (begin[len] == '}') : SHOWN);
}

/* CloudFormation's own parameters. */
static const char *pseudo_parameter(const char *raw)
{
	static const struct {
		const char *theirs, *ours;
	} names[] = {
		{ "${AWS::Region}", "${aws.region}" },
		{ "${AWS::AccountId}", "${aws.account_id}" },
		{ "${AWS::Partition}", "${aws.partition}" },
		{ "${AWS::StackName}", "${stack}" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_eq(raw, names[i].theirs))
			return names[i].ours;
	return NULL;
}

static int no_expression(struct lexer *l)
{
	const char *raw = raw_expression(l), *ours = pseudo_parameter(raw);
	size_t begin = l->place->text_off;

	diag_error(l->diags, D_CONFIG, lex_span(l, begin, begin + strlen(raw)),
		   "`%s` is no expression", raw);
	if (ours)
		diag_hint(l->diags, "here it is `%s`", ours);
	else
		diag_hint(l->diags, "if AWS is to see it, write `$%s`", raw);
	return -1;
}

static int bad_sign(struct lexer *l)
{
	uint32_t point;
	char c = l->text[l->pos];
	size_t n = str_code_point(l->text + l->pos, strlen(l->text + l->pos), &point);
	struct span at = lex_span(l, l->pos, l->pos + (n ? n : 1));

	if (c == ':' || c == '*' || c == '$')
		return no_expression(l);
	diag_error(l->diags, D_CONFIG, at, "`%.*s` means nothing in an expression",
		   (int)(n ? n : 1), l->text + l->pos);
	if (c == '=')
		diag_hint(l->diags, "equality is `==`");
	else if (c == '?')
		diag_hint(l->diags, "write `if(CONDITION, THEN, ELSE)`");
	else if (c == '&' || c == '|')
		diag_hint(l->diags, "write `%c%c`", c, c);
	else
		diag_hint(l->diags,
			  "there are paths, texts, numbers, calls, == != && || ! ( ) [ ]; "
			  "if AWS is to see it, write `$%s`",
			  raw_expression(l));
	return -1;
}

static int lex_sign(struct lexer *l)
{
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (strncmp(l->text + l->pos, signs[i].text, strlen(signs[i].text)) == 0) {
			l->token.kind = signs[i].kind;
			l->pos += strlen(signs[i].text);
			return 0;
		}
	return bad_sign(l);
}

static int lex(struct lexer *l)
{
	char c = l->text[l->pos];

	if (!c)
		return 0;
	if (is_word_start(c))
		return lex_word(l);
	if (isdigit((unsigned char)c) || (c == '-' && isdigit((unsigned char)l->text[l->pos + 1])))
		return lex_number(l);
	if (c == '"' || c == '\'')
		return lex_text(l);
	return lex_sign(l);
}

int lex_next(struct lexer *l)
{
	while (l->text[l->pos] && strchr(" \t\r\n", l->text[l->pos]))
		l->pos++;
	l->token = (struct token){ .kind = TOKEN_END, .begin = l->pos };
	if (lex(l) < 0)
		return -1;
	l->token.end = l->pos;
	return 0;
}
