#include "lang/yaml_error.h"

#include <ctype.h>
#include <string.h>

#include "base/fatal.h"
#include "base/str.h"
#include "base/banned.h"

/* What libyaml said, with byte offsets. */
struct complaint {
	const struct source *source;
	uint32_t file;
	const char *problem, *context;
	size_t at, begin; /* of the problem, and of what was being read */
	struct diags *diags;
};

static struct span span_of(const struct complaint *c, size_t from, size_t to)
{
	if (from > c->source->len)
		from = c->source->len;
	return (struct span){ c->file, (uint32_t)from, to > from ? (uint32_t)(to - from) : 1 };
}

static char char_at(const struct complaint *c, size_t i)
{
	return i < c->source->len ? c->source->text[i] : '\0';
}

static size_t line_begin(const struct complaint *c, size_t i)
{
	while (i > 0 && c->source->text[i - 1] != '\n')
		i--;
	return i;
}

static size_t line_end(const struct complaint *c, size_t i)
{
	while (i < c->source->len && c->source->text[i] != '\n' && c->source->text[i] != '\r')
		i++;
	return i;
}

/* End of the word that begins at `i`. */
static size_t word_end(const struct complaint *c, size_t i)
{
	while (i < c->source->len && !strchr(" \t\r\n,]}", c->source->text[i]))
		i++;
	return i;
}

/* End of what may be one text: of the line, or at a sign that ends it inside brackets. */
static size_t text_end(const struct complaint *c, size_t i)
{
	size_t end = i;

	while (end < c->source->len && !strchr("\r\n,]}", c->source->text[end]) &&
	       !(c->source->text[end] == '#' && end > i && c->source->text[end - 1] == ' '))
		end++;
	while (end > i && c->source->text[end - 1] == ' ')
		end--;
	return end;
}

static int shown(size_t len)
{
	return (int)(len < 60 ? len : 60);
}

/* Of `i` and what stands before it: the last that is not a blank or line end. */
static size_t back_over_blanks(const struct complaint *c, size_t i)
{
	while (i > 0 && strchr(" \t\r\n", c->source->text[i - 1]))
		i--;
	return i;
}

static bool said(const struct complaint *c, const char *part)
{
	return strstr(c->problem, part) != NULL;
}

static bool during(const struct complaint *c, const char *part)
{
	return strstr(c->context, part) != NULL;
}

static void add(const struct complaint *c, struct span at, const char *message)
{
	diag_error(c->diags, D_CONFIG, at, "%s", message);
}

/* --- tags --- */

static const struct tag_advice {
	const char *tag, *advice;
} tags[] = {
	{ "!Ref", "a reference is `${SECTION.NAME.ATTRIBUTE}`, as in `${tables.orders.name}`" },
	{ "!GetAtt", "a reference is `${SECTION.NAME.ATTRIBUTE}`, as in `${tables.orders.arn}`" },
	{ "!Sub", "leave the tag out: every text may hold `${...}`" },
	{ "!Join", "write `${join(',', LIST)}`, or one text with `${...}` in it" },
	{ "!Split", "write `${split(',', TEXT)}`" },
	{ "!Select", "write `${LIST[0]}`" },
	{ "!FindInMap", "write `${lookup(MAP, KEY, DEFAULT)}`" },
	{ "!If", "write `${if(CONDITION, THEN, ELSE)}`, or `when:` for a whole entry" },
	{ "!Equals", "write `${A == B}`" },
	{ "!Not", "write `${!A}`" },
	{ "!And", "write `${A && B}`" },
	{ "!Or", "write `${A || B}`" },
	{ "!Condition", "write `when: ${...}`" },
	{ "!Base64", "write `${base64(TEXT)}`" },
	{ "!ImportValue", "pass it in: declare it under `variables` and write `${var.NAME}`" },
};

int yaml_error_tag(const struct source *s, uint32_t file, size_t off, struct diags *d)
{
	size_t len = 0;
	struct span at;
	bool verbatim = off + 1 < s->len && s->text[off + 1] == '<';

	while (off + len < s->len &&
	       !strchr(verbatim ? " \t\r\n" : " \t\r\n,[]{}\"'", s->text[off + len]))
		len++;
	at = (struct span){ file, (uint32_t)off, len ? (uint32_t)len : 1 };
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		if (strlen(tags[i].tag) != len || memcmp(tags[i].tag, s->text + off, len) != 0)
			continue;
		diag_error(d, D_CONFIG, at, "`%s` is CloudFormation's; tags are not taken here",
			   tags[i].tag);
		diag_hint(d, "%s", tags[i].advice);
		return -1;
	}
	diag_error(d, D_CONFIG, at, "YAML tags such as `%.*s` are not taken",
		   (int)(len < 60 ? len : 60), s->text + off);
	if (len > 1 && s->text[off + 1] == '!')
		diag_hint(d, "types follow from the key; leave the tag out, or quote a text");
	else
		diag_hint(d, "quote a text that begins with `!`");
	return -1;
}

static size_t find_tag(const struct complaint *c)
{
	for (size_t i = c->begin; i < c->source->len && i <= c->at; i++)
		if (c->source->text[i] == '!')
			return i;
	return c->begin;
}

static bool explain_tag(const struct complaint *c)
{
	if (!during(c, "a tag") && !said(c, "undefined tag handle"))
		return false;
	yaml_error_tag(c->source, c->file, find_tag(c), c->diags);
	return true;
}

/* --- single characters --- */

static bool explain_tab(const struct complaint *c)
{
	size_t at = c->at;

	if (char_at(c, at) != '\t' && !said(c, "tab character"))
		return false;
	for (size_t i = line_begin(c, at); i < line_end(c, at); i++)
		if (c->source->text[i] == '\t') {
			at = i;
			break;
		}
	add(c, span_of(c, at, at + 1), "a tab where YAML wants spaces");
	diag_hint(c->diags, "indent with spaces");
	return true;
}

static bool explain_indicator(const struct complaint *c)
{
	char first = char_at(c, c->at);

	if (!said(c, "cannot start any token") || !first || !strchr("@`%", first))
		return false;
	diag_error(c->diags, D_CONFIG, span_of(c, c->at, word_end(c, c->at)),
		   "a text cannot begin with `%c` unless it is quoted", first);
	diag_hint(c->diags, "quote it: \"%.*s\"", shown(text_end(c, c->at) - c->at),
		  c->source->text + c->at);
	return true;
}

static bool explain_star(const struct complaint *c)
{
	char first = char_at(c, c->begin);

	if (!during(c, "an alias") && !during(c, "an anchor"))
		return false;
	diag_error(c->diags, D_CONFIG, span_of(c, c->begin, word_end(c, c->begin)),
		   "`%c` begins a YAML %s", first, first == '*' ? "alias" : "anchor");
	diag_hint(c->diags, "if it is text, quote it: \"%.*s\"",
		  shown(word_end(c, c->begin) - c->begin), c->source->text + c->begin);
	return true;
}

static bool explain_directive(const struct complaint *c)
{
	if (!during(c, "directive") && !said(c, "directive") && !said(c, "YAML document"))
		return false;
	add(c, span_of(c, c->begin, word_end(c, c->begin)), "YAML directives are not taken");
	diag_hint(c->diags, "remove the line, or quote a text that begins with `%%`");
	return true;
}

/* --- quotes --- */

static bool explain_quoted(const struct complaint *c)
{
	if (!during(c, "a quoted scalar"))
		return false;
	if (said(c, "end of stream") || said(c, "document indicator")) {
		add(c, span_of(c, c->begin, c->begin + 1),
		    "the quote that opens here is not closed");
		return true;
	}
	add(c, span_of(c, c->at, c->at + 2),
	    "inside double quotes this escape means nothing to YAML");
	diag_hint(c->diags, "write \\\\ for a backslash, or use single quotes");
	return true;
}

/* Text right behind a closing quote: a: "x" y */
static bool explain_after_quote(const struct complaint *c)
{
	size_t end = back_over_blanks(c, c->at), begin = line_begin(c, c->at);
	char quote = end > 0 ? c->source->text[end - 1] : '\0';
	size_t open = end - 1;

	if (!said(c, "did not find expected") || (quote != '"' && quote != '\'') ||
	    line_begin(c, end) != begin || c->at >= c->source->len)
		return false;
	add(c, span_of(c, c->at, c->at + 1), "text behind the closing quote");
	while (open > begin && c->source->text[open - 1] != quote)
		open--;
	if (memmem(c->source->text + open, end - open, "${", 2))
		diag_hint(c->diags, "expressions take both quotes: \"${f('x')}\"");
	else
		diag_hint(c->diags, "put the quotes around the whole text, and use the other kind "
				    "of quotes outside");
	return true;
}

/* --- flow maps and lists --- */

static bool explain_expression(const struct complaint *c)
{
	size_t end = c->at;

	if (char_at(c, c->at) != '{' || c->at == 0 || c->source->text[c->at - 1] != '$')
		return false;
	while (end < c->source->len && !strchr("}\r\n", c->source->text[end]))
		end++;
	if (char_at(c, end) == '}')
		end++;
	add(c, span_of(c, c->at - 1, end), "an expression inside { } or [ ] must be quoted");
	diag_hint(c->diags, "write \"%.*s\"", (int)(end - c->at + 1 < 120 ? end - c->at + 1 : 120),
		  c->source->text + c->at - 1);
	return true;
}

static bool explain_brace(const struct complaint *c)
{
	char first = char_at(c, c->at);

	if (!during(c, "flow") || c->at == 0 || (first != '{' && first != '['))
		return false;
	if (strchr(" ,\t\r\n", c->source->text[c->at - 1]))
		return false;
	diag_error(c->diags, D_CONFIG, span_of(c, c->at, c->at + 1),
		   "`%c` inside an unquoted text inside { } or [ ]", first);
	diag_hint(c->diags, "quote the text, as in { \"GET /orders/{id}\": orders }, "
			    "or write one key a line");
	return true;
}

static bool explain_flow(const struct complaint *c)
{
	bool map = during(c, "mapping");
	char open = map ? '{' : '[', close = map ? '}' : ']';

	if (during(c, "flow node") || said(c, "node content")) {
		bool colon = char_at(c, c->at) == ':';

		add(c, span_of(c, c->at, c->at + 1),
		    colon ? "a key is missing before `:`" : "a value is missing here");
		if (!colon)
			diag_hint(c->diags, "quote a text that begins with one of , [ ] { }");
		return true;
	}
	if (!during(c, "flow"))
		return false;
	diag_error(c->diags, D_CONFIG, span_of(c, c->at, c->at + 1),
		   "`,` or `%c` is missing before this", close);
	diag_note(c->diags, span_of(c, c->begin, c->begin + 1), "`%c` opens here", open);
	diag_hint(c->diags, "close it, or quote the text that holds a comma, colon or bracket");
	return true;
}

/* --- block maps and lists --- */

static bool explain_colon(const struct complaint *c)
{
	if (!said(c, "mapping values are not allowed"))
		return false;
	add(c, span_of(c, c->at, c->at + 1), "a second `:` where a value stands already");
	diag_hint(c->diags, "quote a text that holds `: `; if this is a key of its own, check its "
			    "indentation");
	return true;
}

static bool explain_key(const struct complaint *c)
{
	enum { KEY_MAX = 1024 };

	if (!said(c, "could not find expected ':'"))
		return false;
	if (c->at - c->begin > KEY_MAX && line_end(c, c->begin) >= c->at) {
		add(c, span_of(c, c->begin, c->begin + 1), "a key longer than 1024 characters");
		return true;
	}
	add(c, span_of(c, c->begin, line_end(c, c->begin)), "`: ` is missing: this is no key");
	diag_hint(c->diags, "write `key: value`; indent text that continues the line above, or "
			    "quote it");
	return true;
}

static bool explain_place(const struct complaint *c)
{
	size_t at = c->at;

	if (said(c, "sequence entries are not allowed")) {
		add(c, span_of(c, at, at + 1), "a list cannot begin on the line of its key");
		diag_hint(c->diags, "put `- ` on lines of its own, or write [a, b]");
	} else if (said(c, "mapping keys are not allowed")) {
		add(c, span_of(c, at, at + 1), "a text cannot begin with `? ` unless it is quoted");
	} else if (said(c, "document start") || said(c, "expected key") ||
		   said(c, "'-' indicator")) {
		add(c, span_of(c, at, line_end(c, at)), "this line fits nothing above it");
		diag_hint(c->diags, "check its indentation: keys of one map and items of one list "
				    "begin in the same column");
	} else {
		return false;
	}
	return true;
}

static bool explain_block_text(const struct complaint *c)
{
	if (!during(c, "a block scalar"))
		return false;
	add(c, span_of(c, c->at, line_end(c, c->at)), "text behind `|` or `>`");
	diag_hint(c->diags, "the text begins on the next line, indented");
	return true;
}

int yaml_error_add(const yaml_parser_t *p, const struct marks *m, uint32_t file, struct diags *d)
{
	static bool (*const explain[])(const struct complaint *) = {
		explain_tag,	   explain_tab,	       explain_indicator,  explain_star,
		explain_directive, explain_quoted,     explain_expression, explain_after_quote,
		explain_brace,	   explain_flow,       explain_colon,	   explain_key,
		explain_place,	   explain_block_text,
	};
	struct complaint c = {
		.source = m->source,
		.file = file,
		.problem = p->problem ? p->problem : "not YAML",
		.context = p->context ? p->context : "",
		.at = marks_byte(m, p->problem_mark.index),
		.diags = d,
	};

	if (p->error == YAML_MEMORY_ERROR)
		fatal("out of memory");
	c.begin = p->context ? marks_byte(m, p->context_mark.index) : c.at;
	for (size_t i = 0; i < sizeof(explain) / sizeof(explain[0]); i++)
		if (explain[i](&c))
			return -1;
	return diag_error(d, D_CONFIG, span_of(&c, c.at, c.at + 1), "not YAML: %s", c.problem);
}
