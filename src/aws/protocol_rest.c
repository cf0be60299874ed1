/* protocol_rest.c - the REST protocols: path, parameters, headers, and what is left for a body. */
#include <string.h>

#include "aws/protocol.h"
#include "aws/uri.h"
#include "base/banned.h"

struct rest {
	struct arena *arena;
	const struct value *input;
	struct value *used; /* members that are not in the body */
	const char *why;
};

static int fail(struct rest *r, const char *why)
{
	r->why = why;
	return -1;
}

static void use(struct rest *r, const char *member)
{
	value_set(r->arena, r->used, member, value_bool(r->arena, true));
}

/* --- labels --- */

static int add_label(struct rest *r, struct str *out, const char *name, bool keep_slash)
{
	const char *text = value_scalar_text(r->arena, protocol_member(r->input, name));

	if (!text || !*text)
		return fail(r, arena_printf(r->arena, "member \"%s\", part of the path, is missing",
					    name));
	if (!keep_slash && (str_eq(text, ".") || str_eq(text, "..")))
		return fail(r,
			    arena_printf(r->arena, "member \"%s\" may not be \"%s\"", name, text));
	uri_encode(out, text, strlen(text), keep_slash);
	use(r, name);
	return 0;
}

static int expand(struct rest *r, const char *template, size_t n, struct str *out)
{
	for (const char *p = template, *end = template + n; p < end; p++) {
		size_t len;
		bool greedy;

		if (*p != '{') {
			str_addc(out, *p);
			continue;
		}
		len = strcspn(p + 1, "}");
		greedy = len > 0 && p[len] == '+';
		if (add_label(r, out, arena_strndup(r->arena, p + 1, len - greedy), greedy))
			return -1;
		p += len + 1;
	}
	return 0;
}

/* --- query and headers: "param=Member,Other" --- */

struct binding {
	const char *wire, *member;
};

/* The binding at *p, which moves on; false at the end. */
static bool next_binding(struct arena *a, const char **p, struct binding *ret)
{
	size_t n, k;

	*p += strspn(*p, ", ");
	n = strcspn(*p, ", ");
	if (n == 0)
		return false;
	k = strcspn(*p, "=, ");
	ret->wire = arena_strndup(a, *p, k);
	ret->member = k < n ? arena_strndup(a, *p + k + 1, n - k - 1) : ret->wire;
	*p += n;
	return true;
}

bool protocol_list_has(const char *list, const char *member)
{
	size_t n = strlen(member);

	for (const char *p = list; p && *p;) {
		size_t len = strcspn(p, ",");

		if (len == n && memcmp(p, member, n) == 0)
			return true;
		p += len + (p[len] == ',');
	}
	return false;
}

static void add_parameter(struct rest *r, struct str *out, const char *name, const struct value *v)
{
	const char *text = value_scalar_text(r->arena, v);

	if (text)
		uri_add_query(out, name, text);
	value_each_item(v, item)
		add_parameter(r, out, name, item);
	if (value_is(v, VALUE_MAP))
		value_each_pair(v, p)
			add_parameter(r, out, p->key, p->value);
}

static void add_parameters(struct rest *r, const char *bindings, struct str *out)
{
	struct binding b;

	for (const char *p = bindings ? bindings : ""; next_binding(r->arena, &p, &b);) {
		use(r, b.member);
		add_parameter(r, out, b.wire, protocol_member(r->input, b.member));
	}
}

static const char *header_text(struct rest *r, const struct value *v)
{
	_cleanup_str_ struct str text = STR_INIT;
	const char *scalar = value_scalar_text(r->arena, v);

	if (scalar || !value_is(v, VALUE_LIST))
		return scalar;
	value_each_item(v, item) {
		const char *one = value_scalar_text(r->arena, item);

		str_addf(&text, "%s%s", text.len ? "," : "", one ? one : "");
	}
	return str_dup(&text, r->arena);
}

static bool has_control(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return true;
	return false;
}

static int add_headers(struct rest *r, const char *bindings, http_headers *headers)
{
	struct binding b;

	for (const char *p = bindings ? bindings : ""; next_binding(r->arena, &p, &b);) {
		const char *text = header_text(r, protocol_member(r->input, b.member));
		struct http_header h = { b.wire, text };

		use(r, b.member);
		if (!text)
			continue;
		if (has_control(text))
			return fail(r, arena_printf(r->arena,
						    "member \"%s\", sent as a header, holds a "
						    "control character",
						    b.member));
		vec_push(r->arena, headers, h);
	}
	return 0;
}

/* --- all of it --- */

static struct value *left_over(struct rest *r)
{
	struct value *left = value_map(r->arena);

	value_each_pair(r->input, p)
		if (!value_get(r->used, p->key) && !value_is(p->value, VALUE_NULL))
			value_set(r->arena, left, p->key, p->value);
	return left;
}

static const char *first_label(struct rest *r, const char *path)
{
	size_t n = strcspn(path + 1, "}");

	if (path[0] != '/' || path[1] != '{')
		return NULL;
	return value_scalar_text(
		r->arena, protocol_member(r->input, arena_strndup(r->arena, path + 2, n - 1)));
}

int rest_build(struct arena *a, const struct aws_call *call, struct wire *ret,
	       struct value **ret_left, const char **ret_why)
{
	struct rest r = { .arena = a, .input = call->input, .used = value_map(a) };
	_cleanup_str_ struct str path = STR_INIT, query = STR_INIT;
	const char *template = call->path ? call->path : "/";
	size_t n = strcspn(template, "?");

	if (expand(&r, template, n, &path) ||
	    (template[n] && expand(&r, template + n + 1, strlen(template + n + 1), &query)) ||
	    add_headers(&r, call->headers, &ret->headers)) {
		*ret_why = r.why;
		return -1;
	}
	add_parameters(&r, call->query, &query);
	ret->method = call->method ? call->method : "POST";
	ret->path = str_dup(&path, a);
	ret->query = query.len ? str_dup(&query, a) : NULL;
	if (call->service->protocol == AWS_REST_XML)
		ret->bucket = first_label(&r, template);
	*ret_left = left_over(&r);
	return 0;
}
