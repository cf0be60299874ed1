/* protocol_xml.c - values to XML elements and back. */
#include <string.h>

#include "aws/protocol.h"
#include "base/banned.h"

/* --- out --- */

static bool is_name(const char *s)
{
	if (!*s || strchr("-.0123456789", *s))
		return false;
	for (; *s; s++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.",
			    *s))
			return false;
	return true;
}

static int add_members(struct arena *a, struct str *out, const struct value *v,
		       const char **ret_why);

static int add_element(struct arena *a, struct str *out, const char *name, const struct value *v,
		       const char **ret_why)
{
	const char *text = value_scalar_text(a, v);

	if (!is_name(name)) {
		*ret_why = arena_printf(a, "\"%s\" cannot be the name of an XML element", name);
		return -1;
	}
	str_addf(out, "<%s>", name);
	if (text)
		xml_escape(out, text);
	else if (add_members(a, out, v, ret_why))
		return -1;
	str_addf(out, "</%s>", name);
	return 0;
}

static int add_list(struct arena *a, struct str *out, const char *name, const struct value *v,
		    const char **ret_why)
{
	value_each_item(v, item)
		if (add_element(a, out, name, item, ret_why))
			return -1;
	return 0;
}

static int add_members(struct arena *a, struct str *out, const struct value *v,
		       const char **ret_why)
{
	value_each_pair(v, p) {
		int r = 0;

		if (value_is(p->value, VALUE_LIST))
			r = add_list(a, out, p->key, p->value, ret_why);
		else if (!value_is(p->value, VALUE_NULL))
			r = add_element(a, out, p->key, p->value, ret_why);
		if (r)
			return -1;
	}
	return 0;
}

int xml_build(struct arena *a, const char *root, const char *ns, const struct value *v,
	      struct str *body, const char **ret_why)
{
	const char *text = value_scalar_text(a, v);

	str_addf(body, "<%s", root);
	if (ns)
		str_addf(body, " xmlns=\"%s\"", ns);
	str_addc(body, '>');
	if (text)
		xml_escape(body, text);
	else if (add_members(a, body, v, ret_why))
		return -1;
	str_addf(body, "</%s>", root);
	return 0;
}

/* --- in --- */

static bool all_called(const struct xml *x, const char *name)
{
	for (const struct xml *c = x->child; c; c = c->next)
		if (!str_eq(c->name, name))
			return false;
	return x->child != NULL;
}

static struct value *list_of_children(struct arena *a, const struct xml *x, bool query)
{
	struct value *list = value_list(a);

	for (const struct xml *c = x->child; c; c = c->next)
		value_append(a, list, xml_to_value(a, c, query));
	return list;
}

static bool all_entries(const struct xml *x)
{
	for (const struct xml *c = x->child; c; c = c->next)
		if (!xml_child(c, "key") || !xml_child(c, "value"))
			return false;
	return all_called(x, "entry");
}

static struct value *map_of_entries(struct arena *a, const struct xml *x)
{
	struct value *map = value_map(a);

	for (const struct xml *c = x->child; c; c = c->next)
		value_set(a, map, xml_child(c, "key")->text,
			  xml_to_value(a, xml_child(c, "value"), true));
	return map;
}

/* Siblings of one name become a list: `made` holds those that this function has made, as an
 * element may itself be a list. */
static struct value *map_of_children(struct arena *a, const struct xml *x, bool query)
{
	struct value *map = value_map(a), *made = value_map(a);

	for (const struct xml *c = x->child; c; c = c->next) {
		struct value *v = xml_to_value(a, c, query);
		struct value *before = value_get(map, c->name), *list = value_get(made, c->name);

		if (list) {
			value_append(a, list, v);
		} else if (before) {
			list = value_list(a);
			value_append(a, list, before);
			value_append(a, list, v);
			value_set(a, made, c->name, list);
			value_set(a, map, c->name, list);
		} else {
			value_set(a, map, c->name, v);
		}
	}
	return map;
}

struct value *xml_to_value(struct arena *a, const struct xml *x, bool query)
{
	if (!x->child)
		return value_string(a, x->text);
	if (query && all_called(x, "member"))
		return list_of_children(a, x, query);
	if (query && all_entries(x))
		return map_of_entries(a, x);
	return map_of_children(a, x, query);
}

struct value *xml_output(struct arena *a, const struct xml *root)
{
	struct value *out;

	if (root->child)
		return xml_to_value(a, root, false);
	out = value_map(a);
	if (root->text[0])
		value_set(a, out, root->name, value_string(a, root->text));
	return out;
}

struct value *aws_xml_list(struct arena *a, struct value *v)
{
	struct value *list;

	if (value_is(v, VALUE_LIST))
		return v;
	list = value_list(a);
	if (v && !value_is(v, VALUE_NULL) && !str_eq(value_text(v), ""))
		value_append(a, list, v);
	return list;
}
