/* buckets: S3 buckets. */
#include <string.h>

#include "base/str.h"
#include "providers/aws/cors.h"
#include "providers/aws/expand.h"
#include "providers/aws/names.h"
#include "providers/aws/notification.h"

/* clang-format off */
static const struct prop words[] = {
	PROP("versioning", BOOL, 0, .to = "VersioningConfiguration.Status", .def = "false",
	     .doc = "Keep old versions of objects."),
	PROP("encryption", ANY, 0, .to = "BucketEncryption", .def = "\"s3\"",
	     .doc = "A key, or `s3` for keys that S3 owns."),
	PROP("public_access", BOOL, 0, .to = "PublicAccessBlockConfiguration", .def = "false",
	     .doc = "Whether policies may make the bucket public."),
	PROP("cors", LIST, 0, OF(OBJECT), .sub = cors_words, .to = "CorsConfiguration.CorsRules",
	     .doc = "Access from web pages of other origins; the first rule that fits counts."),
	PROP("lifecycle", LIST, 0, OF(ANY), .to = "LifecycleConfiguration.Rules",
	     .doc = "What happens to objects as they age: [{prefix, expire, transitions, noncurrent_expire}]."),
	PROP("notifications", LIST, 0, OF(ANY),
	     .doc = "Whom the bucket tells: [{queue or topic, event, prefix, suffix}]. Functions have events of their own."),
	PROP("website", ANY, 0, .to = "WebsiteConfiguration", .doc = "Website: index_document, error_document, ..."),
	PROP("logging", ANY, 0, .to = "LoggingConfiguration", .doc = "Access logs: destination_bucket_name, log_file_prefix."),
	PROP("statements", LIST, 0, OF(JSON), .doc = "Statements of the bucket's policy, as IAM writes them."),
	PROP("empty_on_destroy", BOOL, 0, .def = "false", .doc = "Delete all objects when the bucket is deleted."),
	PROP_END
};

static const struct prop lifecycle_words[] = {
	PROP("prefix", STRING, 0, .to = "Prefix", .doc = "Only keys that begin so."),
	PROP("expire", INT, 0, .to = "ExpirationInDays", .unit = "d", RANGE(1, 2147483647), .doc = "Objects are deleted after."),
	PROP("noncurrent_expire", INT, 0, .to = "NoncurrentVersionExpiration.NoncurrentDays", .unit = "d",
	     RANGE(1, 2147483647), .doc = "Old versions are deleted after."),
	PROP_END
};

static const struct prop queue_notice[] = { PROP("queue", ANY, P_REQUIRED), PROP_END };
static const struct prop topic_notice[] = { PROP("topic", ANY, P_REQUIRED), PROP_END };

/* As SAM's S3ReadPolicy, S3WritePolicy and S3CrudPolicy, less ACLs (which new buckets refuse) and
 * lifecycle rules (which are the stack's). */
static const char *const read[] = { "s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:GetBucketLocation", NULL };
static const char *const write[] = { "s3:PutObject", NULL };
static const char *const read_write[] = { "s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:GetBucketLocation",
					  "s3:PutObject", "s3:DeleteObject", NULL };
static const char *const objects[] = { "/*", NULL };
static const char *const bucket_and_objects[] = { "", "/*", NULL };
static const struct verb verbs[] = {
	{ "read", read, bucket_and_objects },
	{ "write", write, objects },
	{ "read-write", read_write, bucket_and_objects },
	{ NULL, NULL, NULL },
};
/* clang-format on */

/* --- properties --- */

static struct value *bucket_name(struct expansion *x, const struct item *i)
{
	if (i->entry->name)
		return x_named(x, i, i->entry->name);
	if (i->entry->name_unknown)
		return value_unknown(x->arena);
	const char *base = name_base(x->arena, x->stack, i->entry);
	const char *name = name_bucket(x->arena, base, x->account);
	return name ? x_string(x, name) : value_unknown(x->arena);
}

/* Sent and compared also when the stack says nothing. */
static struct value *encryption(struct expansion *x, struct item *i)
{
	const char *text = value_text(x_word(i, "encryption"));
	struct value *key = text && str_eq_fold(text, "s3") ? NULL : x_encryption(x, i);
	struct value *how =
		key ? x_map(x, "SSEAlgorithm", x_string(x, "aws:kms"), "KMSMasterKeyID", key, NULL)
		    : x_map(x, "SSEAlgorithm", x_string(x, "AES256"), NULL);
	struct value *rules = value_list(x->arena);
	value_append(x->arena, rules,
		     x_map(x, "ServerSideEncryptionByDefault", how, "BucketKeyEnabled",
			   key ? value_bool(x->arena, true) : NULL, NULL));
	return x_map(x, "ServerSideEncryptionConfiguration", rules, NULL);
}

static struct value *access_block(struct expansion *x, const struct item *i)
{
	struct value *block = value_bool(x->arena, !x_flag(i, "public_access", false));
	return x_map(x, "BlockPublicAcls", block, "BlockPublicPolicy", block, "IgnorePublicAcls",
		     block, "RestrictPublicBuckets", block, NULL);
}

/* S3's names for what an API calls the same. */
static struct value *cors_rule(struct expansion *x, const struct value *v)
{
	if (!value_get(v, "methods")) {
		x_error(x, v->span, "CORS of a bucket needs `methods`");
		diag_hint(x->diags, "some of GET, PUT, HEAD, POST, DELETE");
	}
	if (value_get(v, "credentials"))
		x_error(x, value_get(v, "credentials")->span, "S3 has no CORS credentials");
	return x_map(x, "AllowedOrigins", value_get(v, "origins"), "AllowedMethods",
		     value_get(v, "methods"), "AllowedHeaders", value_get(v, "headers"),
		     "ExposedHeaders", value_get(v, "expose_headers"), "MaxAge",
		     value_get(v, "max_age"), NULL);
}

static struct value *cors(struct expansion *x, const struct item *i)
{
	const struct value *all = x_word(i, "cors");
	if (!all)
		return NULL;
	struct value *rules = value_list(x->arena);
	all = x_list(x, all);
	value_each_item(all, v)
		value_append(x->arena, rules, cors_rule(x, v));
	return x_map(x, "CorsRules", rules, NULL);
}

/* The type's own rows of a property, to check what is written in snake_case. */
static const struct prop *rows_of(struct expansion *x, const char *property, struct span at)
{
	const struct type *t = x_type(x, "AWS::S3::Bucket", at);
	const struct prop *row = t ? prop_find(t->props, property) : NULL;
	return row ? row->sub : NULL;
}

static struct value *lifecycle_rule(struct expansion *x, const struct value *v)
{
	const struct prop *config = rows_of(x, "LifecycleConfiguration", v->span);
	const struct prop *row = config ? prop_find(config, "Rules") : NULL;
	const struct type rule = { .name = "", .props = row ? row->sub : NULL };
	const struct value *w =
		x_check_with(x, lifecycle_words, rule.props ? &rule : NULL, v, "a lifecycle rule");
	struct value *out = x_map(x, "Status", x_string(x, "Enabled"), NULL);
	if (!w)
		return NULL;
	x_copy(x, lifecycle_words, NULL, w, out);
	out->span = v->span;
	static const char *const no_action[] = { "Status",
						 "Prefix",
						 "Id",
						 "TagFilters",
						 "ObjectSizeGreaterThan",
						 "ObjectSizeLessThan",
						 NULL };
	bool acts = false;
	value_each_pair(out, p)
		acts |= !str_in(p->key, no_action);
	if (!acts) {
		x_error(x, v->span, "this lifecycle rule does nothing");
		diag_hint(x->diags, "add `expire`, `transitions` or `noncurrent_expire`");
	}
	return out;
}

static struct value *lifecycle(struct expansion *x, const struct item *i)
{
	const struct value *all = x_word(i, "lifecycle");
	if (!all)
		return NULL;
	struct value *rules = value_list(x->arena);
	all = x_list(x, all);
	value_each_item(all, v) {
		struct value *rule = lifecycle_rule(x, v);
		if (rule)
			value_append(x->arena, rules, rule);
	}
	return x_map(x, "Rules", rules, NULL);
}

/* A word whose members are CloudFormation's, in snake_case. */
static struct value *document(struct expansion *x, const struct item *i, const char *word,
			      const char *property)
{
	const struct value *v = x_word(i, word);
	const struct prop *rows = v ? rows_of(x, property, v->span) : NULL;
	struct value *out = NULL;
	if (!rows || schema_check(x->arena, rows, v, CHECK_SNAKE, word, &out, x->diags))
		return NULL;
	return out;
}

static void declare(struct expansion *x, struct item *i)
{
	struct value *props =
		x_map(x, "BucketName", bucket_name(x, i), "BucketEncryption", encryption(x, i),
		      "PublicAccessBlockConfiguration", access_block(x, i), "CorsConfiguration",
		      cors(x, i), "LifecycleConfiguration", lifecycle(x, i), "WebsiteConfiguration",
		      document(x, i, "website", "WebsiteConfiguration"), "LoggingConfiguration",
		      document(x, i, "logging", "LoggingConfiguration"), NULL);
	if (x_word(i, "versioning"))
		value_set(
			x->arena, props, "VersioningConfiguration",
			x_map(x, "Status",
			      x_string(x, x_flag(i, "versioning", false) ? "Enabled" : "Suspended"),
			      NULL));
	struct resource *r = x_main(x, i, "AWS::S3::Bucket", props);
	if (r)
		r->empty_on_destroy = x_flag(i, "empty_on_destroy", false);
}

/* --- notifications --- */

static const struct value *notice_check(struct expansion *x, const struct value *v, bool queue)
{
	struct prop rows[8];
	size_t n = 0;
	rows[n++] = queue ? queue_notice[0] : topic_notice[0];
	for (const struct prop *p = notice_words; p->name; p++)
		rows[n++] = *p;
	rows[n] = (struct prop)PROP_END;
	return x_check(x, rows, v, "a notification");
}

static void notify(struct expansion *x, struct item *i, const struct value *v)
{
	static const char *const queues[] = { "queues", NULL }, *const topics[] = { "topics",
										    NULL };
	bool queue = value_get(v, "queue");
	struct target t;
	if (!queue && !value_get(v, "topic")) {
		x_error(x, v->span, "a notification needs `queue` or `topic`");
		if (value_get(v, "function"))
			diag_hint(x->diags, "functions take `events: [{ bucket: %s }]` themselves",
				  i->entry->key);
		return;
	}
	const struct value *w = notice_check(x, v, queue);
	if (!w || x_ref(x, value_get(w, queue ? "queue" : "topic"), queue ? queues : topics, &t))
		return;
	if (t.item && x_flag(t.item, "fifo", false)) {
		x_error(x, t.given->span, "S3 tells no FIFO queues or topics");
		return;
	}
	x_admit(x, &t, "s3", x_known_arn(x, i));
	x_notify(x, i, queue ? NOTICE_QUEUE : NOTICE_TOPIC, t.arn, w, v->span,
		 t.item ? x_address(x, t.item, "policy") : NULL);
}

static void wire(struct expansion *x, struct item *i)
{
	const struct value *all = x_list(x, x_word(i, "notifications"));
	struct value *arn = x_known_arn(x, i), *both = value_list(x->arena);
	value_each_item(all, v)
		notify(x, i, v);
	value_append(x->arena, both, arn);
	value_append(x->arena, both, x_text(x, "%/*", arn));
	x_own_statements(x, i, both);
}

static void finish(struct expansion *x, struct item *i)
{
	x_guard_finish(x, i, "AWS::S3::BucketPolicy", "Bucket",
		       x_attribute(x, i->entry->address, "BucketName"));
	x_notify_finish(x, i);
}

static const struct aws_kind impl = {
	.arn = "Arn",
	.service = "s3",
	.declare = declare,
	.wire = wire,
	.finish = finish,
	.metrics = "AWS/S3",
	.dimension = "BucketName",
	.dimension_of = "BucketName",
};

const struct kind aws_kind_buckets = {
	.section = "buckets",
	.word = "bucket",
	.type = "AWS::S3::Bucket",
	.words = words,
	.doc = "S3 buckets: private and encrypted unless said otherwise, in S3's account-regional "
	       "namespace unless they have a `name`. Whom a bucket tells of changes is its "
	       "`notification`, a resource of its own.",
	.example = "buckets:\n"
		   "  images:\n"
		   "    versioning: true\n"
		   "    lifecycle: [{ prefix: tmp/, expire: 7d }]\n",
	.verbs = verbs,
	.impl = &impl,
};
