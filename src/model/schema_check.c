#include <string.h>

#include "model/json.h"
#include "model/schema_rows.h"

#include "base/banned.h"

enum { SHOWN_MAX = 60, NAMES_SHOWN = 12 };

static int check_row(const struct check *c, const struct prop *p, const struct value *v,
		     struct span at, struct value **ret);

/* --- shared with the other files of the check --- */

struct prop prop_item_row(const struct prop *p)
{
	struct prop item = *p;

	item.type = p->item;
	item.item = PROP_STRING;
	item.flags = p->flags & (P_SENSITIVE | P_FOLD);
	item.has_length = false;
	item.key = NULL;
	item.def = NULL;
	item.equal = NULL;
	return item;
}

const char *check_name(const struct check *c, const struct prop *p)
{
	return c->flags & CHECK_SNAKE ? prop_snake(c->arena, p) : p->name;
}

bool check_secret(const struct prop *p, const struct value *v)
{
	return (p->flags & P_SENSITIVE) || value_has_sensitive(v);
}

int check_error(const struct check *c, const struct prop *p, const struct value *v, const char *fmt,
		...)
{
	va_list ap;
	char *what;

	va_start(ap, fmt);
	what = arena_vprintf(c->arena, fmt, ap);
	va_end(ap);
	diag_error(c->diags, D_CONFIG, v->span, "`%s` %s", check_name(c, p), what);
	if (check_secret(p, v))
		diag_hide_source(c->diags);
	return -1;
}

/* Not through the middle of a character. */
static const char *shortened(struct arena *a, const char *text)
{
	size_t len = SHOWN_MAX;

	if (strlen(text) <= SHOWN_MAX)
		return text;
	while (len && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	return arena_printf(a, "%.*s...", (int)len, text);
}

const char *check_got(const struct check *c, const struct prop *p, const struct value *v)
{
	const char *text = value_scalar_text(c->arena, v);

	if (check_secret(p, v))
		return "";
	if (!text)
		return arena_printf(c->arena, ", got %s", value_kind_name(v));
	text = shortened(c->arena, text);
	return arena_printf(c->arena, value_is(v, VALUE_STRING) ? ", got `%s`" : ", got %s", text);
}

struct value *check_as(const struct check *c, const struct value *v, struct value *content)
{
	struct value *same = value_at(c->arena, content, v->span);

	same->flags = v->flags & (VALUE_SENSITIVE | VALUE_DIGEST);
	return same;
}

static const char *plural(int64_t n)
{
	return n == 1 ? "" : "s";
}

int check_length(const struct check *c, const struct prop *p, const struct value *v, size_t len)
{
	const char *thing = value_is_scalar(v) ? "character" : "item";
	int64_t n = (int64_t)len;

	if (!p->has_length || (n >= p->min_len && n <= p->max_len))
		return 0;
	if (p->min_len == p->max_len)
		return check_error(c, p, v, "must have %lld %s%s, got %lld", (long long)p->min_len,
				   thing, plural(p->min_len), (long long)n);
	if (n < p->min_len)
		return check_error(c, p, v, "must have at least %lld %s%s, got %lld",
				   (long long)p->min_len, thing, plural(p->min_len), (long long)n);
	return check_error(c, p, v, "must have at most %lld %s%s, got %lld", (long long)p->max_len,
			   thing, plural(p->max_len), (long long)n);
}

/* --- null --- */

/* YAML has other words for null; taking them for text would be a surprise. */
static bool null_like(const struct value *v)
{
	const char *text = value_text(v);

	return text && (v->flags & VALUE_PLAIN) &&
	       (str_eq(text, "~") || str_eq(text, "Null") || str_eq(text, "NULL"));
}

static bool is_null(const struct value *v)
{
	return value_is(v, VALUE_NULL) || ((v->flags & VALUE_PLAIN) && str_eq(value_text(v), "nul"
											     "l"));
}

static bool is_open(const struct value *v)
{
	return value_is(v, VALUE_UNKNOWN) || value_is(v, VALUE_EXPR);
}

/* --- unknown keys --- */

/* `visibilityTimeout`, `visibility-timeout` and `VisibilityTimeout` all mean one word. */
static const char *as_snake(struct arena *a, const char *key)
{
	char *word = snake_case(a, key);

	for (char *s = word; *s; s++)
		if (*s == '-')
			*s = '_';
	return word;
}

static bool stands_for(const struct prop *p, const char *key, const char *snake, struct arena *a)
{
	char *head = p->to ? arena_strndup(a, p->to, strcspn(p->to, ".")) : NULL;

	return head && (str_eq(head, key) || str_eq(snake_case(a, head), snake));
}

static bool settable(const struct prop *p)
{
	return !(p->flags & P_COMPUTED);
}

/* The row that was meant: a short form before the property that it stands for. */
static const struct prop *meant(const struct check *c, const struct prop *rows, const char *key)
{
	const char *snake = as_snake(c->arena, key);
	const struct prop *p = prop_find_snake(rows, snake);

	if (p && settable(p))
		return p;
	for (p = rows; p->name; p++)
		if (stands_for(p, key, snake, c->arena))
			return p;
	return NULL;
}

static const char **names_of(const struct check *c, const struct prop *rows, size_t *ret_len)
{
	const char **names;
	size_t n = 0;

	for (const struct prop *p = rows; p->name; p++)
		n++;
	names = arena_array(c->arena, n, sizeof(*names));
	*ret_len = 0;
	for (const struct prop *p = rows; p->name; p++)
		if (settable(p))
			names[(*ret_len)++] = check_name(c, p);
	return names;
}

static void hint_names(const struct check *c, const struct prop *rows, const char *key)
{
	_cleanup_str_ struct str list = STR_INIT;
	size_t n;
	const char **names = names_of(c, rows, &n), *nearest = str_nearest(key, names, n);

	if (nearest) {
		diag_hint(c->diags, "did you mean `%s`?", nearest);
		return;
	}
	if (n > NAMES_SHOWN)
		return;
	for (size_t i = 0; i < n; i++)
		str_addf(&list, "%s`%s`", i ? ", " : "", names[i]);
	diag_hint(c->diags, n ? "known keys: %s" : "it takes no keys%s", str_text(&list));
}

static void hint_spelling(const struct check *c, const struct prop *p,
			  const struct value_pair *pair)
{
	const char *name = check_name(c, p), *text = value_scalar_text(c->arena, pair->value);

	if (!(c->flags & CHECK_SNAKE))
		diag_hint(c->diags, "keys here are CloudFormation's: `%s`", name);
	else if (str_eq(as_snake(c->arena, pair->key), pair->key))
		diag_hint(c->diags, "it is written `%s` here", name);
	else if (!text || check_secret(p, pair->value) || strlen(text) > SHOWN_MAX)
		diag_hint(c->diags, "keys here are snake_case: `%s`", name);
	else
		diag_hint(c->diags, "keys here are snake_case: `%s: %s`", name, text);
}

static int unknown_key(const struct check *c, const struct prop *rows,
		       const struct value_pair *pair, const char *what)
{
	const struct prop *p = meant(c, rows, pair->key);

	diag_error(c->diags, D_CONFIG, pair->key_span, "unknown key `%s` in %s",
		   shortened(c->arena, pair->key), what);
	if (p)
		hint_spelling(c, p, pair);
	else
		hint_names(c, rows, pair->key);
	return -1;
}

/* --- maps with fixed keys --- */

static const struct prop *find_row(const struct check *c, const struct prop *rows, const char *key)
{
	return c->flags & CHECK_SNAKE ? prop_find_snake(rows, key) : prop_find(rows, key);
}

static int check_pair(const struct check *c, const struct prop *rows, const struct value_pair *pair,
		      const char *what, struct value *out)
{
	const struct prop *p = find_row(c, rows, pair->key);
	struct value *v = NULL;
	int rc;

	if (!p)
		return unknown_key(c, rows, pair, what);
	if (!settable(p)) {
		diag_error(c->diags, D_CONFIG, pair->key_span, "`%s` is set by AWS, not here",
			   pair->key);
		return -1;
	}
	if (is_null(pair->value))
		return 0;
	rc = check_row(c, p, pair->value, pair->key_span, &v);
	value_set_at(c->arena, out, p->name, pair->key_span, v);
	return rc;
}

static int check_required(const struct check *c, const struct prop *rows, const struct value *out,
			  struct span at, const char *what)
{
	int rc = 0;

	for (const struct prop *p = rows; p->name; p++) {
		if (!(p->flags & P_REQUIRED) || value_get(out, p->name))
			continue;
		rc = diag_error(c->diags, D_CONFIG, at, "%s needs `%s`", what, check_name(c, p));
		if (p->doc)
			diag_hint(c->diags, "%s", p->doc);
	}
	return rc;
}

static int check_map(const struct check *c, const struct prop *rows, const struct value *v,
		     struct span at, const char *what, struct value **ret)
{
	struct value *out = value_map(c->arena);
	int rc = 0;

	value_each_pair(v, pair)
		rc |= check_pair(c, rows, pair, what, out);
	if (!(c->flags & CHECK_PARTIAL))
		rc |= check_required(c, rows, out, at, what);
	*ret = check_as(c, v, out);
	return rc;
}

static int check_object(const struct check *c, const struct prop *p, const struct value *v,
			struct span at, struct value **ret)
{
	const char *what = arena_printf(c->arena, "`%s`", check_name(c, p));

	if (!value_is(v, VALUE_MAP)) {
		size_t n;

		check_error(c, p, v, "wants a map%s", check_got(c, p, v));
		if (p->sub && names_of(c, p->sub, &n) && n <= NAMES_SHOWN)
			hint_names(c, p->sub, "");
		return -1;
	}
	if (p->sub)
		return check_map(c, p->sub, v, at.file ? at : v->span, what, ret);
	*ret = (struct value *)v;
	return 0;
}

/* --- lists and maps with free keys --- */

static int check_keyed(const struct check *c, const struct prop *p, const struct value *list)
{
	const struct prop *row = p->key ? prop_find(p->sub, p->key) : NULL;
	int rc = 0;

	if (!(p->flags & P_KEYED) || !p->key)
		return 0;
	value_each_item(list, item) {
		const struct value *key = value_get(item, p->key);

		for (size_t i = 0; key && !value_has_unknown(key) && i < item_i; i++) {
			const struct value *other = value_get(value_item(list, i), p->key);

			if (!other || !value_equal(other, key))
				continue;
			rc = check_error(c, p, key, "has two items with the same `%s`",
					 row ? check_name(c, row) : p->key);
			diag_note(c->diags, other->span, "first one here");
			break;
		}
	}
	return rc;
}

static int check_list(const struct check *c, const struct prop *p, const struct value *v,
		      struct value **ret)
{
	struct prop item_row = prop_item_row(p);
	struct value *out = value_list(c->arena), *one = value_list(c->arena);
	int rc = 0;

	if (!value_is(v, VALUE_LIST)) {
		value_append(c->arena, one, (struct value *)v);
		v = check_as(c, v, one);
	}
	value_each_item(v, item) {
		struct value *checked = item;

		if (is_null(item))
			rc |= check_error(c, p, item, "cannot hold null");
		else
			rc |= check_row(c, &item_row, item, NO_SPAN, &checked);
		value_append(c->arena, out, checked);
	}
	rc |= check_length(c, p, v, out->list.len);
	rc |= check_keyed(c, p, out);
	*ret = check_as(c, v, out);
	return rc;
}

/* CloudFormation writes tags as a list of Key and Value. */
static const struct value *tags_as_map(const struct check *c, const struct value *v)
{
	struct value *map = value_map(c->arena);

	value_each_item(v, item) {
		const struct value *key = value_get(item, "Key");
		struct value *tag = value_get(item, "Value");

		if (!value_text(key) || !tag || value_len(item) != 2)
			return v;
		if (value_get(map, value_text(key)))
			return v;
		value_set_at(c->arena, map, value_text(key), key->span, tag);
	}
	return check_as(c, v, map);
}

static int check_free_map(const struct check *c, const struct prop *p, const struct value *v,
			  struct value **ret)
{
	struct prop item_row = prop_item_row(p);
	struct value *out = value_map(c->arena);
	int rc = 0;

	if ((p->flags & P_TAGS) && value_is(v, VALUE_LIST))
		v = tags_as_map(c, v);
	if (!value_is(v, VALUE_MAP))
		return check_error(c, p, v, "wants a map%s", check_got(c, p, v));
	value_each_pair(v, pair) {
		struct value *checked = pair->value;

		if (is_null(pair->value))
			continue;
		rc |= check_row(c, &item_row, pair->value, pair->key_span, &checked);
		value_add_pair(c->arena, out, pair->key, pair->key_span, checked);
	}
	rc |= check_length(c, p, v, out->map.len);
	*ret = check_as(c, v, out);
	return rc;
}

/* --- foreign documents --- */

static int check_document(const struct check *c, const struct prop *p, const struct value *v,
			  struct value **ret)
{
	const char *text = value_text(v), *why = NULL;
	struct value *parsed;

	if (!text)
		return schema_plain_document(c->arena, v, ret, c->diags);
	if (v->flags & VALUE_DIGEST) {
		*ret = (struct value *)v;
		return 0;
	}
	parsed = json_parse(c->arena, text, v->string.len, &why);
	if (!parsed) {
		check_error(c, p, v, "is not a document in JSON: %s", why);
		diag_hint(c->diags, "write it as a tree here, or as JSON text");
		return -1;
	}
	parsed = check_as(c, v, parsed);
	*ret = v->flags & VALUE_SENSITIVE ? value_mark(c->arena, parsed, VALUE_SENSITIVE, 0)
					  : parsed;
	return 0;
}

/* --- one row --- */

static int check_typed(const struct check *c, const struct prop *p, const struct value *v,
		       struct span at, struct value **ret)
{
	switch (p->type) {
	case PROP_OBJECT:
		return check_object(c, p, v, at, ret);
	case PROP_LIST:
		return check_list(c, p, v, ret);
	case PROP_MAP:
		return check_free_map(c, p, v, ret);
	case PROP_JSON:
		return check_document(c, p, v, ret);
	case PROP_ANY:
		*ret = (struct value *)v;
		return 0;
	default:
		return check_scalar(c, p, v, ret);
	}
}

/* *ret is set also on failure, to the value as it came. */
static int check_row(const struct check *c, const struct prop *p, const struct value *v,
		     struct span at, struct value **ret)
{
	int rc = 0;

	*ret = (struct value *)v;
	if (null_like(v) && p->type != PROP_JSON && p->type != PROP_ANY) {
		rc = check_error(c, p, v, "is given `%s`, which is null in YAML", value_text(v));
		diag_hint(c->diags, "write `null`, or put the text in quotes");
	} else if (!is_open(v)) {
		rc = check_typed(c, p, v, at, ret);
	}
	if (p->flags & P_SENSITIVE)
		*ret = value_mark(c->arena, *ret, VALUE_SENSITIVE, 0);
	return rc;
}

int schema_check_value(struct arena *a, const struct prop *row, const struct value *v,
		       unsigned flags, struct value **ret, struct diags *d)
{
	struct check c = { a, flags, d };

	return check_row(&c, row, v, v->span, ret);
}

int schema_check(struct arena *a, const struct prop *rows, const struct value *v, unsigned flags,
		 const char *what, struct value **ret, struct diags *d)
{
	struct check c = { a, flags, d };

	*ret = (struct value *)v;
	if (!v || is_null(v)) {
		struct value *empty = value_map(a);

		empty->span = v ? v->span : NO_SPAN;
		v = empty;
	}
	if (is_open(v))
		return 0;
	if (!value_is(v, VALUE_MAP))
		return diag_error(d, D_CONFIG, v->span, "%s wants a map, got %s", what,
				  value_kind_name(v));
	return check_map(&c, rows, v, v->span, what, ret);
}

struct value *prop_default(struct arena *a, const struct prop *p)
{
	if (!p->def || !*p->def)
		return NULL;
	return json_parse(a, p->def, strlen(p->def), NULL);
}
