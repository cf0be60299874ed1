#include "base/xml.h"

#include <stdbool.h>
#include <string.h>

#include <expat.h>

#include "base/memory.h"
#include "base/banned.h"

/* expat counts in int. */
enum { XML_MAX_BYTES = 256 * 1024 * 1024 };

/* An element that is open. */
struct level {
	struct xml *element, *last_child;
	struct str text;
};

struct reader {
	struct arena *arena;
	XML_Parser parser;
	struct xml *root;
	struct level levels[XML_MAX_DEPTH];
	size_t depth, nodes;
	const char *refused; /* why we stopped it, NULL when we did not */
};

static void refuse(struct reader *r, const char *why)
{
	/* After a stop expat may still deliver events of the same token. */
	if (!r->refused)
		r->refused = why;
	XML_StopParser(r->parser, XML_FALSE);
}

static void attach(struct reader *r, struct xml *element)
{
	struct level *parent = r->depth ? &r->levels[r->depth - 1] : NULL;

	if (!parent)
		r->root = element;
	else if (parent->last_child)
		parent->last_child->next = element;
	else
		parent->element->child = element;
	if (parent)
		parent->last_child = element;
}

static void on_start(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
	struct reader *r = ctx;
	const char *colon = strchr(name, ':');
	struct xml *element;
	struct level *level;

	(void)attributes;
	if (r->refused)
		return;
	if (r->depth == XML_MAX_DEPTH) {
		refuse(r, "elements are nested too deep");
		return;
	}
	if (++r->nodes > XML_MAX_NODES) {
		refuse(r, "it has too many elements");
		return;
	}
	element = arena_new_of(r->arena, struct xml);
	element->name = arena_strdup(r->arena, colon ? colon + 1 : name);
	attach(r, element);
	level = &r->levels[r->depth++];
	level->element = element;
	level->last_child = NULL;
	str_clear(&level->text);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Blanks around the children of an element are its layout; in a leaf they are content. */
static const char *text_of(struct arena *a, const struct xml *element, const struct str *text)
{
	const char *begin = str_text(text);
	size_t len = text->len;

	if (element->child) {
		for (; len && is_blank(*begin); len--)
			begin++;
		while (len && is_blank(begin[len - 1]))
			len--;
	}
	return len ? arena_strndup(a, begin, len) : "";
}

static void on_end(void *ctx, const XML_Char *name)
{
	struct reader *r = ctx;
	struct level *level;

	(void)name;
	if (r->refused)
		return;
	level = &r->levels[--r->depth];
	level->element->text = text_of(r->arena, level->element, &level->text);
}

static void on_text(void *ctx, const XML_Char *text, int len)
{
	struct reader *r = ctx;

	if (!r->refused && r->depth)
		str_addn(&r->levels[r->depth - 1].text, text, (size_t)len);
}

/* Without a DTD no entity can be declared, so none can expand or fetch anything. */
static void on_doctype(void *ctx, const XML_Char *name, const XML_Char *system_id,
		       const XML_Char *public_id, int has_internal_subset)
{
	(void)name;
	(void)system_id;
	(void)public_id;
	(void)has_internal_subset;
	refuse(ctx, "it has a document type declaration");
}

/* Returns NULL when all went well, else why not. */
static const char *run(struct reader *r, const char *text, size_t len)
{
	XML_SetUserData(r->parser, r);
	XML_SetElementHandler(r->parser, on_start, on_end);
	XML_SetCharacterDataHandler(r->parser, on_text);
	XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
	if (XML_Parse(r->parser, text, (int)len, 1) == XML_STATUS_OK)
		return NULL;
	if (r->refused)
		return r->refused;
	return arena_printf(r->arena, "%s in line %lu",
			    XML_ErrorString(XML_GetErrorCode(r->parser)),
			    XML_GetCurrentLineNumber(r->parser));
}

struct xml *xml_parse(struct arena *a, const char *text, size_t len, const char **ret_why)
{
	const XML_Memory_Handling_Suite memory = { mem_alloc, mem_resize, free };
	struct reader r = { .arena = a };
	const char *why = "it is too large";

	if (len <= XML_MAX_BYTES) {
		r.parser = XML_ParserCreate_MM(NULL, &memory, NULL);
		why = run(&r, text, len);
		XML_ParserFree(r.parser);
	}
	for (size_t i = 0; i < XML_MAX_DEPTH; i++)
		str_wipe(&r.levels[i].text);
	if (why && ret_why)
		*ret_why = why;
	return why ? NULL : r.root;
}

static struct xml *child_named(const struct xml *x, const char *name, size_t len)
{
	for (struct xml *child = x ? x->child : NULL; child; child = child->next)
		if (strncmp(child->name, name, len) == 0 && child->name[len] == '\0')
			return child;
	return NULL;
}

struct xml *xml_child(const struct xml *x, const char *name)
{
	return child_named(x, name, strlen(name));
}

const char *xml_text(const struct xml *x, const char *path)
{
	while (x && *path) {
		size_t len = strcspn(path, "/");

		x = child_named(x, path, len);
		path += len + (path[len] == '/');
	}
	return x ? x->text : NULL;
}

/* What stands for a code point; NULL: it stands for itself. */
static const char *entity_of(uint32_t point)
{
	switch (point) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	case '\t':
		return "&#9;";
	case '\n':
		return "&#10;";
	case '\r':
		return "&#13;";
	default:
		/* XML 1.0 has no way to write these. */
		return point < 0x20 || point == 0xfffe || point == 0xffff ? "\xef\xbf\xbd" : NULL;
	}
}

void xml_escape(struct str *out, const char *text)
{
	size_t len = strlen(text);

	while (len) {
		uint32_t point = 0;
		size_t n = str_code_point(text, len, &point);
		const char *entity = n ? entity_of(point) : "\xef\xbf\xbd";

		if (entity)
			str_add(out, entity);
		else
			str_addn(out, text, n);
		text += n ? n : 1;
		len -= n ? n : 1;
	}
}
