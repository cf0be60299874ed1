#include "lang/yaml.h"

#include <string.h>
#include <yaml.h>

#include "base/map.h"
#include "base/vec.h"
#include "lang/yaml_error.h"
#include "lang/yaml_text.h"
#include "base/banned.h"

/* Maps up to this many keys are searched for duplicates one by one. */
enum { SMALL_MAP = 16 };

/* What an alias brings along. */
struct anchor {
	struct value *value; /* NULL: still being read */
	size_t nodes, bytes;
	unsigned height;
};

struct reader {
	yaml_parser_t parser;
	struct arena *arena;
	const struct source *source;
	struct marks marks;
	uint32_t file;
	struct diags *diags;
	struct map *anchors;
	size_t nodes, bytes;
	size_t last_end; /* of the last thing that was not a block's end */
	/* A key without a value in { }: said only once the next event could be read, since
	 * libyaml sees one before most mistakes in there. */
	struct span empty_key;
	const char *empty_hint;
};

static void event_done(yaml_event_t *e)
{
	yaml_event_delete(e);
}
#define _cleanup_event_ __attribute__((cleanup(event_done)))

static void parser_done(struct reader *r)
{
	yaml_parser_delete(&r->parser);
}

static struct span span_between(const struct reader *r, size_t begin, size_t end)
{
	return (struct span){ r->file, (uint32_t)begin, (uint32_t)(end > begin ? end - begin : 0) };
}

/* --- events --- */

static void say_empty(struct reader *r)
{
	if (!r->empty_key.file)
		return;
	diag_error(r->diags, D_CONFIG, r->empty_key, "a key without a value inside { }");
	diag_hint(r->diags, "%s", r->empty_hint);
	r->empty_key = NO_SPAN;
}

static int next(struct reader *r, yaml_event_t *ret)
{
	if (!yaml_parser_parse(&r->parser, ret)) {
		memset(ret, 0, sizeof(*ret));
		return yaml_error_add(&r->parser, &r->marks, r->file, r->diags);
	}
	say_empty(r);
	return 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Behind anchor and tag, where the value itself begins. */
static size_t skip_properties(const struct reader *r, size_t i, size_t end)
{
	const char *t = r->source->text;

	while (i < end && (t[i] == '&' || t[i] == '!')) {
		while (i < end && !is_blank(t[i]))
			i++;
		while (i < end && (is_blank(t[i]) || t[i] == '#')) {
			if (t[i] == '#')
				while (i < end && t[i] != '\n')
					i++;
			else
				i++;
		}
	}
	return i;
}

static struct span event_span(struct reader *r, const yaml_event_t *e)
{
	size_t begin = marks_byte(&r->marks, e->start_mark.index);
	size_t end = marks_byte(&r->marks, e->end_mark.index);

	while (end > begin && is_blank(r->source->text[end - 1]))
		end--;
	return span_between(r, skip_properties(r, begin, end), end);
}

/* Count what a node or an alias brings; -1 past a limit. */
static int charge(struct reader *r, struct span at, size_t nodes, size_t bytes)
{
	r->nodes += nodes;
	r->bytes += bytes;
	if (r->nodes > YAML_MAX_NODES)
		return diag_error(r->diags, D_CONFIG, at,
				  "more than %d keys and values, aliases counted as what they "
				  "stand for",
				  YAML_MAX_NODES);
	if (r->bytes > YAML_MAX_BYTES)
		return diag_error(r->diags, D_CONFIG, at,
				  "more than 1 MB of text, aliases counted as what they stand for");
	return 0;
}

static int too_deep(struct reader *r, struct span at)
{
	return diag_error(r->diags, D_CONFIG, at, "nested deeper than %d levels", YAML_MAX_DEPTH);
}

/* --- anchors --- */

static const char *event_anchor(const yaml_event_t *e)
{
	if (e->type == YAML_SCALAR_EVENT)
		return (const char *)e->data.scalar.anchor;
	if (e->type == YAML_SEQUENCE_START_EVENT)
		return (const char *)e->data.sequence_start.anchor;
	return (const char *)e->data.mapping_start.anchor;
}

static const char *event_tag(const yaml_event_t *e)
{
	if (e->type == YAML_SCALAR_EVENT)
		return (const char *)e->data.scalar.tag;
	if (e->type == YAML_SEQUENCE_START_EVENT)
		return (const char *)e->data.sequence_start.tag;
	return (const char *)e->data.mapping_start.tag;
}

static struct anchor *open_anchor(struct reader *r, const yaml_event_t *e)
{
	const char *name = event_anchor(e);
	struct anchor *anchor;

	if (!name)
		return NULL;
	anchor = arena_new_of(r->arena, struct anchor);
	anchor->nodes = r->nodes;
	anchor->bytes = r->bytes;
	map_set(r->anchors, arena_strdup(r->arena, name), anchor);
	return anchor;
}

static void close_anchor(const struct reader *r, struct anchor *anchor, struct value *v,
			 unsigned height)
{
	if (!anchor)
		return;
	anchor->nodes = r->nodes - anchor->nodes;
	anchor->bytes = r->bytes - anchor->bytes;
	anchor->height = height;
	anchor->value = v;
}

static int compose_alias(struct reader *r, const yaml_event_t *e, unsigned depth, unsigned *height,
			 struct value **ret)
{
	const char *name = (const char *)e->data.alias.anchor;
	const struct anchor *anchor = map_get(r->anchors, name);
	struct span at = event_span(r, e);

	if (!anchor) {
		diag_error(r->diags, D_CONFIG, at,
			   "the YAML alias `*%s` has no anchor `&%s` above it", name, name);
		diag_hint(r->diags, "if it is text, quote it: \"*%s\"", name);
		*ret = value_at(r->arena, value_unknown(r->arena), at);
		return charge(r, at, 1, 0);
	}
	if (!anchor->value)
		return diag_error(r->diags, D_CONFIG, at,
				  "the YAML alias `*%s` stands inside its own anchor", name);
	if (depth + anchor->height > YAML_MAX_DEPTH + 1)
		return too_deep(r, at);
	*height = anchor->height;
	*ret = anchor->value;
	return charge(r, at, anchor->nodes, anchor->bytes);
}

/* --- scalars --- */

static int scalar_text(struct reader *r, const yaml_event_t *e, struct span at, char **ret)
{
	const char *text = (const char *)e->data.scalar.value;
	size_t len = e->data.scalar.length;

	if (memchr(text, '\0', len))
		return diag_error(r->diags, D_CONFIG, at, "a text cannot hold a NUL character");
	*ret = arena_strndup(r->arena, text, len);
	return charge(r, at, 1, len);
}

static int compose_scalar(struct reader *r, const yaml_event_t *e, struct value **ret)
{
	struct span at = event_span(r, e);
	struct value *v = arena_new_of(r->arena, struct value);
	char *text = NULL;

	if (scalar_text(r, e, at, &text) < 0)
		return -1;
	v->kind = VALUE_STRING;
	v->flags = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE ? VALUE_PLAIN : VALUE_QUOTED;
	v->span = at;
	v->string.text = text;
	v->string.len = e->data.scalar.length;
	*ret = v;
	return 0;
}

/* --- lists and maps --- */

static int compose(struct reader *r, const yaml_event_t *e, unsigned depth, unsigned *height,
		   struct value **ret);

static void raise_height(unsigned *height, unsigned child)
{
	if (child + 1 > *height)
		*height = child + 1;
}

/* A flow collection ends with its bracket, a block with its last value. */
static struct span collection_span(const struct reader *r, const struct value *v,
				   const yaml_event_t *end)
{
	size_t flow_end = marks_byte(&r->marks, end->end_mark.index);

	return span_between(r, v->span.off, v->span.len ? flow_end : r->last_end);
}

static int compose_list(struct reader *r, unsigned depth, unsigned *height, struct value *list)
{
	for (;;) {
		_cleanup_event_ yaml_event_t e = { 0 };
		struct value *item = NULL;
		unsigned child = 0;

		if (next(r, &e) < 0)
			return -1;
		if (e.type == YAML_SEQUENCE_END_EVENT) {
			list->span = collection_span(r, list, &e);
			return 0;
		}
		if (compose(r, &e, depth + 1, &child, &item) < 0)
			return -1;
		raise_height(height, child);
		vec_push(r->arena, &list->list, item);
	}
}

/* A map under construction. */
struct builder {
	struct value *map;
	bool flow;
	bool cut;	  /* a key without a value was left out */
	struct map *seen; /* key -> struct value_pair *, once the map is large */
};

static const struct value_pair *find_pair(struct reader *r, struct builder *b, const char *key)
{
	if (b->map->map.len < SMALL_MAP) {
		value_each_pair(b->map, p)
			if (strcmp(p->key, key) == 0)
				return p;
		return NULL;
	}
	if (!b->seen) {
		b->seen = map_new(r->arena);
		for (size_t i = 0; i < b->map->map.len; i++)
			map_set(b->seen, b->map->map.items[i].key, (void *)(uintptr_t)(i + 1));
	}
	if (!map_has(b->seen, key))
		return NULL;
	return &b->map->map.items[(uintptr_t)map_get(b->seen, key) - 1];
}

static void add_pair(struct reader *r, struct builder *b, const char *key, struct span at,
		     struct value *v)
{
	struct value_pair pair = { key, at, v };
	const struct value_pair *first = find_pair(r, b, key);

	if (first) {
		diag_error(r->diags, D_CONFIG, at, "the key `%s` stands here twice", key);
		diag_note(r->diags, first->key_span, "first here");
		return;
	}
	vec_push(r->arena, &b->map->map, pair);
	if (b->seen)
		map_set(b->seen, key, (void *)(uintptr_t)b->map->map.len);
}

/* The value before a key without one, when both look like one text cut at a comma. */
static struct value_pair *cut_pair(const struct reader *r, const struct builder *b, struct span key)
{
	struct value_pair *last = b->map->map.len ? &b->map->map.items[b->map->map.len - 1] : NULL;
	const char *text = last ? value_text(last->value) : NULL;

	if (!text || !(last->value->flags & VALUE_PLAIN) || key.off == 0)
		return NULL;
	if (r->source->text[key.off - 1] != ',' && !(strchr(text, '(') && !strchr(text, ')')))
		return NULL;
	return last;
}

static void note_empty(struct reader *r, struct builder *b, const char *key, struct span at)
{
	enum { SHOWN = 100 };
	struct value_pair *cut = cut_pair(r, b, at);

	r->empty_key = at;
	b->cut = true;
	if (cut) {
		size_t begin = cut->value->span.off;
		size_t len = at.off + at.len - begin;

		r->empty_hint =
			arena_printf(r->arena,
				     "inside { } a comma ends the value; quote it: \"%.*s\"",
				     (int)(len < SHOWN ? len : SHOWN), r->source->text + begin);
		cut->value = value_at(r->arena, value_unknown(r->arena), cut->value->span);
	} else if (strchr(key, ':')) {
		r->empty_hint = "put a blank behind the colon: { key: value }";
	} else {
		r->empty_hint = "write { key: value }; if all of it is one text, quote it, "
				"braces included";
	}
}

static bool is_nothing(const yaml_event_t *e)
{
	return e->type == YAML_SCALAR_EVENT && e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	       e->data.scalar.length == 0 && !e->data.scalar.anchor && !e->data.scalar.tag;
}

/* Sets *ret_key to NULL when the pair is to be dropped (an error was added). */
static int compose_key(struct reader *r, const yaml_event_t *e, unsigned depth,
		       const char **ret_key, struct span *ret_at)
{
	struct value *key = NULL;
	unsigned height = 0;

	*ret_key = NULL;
	if (compose(r, e, depth + 1, &height, &key) < 0)
		return -1;
	*ret_at = e->type == YAML_ALIAS_EVENT ? event_span(r, e) : key->span;
	if (e->type != YAML_SCALAR_EVENT || event_tag(e)) {
		if (!event_tag(e))
			diag_error(r->diags, D_CONFIG, *ret_at, "a key must be a text");
	} else if (is_nothing(e)) {
		diag_error(r->diags, D_CONFIG, *ret_at, "a key is missing before `:`");
	} else if ((key->flags & VALUE_PLAIN) && strcmp(key->string.text, "<<") == 0) {
		diag_error(r->diags, D_CONFIG, *ret_at, "YAML merges (`<<`) are not taken");
		diag_hint(r->diags, "put what entries share under `defaults`");
	} else {
		*ret_key = key->string.text;
	}
	return 0;
}

static int compose_pair(struct reader *r, struct builder *b, const yaml_event_t *key_event,
			unsigned depth, unsigned *height)
{
	_cleanup_event_ yaml_event_t e = { 0 };
	struct value *v = NULL;
	const char *key;
	struct span at;
	unsigned child = 0;

	if (compose_key(r, key_event, depth, &key, &at) < 0 || next(r, &e) < 0)
		return -1;
	if (key && b->flow && is_nothing(&e)) {
		note_empty(r, b, key, at);
		return 0;
	}
	if (compose(r, &e, depth + 1, &child, &v) < 0)
		return -1;
	raise_height(height, child);
	if (key)
		add_pair(r, b, key, at, v);
	return 0;
}

static int compose_map(struct reader *r, bool flow, unsigned depth, unsigned *height,
		       struct value *map)
{
	struct builder b = { .map = map, .flow = flow };

	for (;;) {
		_cleanup_event_ yaml_event_t e = { 0 };

		if (next(r, &e) < 0)
			return -1;
		if (e.type == YAML_MAPPING_END_EVENT) {
			map->span = collection_span(r, map, &e);
			/* `{ text }` was meant to be a text. */
			if (b.cut && !map->map.len)
				map->kind = VALUE_UNKNOWN;
			return 0;
		}
		if (compose_pair(r, &b, &e, depth, height) < 0)
			return -1;
	}
}

static int compose_collection(struct reader *r, const yaml_event_t *e, unsigned depth,
			      unsigned *height, struct value **ret)
{
	bool list = e->type == YAML_SEQUENCE_START_EVENT;
	bool flow = list ? e->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE
			 : e->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
	struct value *v = list ? value_list(r->arena) : value_map(r->arena);
	int failed;

	*height = 1;
	v->span = event_span(r, e);
	if (depth > YAML_MAX_DEPTH)
		return too_deep(r, v->span);
	if (charge(r, v->span, 1, 0) < 0)
		return -1;
	/* A block has no end of its own: it ends with its last value. */
	v->span.len = flow && v->span.len;
	failed = list ? compose_list(r, depth, height, v) : compose_map(r, flow, depth, height, v);
	if (!failed && flow && v->span.off + v->span.len > r->last_end)
		r->last_end = v->span.off + v->span.len;
	*ret = v;
	return failed;
}

/* `depth` counts the levels of lists and maps that `e` would stand in, itself included. */
static int compose(struct reader *r, const yaml_event_t *e, unsigned depth, unsigned *height,
		   struct value **ret)
{
	struct anchor *anchor;
	int failed;

	r->last_end = marks_byte(&r->marks, e->end_mark.index);
	if (e->type == YAML_ALIAS_EVENT)
		return compose_alias(r, e, depth, height, ret);
	anchor = open_anchor(r, e);
	if (e->type == YAML_SCALAR_EVENT)
		failed = compose_scalar(r, e, ret);
	else
		failed = compose_collection(r, e, depth, height, ret);
	if (failed)
		return -1;
	if (event_tag(e)) {
		size_t at = marks_byte(&r->marks, e->start_mark.index);

		while (at < r->source->len && r->source->text[at] != '!')
			at++;
		yaml_error_tag(r->source, r->file, at, r->diags);
		*ret = value_at(r->arena, value_unknown(r->arena), (*ret)->span);
	}
	close_anchor(r, anchor, *ret, *height);
	return 0;
}

/* --- documents --- */

static void check_directives(struct reader *r, const yaml_event_t *e)
{
	struct span at = event_span(r, e);

	if (!e->data.document_start.version_directive &&
	    e->data.document_start.tag_directives.start ==
		    e->data.document_start.tag_directives.end)
		return;
	diag_error(r->diags, D_CONFIG, at, "YAML directives are not taken");
	diag_hint(r->diags, "remove the lines that begin with `%%`");
}

static int read_end(struct reader *r)
{
	_cleanup_event_ yaml_event_t end = { 0 }, after = { 0 };

	if (next(r, &end) < 0 || next(r, &after) < 0)
		return -1;
	if (after.type == YAML_STREAM_END_EVENT)
		return 0;
	return diag_error(r->diags, D_CONFIG, event_span(r, &after),
			  "a second YAML document; a stack is one");
}

static struct value *empty_map(struct reader *r)
{
	return value_at(r->arena, value_map(r->arena), (struct span){ r->file, 0, 0 });
}

static int read_document(struct reader *r, struct value **ret)
{
	_cleanup_event_ yaml_event_t stream = { 0 }, document = { 0 }, root = { 0 };
	unsigned height = 0;

	if (next(r, &stream) < 0 || next(r, &document) < 0)
		return -1;
	*ret = empty_map(r);
	if (document.type == YAML_STREAM_END_EVENT)
		return 0;
	check_directives(r, &document);
	if (next(r, &root) < 0 || compose(r, &root, 1, &height, ret) < 0)
		return -1;
	if (yaml_is_empty(*ret))
		*ret = empty_map(r);
	return read_end(r);
}

int yaml_parse(struct arena *a, struct sources *s, uint32_t file, struct value **ret,
	       struct diags *d)
{
	__attribute__((
		cleanup(parser_done))) struct reader r = { .arena = a, .file = file, .diags = d };
	size_t errors = diags_errors(d);
	struct value *root = NULL;

	*ret = NULL;
	r.source = source_get(s, file);
	if (!yaml_parser_initialize(&r.parser))
		return diag_error(d, D_IO, NO_SPAN, "out of memory");
	if (yaml_text_check(r.source, file, d) < 0)
		return -1;
	r.marks = marks_new(a, r.source);
	r.anchors = map_new(a);
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)r.source->text,
				     r.source->len);
	if (read_document(&r, &root) < 0)
		return -1;
	*ret = root;
	return diags_errors(d) > errors ? -1 : 0;
}

/* --- what was written --- */

bool yaml_is_empty(const struct value *v)
{
	return value_is(v, VALUE_STRING) && (v->flags & VALUE_PLAIN) && v->string.len == 0;
}

bool yaml_is_null(const struct value *v)
{
	if (!value_is(v, VALUE_STRING) || !(v->flags & VALUE_PLAIN))
		return value_is(v, VALUE_NULL);
	return str_eq(v->string.text, "null");
}
