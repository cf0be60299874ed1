/* expr_lex.h - the tokens between ${ and }, and where they stand in the source. */
#ifndef LANG_EXPR_LEX_H
#define LANG_EXPR_LEX_H

#include "base/source.h"
#include "model/value.h"

/* How a text that YAML has decoded lies in the source. Its `${` are looked for one by one, in
 * order, since quotes, escapes and indentation of the source are not in the text. */
struct scalar_map {
	const struct value *scalar;
	const char *source; /* of the scalar, quotes included; NULL: unknown */
	size_t len;	    /* of that */
	size_t next;	    /* where to look for the next `${` */
};
struct scalar_map scalar_map_new(const struct sources *s, const struct value *scalar);

/* One `${` and what follows it. */
struct place {
	const struct scalar_map *map;
	size_t text_off, source_off;
	size_t exact; /* so many bytes were found to be the same in text and source */
};
/* The place of the next `${`, which is at `off` of the text. */
struct place place_next(struct scalar_map *m, size_t off);
/* From `begin` to `end` of the text; the whole scalar when that is all there is to tell. */
struct span place_span(struct place *p, size_t begin, size_t end);

enum token_kind {
	TOKEN_END,   /* of the text: the expression is not closed */
	TOKEN_CLOSE, /* } */
	TOKEN_WORD,
	TOKEN_VALUE, /* a number or a quoted text */
	TOKEN_DOT,
	TOKEN_COMMA,
	TOKEN_OPEN_PAREN,
	TOKEN_CLOSE_PAREN,
	TOKEN_OPEN_BRACKET,
	TOKEN_CLOSE_BRACKET,
	TOKEN_EQUAL,
	TOKEN_NOT_EQUAL,
	TOKEN_AND,
	TOKEN_OR,
	TOKEN_NOT,
};
struct token {
	enum token_kind kind;
	size_t begin, end;
	const char *word;    /* TOKEN_WORD */
	struct value *value; /* TOKEN_VALUE */
};

struct lexer {
	struct arena *arena;
	const char *text; /* of the scalar; NUL-terminated */
	size_t pos;
	struct place *place;
	struct diags *diags;
	struct token token; /* the one that is looked at */
};
/* Go to the next token. -1 with an error when there is none. */
int lex_next(struct lexer *l);
struct span lex_span(const struct lexer *l, size_t begin, size_t end);

#endif
