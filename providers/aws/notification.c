#include "providers/aws/notification.h"

#include <string.h>

#include "base/str.h"

/* clang-format off */
const struct prop notice_words[] = {
	PROP("event", LIST, 0, .def = "\"s3:ObjectCreated:*\"",
	     .doc = "What happened, such as s3:ObjectCreated:* or s3:ObjectRemoved:Delete."),
	PROP("prefix", STRING, 0, LENGTH(0, 1024), .doc = "Only keys that begin so."),
	PROP("suffix", STRING, 0, LENGTH(0, 1024), .doc = "Only keys that end so."),
	PROP_END
};
/* clang-format on */

static const char *const lists[] = { "LambdaConfigurations", "QueueConfigurations",
				     "TopicConfigurations" };
static const char *const members[] = { "Function", "Queue", "Topic" };

/* --- overlaps: S3 refuses them --- */

static bool events_meet(const char *a, const char *b)
{
	size_t n = strcspn(a, "*"), m = strcspn(b, "*");
	if (!a[n] && !b[m])
		return str_eq(a, b);
	size_t least = a[n] && (n < m || !b[m]) ? n : m;
	return !strncmp(a, b, least);
}

/* "" where there is none, NULL where it is not known yet. */
static const char *rule(const struct value *config, const char *name)
{
	const struct value *rules = value_path(config, "Filter.S3Key.Rules");
	value_each_item(rules, r) {
		if (str_eq(value_text_at(r, "Name"), name))
			return value_text_at(r, "Value");
	}
	return "";
}

static bool prefixes_meet(const char *a, const char *b)
{
	return a && b && (str_starts(a, b) || str_starts(b, a));
}

static bool suffixes_meet(const char *a, const char *b)
{
	return a && b && (str_ends(a, b) || str_ends(b, a));
}

static bool overlap(const struct value *a, const struct value *b)
{
	const char *one = value_text_at(a, "Event"), *other = value_text_at(b, "Event");
	return one && other && events_meet(one, other) &&
	       prefixes_meet(rule(a, "prefix"), rule(b, "prefix")) &&
	       suffixes_meet(rule(a, "suffix"), rule(b, "suffix"));
}

static void check_overlap(struct expansion *x, const struct item *bucket, const struct value *added)
{
	for (size_t n = 0; n < 3; n++) {
		const struct value *all = value_get(bucket->notices, lists[n]);
		value_each_item(all, old) {
			if (!overlap(old, added))
				continue;
			x_error(x, added->span,
				"%s: two notifications overlap, and S3 tells only one of them",
				bucket->entry->address);
			diag_note(x->diags, old->span, "the other one is here");
			diag_hint(x->diags, "make their `event`, `prefix` or `suffix` differ, or "
					    "let "
					    "one tell a topic that fans out");
			return;
		}
	}
}

/* --- adding --- */

static void add_rule(struct expansion *x, struct value *rules, const char *name,
		     const struct value *v)
{
	if (v)
		value_append(x->arena, rules,
			     x_map(x, "Name", x_string(x, name), "Value", v, NULL));
}

static struct value *filter(struct expansion *x, const struct value *words)
{
	struct value *rules = value_list(x->arena);
	add_rule(x, rules, "prefix", value_get(words, "prefix"));
	add_rule(x, rules, "suffix", value_get(words, "suffix"));
	if (!value_len(rules))
		return NULL;
	return x_map(x, "S3Key", x_map(x, "Rules", rules, NULL), NULL);
}

static struct value *list_of(struct expansion *x, struct item *bucket, enum notice_to to)
{
	if (!bucket->notices)
		bucket->notices = value_map(x->arena);
	struct value *list = value_get(bucket->notices, lists[to]);
	if (!list) {
		list = value_list(x->arena);
		value_set(x->arena, bucket->notices, lists[to], list);
	}
	return list;
}

static void check_event(struct expansion *x, const struct value *event)
{
	const char *text = value_text(event);
	if (!text || (str_starts(text, "s3:") && text[strcspn(text, " \t")] == '\0'))
		return;
	x_error(x, event->span, "`%s` is no event of S3", text);
	diag_hint(x->diags, "such as s3:ObjectCreated:*, s3:ObjectRemoved:* or "
			    "s3:ObjectCreated:Put");
}

void x_notify(struct expansion *x, struct item *bucket, enum notice_to to, struct value *arn,
	      const struct value *words, struct span at, const char *needs)
{
	struct value *list = list_of(x, bucket, to);
	const struct value *events = value_get(words, "event");
	if (!events)
		events = x_string(x, "s3:ObjectCreated:*");
	events = x_list(x, events);
	value_each_item(events, event) {
		check_event(x, event);
		struct value *config = x_map(x, "Event", event, members[to], arn, "Filter",
					     filter(x, words), NULL);
		config->span = at;
		check_overlap(x, bucket, config);
		value_append(x->arena, list, config);
	}
	if (needs)
		vec_push(x->arena, &bucket->notice_needs, needs);
}

void x_notify_finish(struct expansion *x, struct item *bucket)
{
	if (!bucket->notices)
		return;
	struct resource *r =
		x_part(x, bucket, "notification", "AWS::S3::BucketNotification",
		       x_map(x, "Bucket", x_attribute(x, bucket->entry->address, "BucketName"),
			     "NotificationConfiguration", bucket->notices, NULL));
	for (size_t n = 0; n < bucket->notice_needs.len; n++)
		x_needs(x, r, bucket->notice_needs.items[n]);
}
