#include "providers/aws/policy_equal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "model/json.h"

static int by_value(const void *a, const void *b)
{
	return value_compare(*(struct value *const *)a, *(struct value *const *)b);
}

static void sort_unique(struct value *list)
{
	size_t n = 0;
	if (list->list.len)
		qsort(list->list.items, list->list.len, sizeof(struct value *), by_value);
	for (size_t i = 0; i < list->list.len; i++)
		if (!n || value_compare(list->list.items[n - 1], list->list.items[i]))
			list->list.items[n++] = list->list.items[i];
	list->list.len = n;
}

/* One thing or a list of things, as a sorted list; each item passed through `one`. */
static struct value *as_set(struct arena *a, const struct value *v,
			    struct value *(*one)(struct arena *, const struct value *))
{
	struct value *out = value_list(a);
	if (value_is(v, VALUE_LIST)) {
		value_each_item(v, item)
			value_append(a, out, one(a, item));
	} else if (v) {
		value_append(a, out, one(a, v));
	}
	sort_unique(out);
	return out;
}

static struct value *plain(struct arena *a, const struct value *v)
{
	const char *text = value_scalar_text(a, v);
	return text ? value_string(a, text) : (struct value *)v;
}

static struct value *action(struct arena *a, const struct value *v)
{
	const char *text = value_text(v);
	if (!text)
		return (struct value *)v;
	char *lower = arena_strdup(a, text);
	for (char *s = lower; *s; s++)
		*s = (char)tolower((unsigned char)*s);
	return value_string(a, lower);
}

/* "arn:aws:iam::123456789012:root" is the bare account id. */
static struct value *principal_id(struct arena *a, const struct value *v)
{
	const char *text = value_scalar_text(a, v);
	const char *account = text && str_starts(text, "arn:") ? strstr(text, ":iam::") : NULL;
	if (!account || !str_ends(text, ":root"))
		return plain(a, v);
	account += strlen(":iam::");
	return value_stringn(a, account, strcspn(account, ":"));
}

static struct value *principal(struct arena *a, const struct value *v)
{
	struct value *out = value_map(a);
	if (!value_is(v, VALUE_MAP)) {
		value_set(a, out, "AWS", as_set(a, v, principal_id));
		return out;
	}
	value_each_pair(v, p)
		value_set(a, out, p->key, as_set(a, p->value, principal_id));
	return out;
}

static struct value *condition(struct arena *a, const struct value *v)
{
	struct value *out = value_map(a);
	value_each_pair(v, op) {
		struct value *keys = value_map(a);
		value_each_pair(op->value, k) {
			const char *key = value_text(action(a, value_string(a, k->key)));
			value_set(a, keys, key, as_set(a, k->value, plain));
		}
		value_set(a, out, op->key, keys);
	}
	return out;
}

static struct value *statement(struct arena *a, const struct value *v)
{
	struct value *out = value_map(a);
	value_each_pair(v, p) {
		struct value *m = p->value;
		if (str_eq(p->key, "Effect"))
			m = action(a, m);
		else if (str_eq(p->key, "Action") || str_eq(p->key, "NotAction"))
			m = as_set(a, m, action);
		else if (str_eq(p->key, "Resource") || str_eq(p->key, "NotResource"))
			m = as_set(a, m, plain);
		else if (str_eq(p->key, "Principal") || str_eq(p->key, "NotPrincipal"))
			m = principal(a, m);
		else if (str_eq(p->key, "Condition"))
			m = condition(a, m);
		else if (str_eq(p->key, "Sid") && str_eq(value_text(m), ""))
			continue;
		if (value_is(m, VALUE_MAP) && !value_len(m))
			continue;
		value_set(a, out, p->key, m);
	}
	return out;
}

static const struct value *document(struct arena *a, const struct value *v)
{
	const char *text = value_text(v);
	const struct value *tree = text ? json_parse(a, text, strlen(text), NULL) : v;
	return tree ? tree : v;
}

static struct value *canonical(struct arena *a, const struct value *v)
{
	struct value *out = value_map(a);
	value_set(a, out, "Version", value_string(a, "2008-10-17"));
	value_each_pair(v, p) {
		bool list = str_eq(p->key, "Statement");
		value_set(a, out, p->key,
			  list ? as_set(a, p->value, statement) : plain(a, p->value));
	}
	return out;
}

bool aws_policy_equal(const struct value *x, const struct value *y)
{
	_cleanup_arena_ struct arena *a = arena_new();
	const struct value *p = document(a, x), *q = document(a, y);
	if (!value_is(p, VALUE_MAP) || !value_is(q, VALUE_MAP))
		return value_equal(p, q);
	return value_equal(canonical(a, p), canonical(a, q));
}
