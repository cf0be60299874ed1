#include "lang/expr_parse.h"

#include <string.h>

#include "base/str.h"
#include "base/vec.h"
#include "lang/expr_lex.h"
#include "base/banned.h"

/* Together below what evaluation takes (EXPR_MAX_DEPTH). */
enum { MAX_NESTING = 32, MAX_LINKS = 64 };

struct parser {
	struct lexer lexer;
	int nesting;
	int links; /* operators and indexes: each makes the tree one deeper */
};

static int parse_or(struct parser *p, const struct expr **ret);

static struct expr *new_expr(struct parser *p, enum expr_kind kind, size_t begin, size_t end)
{
	struct expr *e = arena_new_of(p->lexer.arena, struct expr);

	e->kind = kind;
	e->span = lex_span(&p->lexer, begin, end);
	return e;
}

static void set_args(struct parser *p, struct expr *e, const struct expr *first,
		     const struct expr *second)
{
	e->args_len = second ? 2 : 1;
	e->args = arena_array(p->lexer.arena, e->args_len, sizeof(*e->args));
	e->args[0] = first;
	if (second)
		e->args[1] = second;
}

static bool is_at(const struct parser *p, enum token_kind kind)
{
	return p->lexer.token.kind == kind;
}

static int error_at_token(struct parser *p, const char *wanted)
{
	const struct token *t = &p->lexer.token;
	struct span at = lex_span(&p->lexer, t->begin, t->end > t->begin ? t->end : t->begin + 1);

	if (t->kind == TOKEN_END)
		return -1; /* said once, by unclosed() */
	return diag_error(p->lexer.diags, D_CONFIG, at, "%s is missing before `%.*s`", wanted,
			  (int)(t->end - t->begin), p->lexer.text + t->begin);
}

static int expect(struct parser *p, enum token_kind kind, const char *wanted)
{
	if (!is_at(p, kind))
		return error_at_token(p, wanted);
	return lex_next(&p->lexer);
}

static int one_more_link(struct parser *p, size_t begin)
{
	if (++p->links <= MAX_LINKS)
		return 0;
	return diag_error(p->lexer.diags, D_CONFIG, lex_span(&p->lexer, begin, p->lexer.pos),
			  "an expression with more than %d operators", MAX_LINKS);
}

static int enter(struct parser *p)
{
	size_t at = p->lexer.token.begin;

	if (++p->nesting <= MAX_NESTING)
		return 0;
	return diag_error(p->lexer.diags, D_CONFIG, lex_span(&p->lexer, at, at + 1),
			  "an expression nested deeper than %d levels", MAX_NESTING);
}

static int parse_inside(struct parser *p, const struct expr **ret)
{
	int failed = enter(p) < 0 || parse_or(p, ret) < 0;

	p->nesting--;
	return failed ? -1 : 0;
}

/* --- paths, indexes and calls --- */

struct path {
	VEC(const char *) words;
	size_t begin, end;
};

/* `.word`, or `["text"]` while all before it are words; *ret false when neither comes next. */
static int path_step(struct parser *p, struct path *path, bool *ret)
{
	struct lexer before;

	*ret = false;
	if (is_at(p, TOKEN_DOT)) {
		if (lex_next(&p->lexer) < 0)
			return -1;
		if (!is_at(p, TOKEN_WORD))
			return error_at_token(p, "a word");
		vec_push(p->lexer.arena, &path->words, p->lexer.token.word);
		path->end = p->lexer.pos;
		*ret = true;
		return lex_next(&p->lexer);
	}
	if (!is_at(p, TOKEN_OPEN_BRACKET))
		return 0;
	before = p->lexer;
	if (lex_next(&p->lexer) < 0)
		return -1;
	if (is_at(p, TOKEN_VALUE) && value_text(p->lexer.token.value)) {
		const char *word = value_text(p->lexer.token.value);

		if (lex_next(&p->lexer) < 0)
			return -1;
		if (is_at(p, TOKEN_CLOSE_BRACKET)) {
			vec_push(p->lexer.arena, &path->words, word);
			path->end = p->lexer.pos;
			*ret = true;
			return lex_next(&p->lexer);
		}
	}
	p->lexer = before;
	return 0;
}

static int parse_path(struct parser *p, struct token first, const struct expr **ret)
{
	struct path path = { .begin = first.begin, .end = first.end };
	struct expr *e;
	bool more = true;

	vec_push(p->lexer.arena, &path.words, first.word);
	while (more)
		if (path_step(p, &path, &more) < 0)
			return -1;
	e = new_expr(p, EXPR_REF, path.begin, path.end);
	e->path = path.words.items;
	e->path_len = path.words.len;
	*ret = e;
	return 0;
}

static int parse_args(struct parser *p, struct expr *e)
{
	VEC(const struct expr *) args = { 0 };

	while (!is_at(p, TOKEN_CLOSE_PAREN)) {
		const struct expr *arg = NULL;

		if (args.len && expect(p, TOKEN_COMMA, "`,` or `)`") < 0)
			return -1;
		if (parse_inside(p, &arg) < 0)
			return -1;
		vec_push(p->lexer.arena, &args, arg);
	}
	e->args = args.items;
	e->args_len = args.len;
	return 0;
}

static int parse_call(struct parser *p, struct token name, const struct expr **ret)
{
	struct expr *e;

	if (lex_next(&p->lexer) < 0)
		return -1;
	e = new_expr(p, EXPR_CALL, name.begin, name.end);
	e->name = name.word;
	if (parse_args(p, e) < 0)
		return -1;
	e->span = lex_span(&p->lexer, name.begin, p->lexer.pos);
	*ret = e;
	return expect(p, TOKEN_CLOSE_PAREN, "`)`");
}

static const struct expr *literal(struct parser *p, struct value *v, struct token t)
{
	v->span = lex_span(&p->lexer, t.begin, t.end);
	return expr_literal(p->lexer.arena, v);
}

static int parse_word(struct parser *p, const struct expr **ret)
{
	struct token word = p->lexer.token;
	struct arena *a = p->lexer.arena;

	if (lex_next(&p->lexer) < 0)
		return -1;
	if (is_at(p, TOKEN_OPEN_PAREN))
		return parse_call(p, word, ret);
	if (str_eq(word.word, "true") || str_eq(word.word, "false"))
		*ret = literal(p, value_bool(a, word.word[0] == 't'), word);
	else if (str_eq(word.word, "null"))
		*ret = literal(p, value_null(a), word);
	else
		return parse_path(p, word, ret);
	return 0;
}

static int parse_primary(struct parser *p, const struct expr **ret)
{
	switch (p->lexer.token.kind) {
	case TOKEN_WORD:
		return parse_word(p, ret);
	case TOKEN_VALUE:
		*ret = expr_literal(p->lexer.arena, p->lexer.token.value);
		return lex_next(&p->lexer);
	case TOKEN_OPEN_PAREN:
		if (lex_next(&p->lexer) < 0 || parse_inside(p, ret) < 0)
			return -1;
		return expect(p, TOKEN_CLOSE_PAREN, "`)`");
	default:
		return error_at_token(p, "a value");
	}
}

static int parse_index(struct parser *p, size_t begin, const struct expr **ret)
{
	const struct expr *index = NULL;
	struct expr *e;
	bool dot = is_at(p, TOKEN_DOT);

	if (one_more_link(p, begin) < 0 || lex_next(&p->lexer) < 0)
		return -1;
	if (dot && !is_at(p, TOKEN_WORD))
		return error_at_token(p, "a word");
	if (dot)
		index = literal(p, value_string(p->lexer.arena, p->lexer.token.word),
				p->lexer.token);
	else if (parse_inside(p, &index) < 0)
		return -1;
	else if (!is_at(p, TOKEN_CLOSE_BRACKET))
		return error_at_token(p, "`]`");
	e = new_expr(p, EXPR_INDEX, begin, p->lexer.pos);
	set_args(p, e, *ret, index);
	*ret = e;
	return lex_next(&p->lexer);
}

static int parse_postfix(struct parser *p, const struct expr **ret)
{
	size_t begin = p->lexer.token.begin;

	if (parse_primary(p, ret) < 0)
		return -1;
	while (is_at(p, TOKEN_DOT) || is_at(p, TOKEN_OPEN_BRACKET))
		if (parse_index(p, begin, ret) < 0)
			return -1;
	return 0;
}

/* --- operators --- */

static int parse_unary(struct parser *p, const struct expr **ret)
{
	size_t begin = p->lexer.token.begin;
	const struct expr *of = NULL;
	struct expr *e;

	if (!is_at(p, TOKEN_NOT))
		return parse_postfix(p, ret);
	if (enter(p) < 0 || lex_next(&p->lexer) < 0 || parse_unary(p, &of) < 0)
		return -1;
	p->nesting--;
	e = new_expr(p, EXPR_NOT, begin, p->lexer.token.begin);
	set_args(p, e, of, NULL);
	*ret = e;
	return 0;
}

/* Operators of one rank, left to right. */
struct rank {
	int (*operand)(struct parser *p, const struct expr **ret);
	enum token_kind token[2];
	enum expr_kind kind[2];
};

static int parse_rank(struct parser *p, const struct rank *rank, const struct expr **ret)
{
	size_t begin = p->lexer.token.begin;

	if (rank->operand(p, ret) < 0)
		return -1;
	while (is_at(p, rank->token[0]) || is_at(p, rank->token[1])) {
		enum expr_kind kind = rank->kind[is_at(p, rank->token[0]) ? 0 : 1];
		const struct expr *right = NULL;
		struct expr *e;

		if (one_more_link(p, begin) < 0 || lex_next(&p->lexer) < 0 ||
		    rank->operand(p, &right) < 0)
			return -1;
		e = new_expr(p, kind, begin, p->lexer.token.begin);
		set_args(p, e, *ret, right);
		*ret = e;
	}
	return 0;
}

static int parse_equal(struct parser *p, const struct expr **ret)
{
	static const struct rank rank = { parse_unary,
					  { TOKEN_EQUAL, TOKEN_NOT_EQUAL },
					  { EXPR_EQUAL, EXPR_NOT_EQUAL } };

	return parse_rank(p, &rank, ret);
}

static int parse_and(struct parser *p, const struct expr **ret)
{
	static const struct rank rank = { parse_equal,
					  { TOKEN_AND, TOKEN_AND },
					  { EXPR_AND, EXPR_AND } };

	return parse_rank(p, &rank, ret);
}

static int parse_or(struct parser *p, const struct expr **ret)
{
	static const struct rank rank = { parse_and, { TOKEN_OR, TOKEN_OR }, { EXPR_OR, EXPR_OR } };

	return parse_rank(p, &rank, ret);
}

/* --- texts --- */

struct text_parser {
	struct arena *arena;
	const struct sources *sources;
	const struct value *scalar;
	struct diags *diags;
	struct scalar_map map;
};

/* Does a comment follow the scalar, which a ` #` inside it began? */
static bool was_cut(const struct text_parser *t)
{
	const struct source *s = source_get(t->sources, t->scalar->span.file);
	size_t i = (size_t)t->scalar->span.off + t->scalar->span.len;

	if (!s || !(t->scalar->flags & VALUE_PLAIN))
		return false;
	while (i < s->len && (s->text[i] == ' ' || s->text[i] == '\t'))
		i++;
	return i < s->len && s->text[i] == '#';
}

static int unclosed(const struct text_parser *t, struct place *place)
{
	diag_error(t->diags, D_CONFIG, place_span(place, place->text_off, place->text_off + 2),
		   "the expression that opens here is not closed with `}`");
	if (was_cut(t))
		diag_hint(t->diags, "YAML ends an unquoted text at ` #`; quote it");
	else
		diag_hint(t->diags, "for a literal `${` write `$${`");
	return -1;
}

/* An unclosed quote and an unclosed brace are one mistake where a comment cut the text. */
static int parse_expression(const struct text_parser *t, struct place *place, size_t *end,
			    const struct expr **ret)
{
	struct parser p = { .lexer = { .arena = t->arena,
				       .text = t->scalar->string.text,
				       .pos = place->text_off + 2,
				       .place = place,
				       .diags = t->diags } };

	if (was_cut(t) && !strchr(p.lexer.text + p.lexer.pos, '}'))
		return unclosed(t, place);
	if (lex_next(&p.lexer) < 0)
		return -1;
	if (is_at(&p, TOKEN_CLOSE)) {
		diag_error(t->diags, D_CONFIG, place_span(place, place->text_off, p.lexer.pos),
			   "an empty expression");
		diag_hint(t->diags, "for a literal `${}` write `$${}`");
		return -1;
	}
	if (parse_or(&p, ret) < 0)
		return is_at(&p, TOKEN_END) && p.lexer.token.begin == strlen(p.lexer.text)
			       ? unclosed(t, place)
			       : -1;
	*end = p.lexer.token.end;
	if (is_at(&p, TOKEN_CLOSE))
		return 0;
	return is_at(&p, TOKEN_END) ? unclosed(t, place) : error_at_token(&p, "an operator or `}`");
}

struct parts {
	struct str text;
	VEC(const struct expr *) exprs;
};

static void flush_text(struct text_parser *t, struct parts *parts)
{
	struct value *v;

	if (!parts->text.len)
		return;
	v = value_stringn(t->arena, parts->text.data, parts->text.len);
	v->span = t->scalar->span;
	vec_push(t->arena, &parts->exprs, expr_literal(t->arena, v));
	str_clear(&parts->text);
}

static int add_expression(struct text_parser *t, struct parts *parts, size_t *at)
{
	const char *text = t->scalar->string.text;
	struct place place = place_next(&t->map, *at);
	const struct expr *e = NULL;
	size_t end = 0;

	if (parse_expression(t, &place, &end, &e) < 0)
		return -1;
	/* The texts of an expression may hold more of them. */
	for (size_t i = *at + 2; i < end; i++)
		if (strncmp(text + i, "${", 2) == 0)
			place_next(&t->map, i);
	flush_text(t, parts);
	vec_push(t->arena, &parts->exprs, e);
	*at = end;
	return 0;
}

static int split_text(struct text_parser *t, struct parts *parts)
{
	const char *text = t->scalar->string.text;

	for (size_t i = 0; text[i];) {
		if (strncmp(text + i, "$${", 3) == 0) {
			str_add(&parts->text, "${");
			place_next(&t->map, i + 1);
			i += 3;
		} else if (strncmp(text + i, "${", 2) != 0) {
			str_addc(&parts->text, text[i++]);
		} else if (add_expression(t, parts, &i) < 0) {
			return -1;
		}
	}
	return 0;
}

static struct value *join_parts(struct text_parser *t, struct parts *parts)
{
	struct value *v;
	struct expr *e;

	if (!parts->exprs.len) {
		v = value_stringn(t->arena, str_text(&parts->text), parts->text.len);
		v->flags = t->scalar->flags;
		v->span = t->scalar->span;
		return v;
	}
	flush_text(t, parts);
	if (parts->exprs.len == 1)
		return value_expr(t->arena, parts->exprs.items[0], t->scalar->span);
	e = arena_new_of(t->arena, struct expr);
	e->kind = EXPR_TEMPLATE;
	e->span = t->scalar->span;
	e->args = parts->exprs.items;
	e->args_len = parts->exprs.len;
	return value_expr(t->arena, e, t->scalar->span);
}

static int parse_scalar(struct arena *a, const struct sources *s, const struct value *v,
			struct value **ret, struct diags *d)
{
	struct text_parser t = { .arena = a, .sources = s, .scalar = v, .diags = d };
	struct parts parts = { 0 };
	int failed;

	*ret = (struct value *)v;
	if (!strstr(v->string.text, "${"))
		return 0;
	t.map = scalar_map_new(s, v);
	failed = split_text(&t, &parts);
	*ret = failed ? value_at(a, value_unknown(a), v->span) : join_parts(&t, &parts);
	str_free(&parts.text);
	return failed;
}

/* --- trees --- */

static int parse_key(struct arena *a, const struct value_pair *p, const char **ret, struct diags *d)
{
	_cleanup_str_ struct str out = STR_INIT;
	const char *found;

	*ret = p->key;
	if (!strstr(p->key, "${"))
		return 0;
	for (const char *k = p->key; *k;) {
		found = strstr(k, "${");
		if (found && (found == k || found[-1] != '$')) {
			diag_error(d, D_CONFIG, p->key_span,
				   "an expression cannot be part of a key");
			diag_hint(d, "for a literal `${` write `$${`");
			return -1;
		}
		str_addn(&out, k, found ? (size_t)(found - k - 1) : strlen(k));
		str_add(&out, found ? "${" : "");
		k = found ? found + 2 : k + strlen(k);
	}
	*ret = str_dup(&out, a);
	return 0;
}

static int parse_list(struct arena *a, const struct sources *s, const struct value *v,
		      struct value **ret, struct diags *d)
{
	struct value *list = value_list(a);
	bool changed = false;
	int failed = 0;

	list->span = v->span;
	list->flags = v->flags;
	value_each_item(v, item) {
		struct value *parsed = NULL;

		failed |= expr_parse_tree(a, s, item, &parsed, d);
		changed |= parsed != item;
		value_append(a, list, parsed);
	}
	*ret = changed ? list : (struct value *)v;
	return failed;
}

static int parse_map(struct arena *a, const struct sources *s, const struct value *v,
		     struct value **ret, struct diags *d)
{
	struct value *map = value_map(a);
	bool changed = false;
	int failed = 0;

	map->span = v->span;
	map->flags = v->flags;
	value_each_pair(v, p) {
		struct value *parsed = NULL;
		const char *key;

		failed |= parse_key(a, p, &key, d);
		failed |= expr_parse_tree(a, s, p->value, &parsed, d);
		changed |= parsed != p->value || key != p->key;
		value_add_pair(a, map, key, p->key_span, parsed);
	}
	*ret = changed ? map : (struct value *)v;
	return failed;
}

int expr_parse_tree(struct arena *a, const struct sources *s, const struct value *v,
		    struct value **ret, struct diags *d)
{
	if (value_is(v, VALUE_STRING))
		return parse_scalar(a, s, v, ret, d);
	if (value_is(v, VALUE_LIST))
		return parse_list(a, s, v, ret, d);
	if (value_is(v, VALUE_MAP))
		return parse_map(a, s, v, ret, d);
	*ret = (struct value *)v;
	return 0;
}
