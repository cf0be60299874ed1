#include "state/backend_s3.h"

#include <stdatomic.h>
#include <string.h>

#include "base/clock.h"
#include "base/fatal.h"
#include "base/hash.h"
#include "base/banned.h"

enum {
	TIMEOUT_MS = 10 * 1000, /* an attempt; well below the life of a lease */
	ATTEMPTS = 5,
	CONFLICT_TRIES = 6,
	CONFLICT_MS = 50, /* doubled each time */
	DAMAGE_TRIES = 3,
	KEY_MAX = 1024 - 3, /* less ".op" */
};

struct s3_backend {
	struct backend base;
	struct arena *arena;
	struct backend_s3_options o;
	const char *keys[2], *description;
	/* When the version that was read last was written, by our clock that never jumps: now less
	 * the age that the store gave. INT64_MIN: not read yet. */
	_Atomic int64_t written_ms[2];
	atomic_bool proven;  /* the store honours conditions */
	atomic_bool refused; /* it does not */
};

static struct s3_backend *of(struct backend *b)
{
	return (struct s3_backend *)b;
}

static void set(struct arena *a, struct value *map, const char *key, const char *text)
{
	if (text)
		value_set(a, map, key, value_string(a, text));
}

static struct value *identity(const struct s3_backend *s, enum backend_object o, struct arena *a)
{
	struct value *v = value_map(a);

	set(a, v, "Bucket", s->o.bucket);
	set(a, v, "Key", s->keys[o]);
	set(a, v, "Owner", s->o.account);
	return v;
}

static struct aws_call make_call(const char *operation, const char *method,
				 const struct value *input)
{
	return (struct aws_call){ .service = aws_service("s3"),
				  .operation = operation,
				  .method = method,
				  .path = "/{Bucket}/{Key+}",
				  .input = input,
				  .timeout_ms = TIMEOUT_MS,
				  .max_attempts = ATTEMPTS };
}

/* --- errors --- */

static const char *denied_hint(const struct s3_backend *s, struct arena *a, bool writing)
{
	const char *owner = s->o.account ? arena_printf(a,
							"; the bucket must belong to account %s, "
							"unless `state: s3: account` names another",
							s->o.account)
					 : "";

	if (writing)
		return arena_printf(a,
				    "needed: s3:PutObject on %s and %s, and with KMS "
				    "kms:GenerateDataKey and kms:Decrypt on the key%s",
				    s->keys[OBJECT_STATE], s->keys[OBJECT_OPERATION], owner);
	return arena_printf(a,
			    "needed: s3:GetObject on %s and %s, s3:ListBucket on the bucket "
			    "(without it S3 does not tell whether there is any state), and with "
			    "KMS kms:Decrypt on the key%s",
			    s->keys[OBJECT_STATE], s->keys[OBJECT_OPERATION], owner);
}

static const char *hint_for(const struct s3_backend *s, const struct aws_error *e, struct arena *a,
			    bool writing)
{
	if (e->hint)
		return e->hint;
	if (str_eq(e->code, "NoSuchBucket"))
		return arena_printf(a, "`cinfra init --state s3://%s/%s` makes the bucket",
				    s->o.bucket, s->o.key);
	if (e->class == AWS_DENIED)
		return denied_hint(s, a, writing);
	if (e->status == 501)
		return "conditional writes are needed (If-Match and If-None-Match): keep the state "
		       "in a store that has them";
	return NULL;
}

static int refuse(const struct s3_backend *s, struct aws_error *e, struct arena *a, bool writing,
		  struct diags *d)
{
	size_t mark = diags_len(d);

	e->hint = hint_for(s, e, a, writing);
	aws_diag(d, e, NO_SPAN);
	diag_wrap(d, mark, "%s", s->description);
	return -1;
}

static int fail(const struct s3_backend *s, const char *problem, struct diags *d)
{
	return diag_error(d, D_REMOTE, NO_SPAN, "%s: %s", s->description, problem);
}

static int fail_unconditional(const struct s3_backend *s, struct diags *d)
{
	fail(s, "the store ignores the conditions of a write (If-Match, If-None-Match)", d);
	diag_hint(d, "two runs could overwrite each other's state there: keep it in S3, or in a "
		     "store that honours them; nothing else was changed");
	return -1;
}

/* --- reading --- */

/* Age is told by the store alone: both times are from one reply. */
static void remember_age(struct s3_backend *s, enum backend_object o, const http_headers *h)
{
	const char *date = http_header(h, "date"), *modified = http_header(h, "last-modified");
	int64_t now = date ? clock_parse(date) : -1, then = modified ? clock_parse(modified) : -1;

	if (now < 0 || then < 0)
		return;
	atomic_store(&s->written_ms[o],
		     clock_monotonic_ms() - (now > then ? (now - then) * 1000 : 0));
}

static bool is_damaged(struct arena *a, const struct aws_reply *r)
{
	const char *sum = http_header(&r->headers, "x-amz-checksum-sha256");
	uint8_t digest[SHA256_LEN];

	sha256(r->body, r->body_len, digest);
	/* Of an object uploaded in parts, the checksum is another and says how many there were. */
	return sum && !strchr(sum, '-') && !str_eq(sum, base64_encode(a, digest, sizeof(digest)));
}

static bool is_absent(const struct aws_error *e)
{
	return e->status == 404 && !str_eq(e->code, "NoSuchBucket") && e->class == AWS_ABSENT;
}

static int get(struct s3_backend *s, enum backend_object o, const char *version, struct arena *a,
	       struct aws_reply *reply, struct aws_error *err)
{
	struct value *input = identity(s, o, a);
	struct aws_call call = make_call("GetObject", "GET", input);

	set(a, input, "Version", version);
	set(a, input, "Checksum", "ENABLED");
	call.query = "versionId=Version";
	call.headers = "x-amz-expected-bucket-owner=Owner,x-amz-checksum-mode=Checksum";
	call.raw_reply = true;
	return aws_call(s->o.client, &call, a, reply, err);
}

static int get_whole(struct s3_backend *s, enum backend_object o, const char *version,
		     struct arena *a, struct aws_reply *reply, struct diags *d)
{
	struct aws_error err;

	for (int i = 0; i < DAMAGE_TRIES; i++) {
		if (get(s, o, version, a, reply, &err)) {
			if (!is_absent(&err))
				return refuse(s, &err, a, false, d);
			return 1;
		}
		if (!is_damaged(a, reply))
			return 0;
	}
	return fail(s, "what came is not what was written: the checksums differ", d);
}

static int read_object(struct backend *b, enum backend_object o, struct arena *a, char **ret,
		       size_t *ret_len, const char **ret_version, struct diags *d)
{
	struct s3_backend *s = of(b);
	struct aws_reply reply;
	int r = get_whole(s, o, NULL, a, &reply, d);

	if (atomic_load(&s->refused))
		return fail_unconditional(s, d);
	if (r)
		return r;
	*ret = (char *)reply.body;
	*ret_len = reply.body_len;
	*ret_version = http_header(&reply.headers, "etag");
	if (!*ret_version)
		return fail(s, "the store gives its objects no ETag", d);
	remember_age(s, o, &reply.headers);
	if (o == OBJECT_STATE)
		atomic_store(&s->proven, true);
	return 0;
}

/* --- writing --- */

enum outcome {
	WRITTEN,
	CHANGED,  /* by somebody else: nothing was written */
	CONFLICT, /* with a write at the same moment: nobody knows what is there now */
	FAILED,
};

struct put {
	struct s3_backend *s;
	enum backend_object o;
	const char *data;
	size_t len;
	const char *expected; /* version; NULL: none */
	struct arena *arena;
	const char *version; /* result */
};

static enum outcome judge(struct put *p, struct aws_error *e, struct diags *d)
{
	if (e->status == 412)
		return CHANGED;
	if (e->status == 409)
		return CONFLICT;
	if (p->expected && is_absent(e)) {
		diag_error(d, D_CONFLICT, NO_SPAN, "%s: somebody has deleted the object %s",
			   p->s->description, p->s->keys[p->o]);
		return CHANGED;
	}
	refuse(p->s, e, p->arena, true, d);
	return FAILED;
}

/* One conditional write. *ret_lost: an attempt before may have been carried out. */
static enum outcome send_put(struct put *p, bool *ret_lost, struct diags *d)
{
	const struct backend_s3_options *o = &p->s->o;
	struct value *input = identity(p->s, p->o, p->arena);
	struct aws_call call = make_call("PutObject", "PUT", input);
	struct aws_reply reply;
	struct aws_error err;

	set(p->arena, input, "IfMatch", p->expected);
	set(p->arena, input, "IfNoneMatch", p->expected ? NULL : "*");
	set(p->arena, input, "Encryption",
	    o->encryption ? o->encryption
	    : o->kms_key  ? "aws:kms"
			  : NULL);
	set(p->arena, input, "KmsKey", o->kms_key);
	call.headers = "x-amz-expected-bucket-owner=Owner,If-Match=IfMatch,"
		       "If-None-Match=IfNoneMatch,x-amz-server-side-encryption=Encryption,"
		       "x-amz-server-side-encryption-aws-kms-key-id=KmsKey";
	call.raw_body = p->data;
	call.raw_body_len = p->len;
	call.content_type = "application/json";
	call.checksum = true;
	*ret_lost = false;
	if (aws_call(o->client, &call, p->arena, &reply, &err)) {
		*ret_lost = err.maybe_done;
		return judge(p, &err, d);
	}
	p->version = http_header(&reply.headers, "etag");
	if (p->version)
		return WRITTEN;
	fail(p->s, "the store gives its objects no ETag", d);
	return FAILED;
}

/* What is there now: our own content, what was expected before (CONFLICT), or another's. */
static enum outcome look(struct put *p, struct diags *d)
{
	struct aws_reply reply;
	const char *version = NULL;
	int r = get_whole(p->s, p->o, NULL, p->arena, &reply, d);

	if (r < 0)
		return FAILED;
	if (!r) {
		version = http_header(&reply.headers, "etag");
		if (version && reply.body_len == p->len && !memcmp(reply.body, p->data, p->len)) {
			p->version = version;
			return WRITTEN;
		}
	}
	return str_eq(version, p->expected) ? CONFLICT : CHANGED;
}

/* A reply may be lost for good: what is there tells also then. */
static enum outcome send_and_look(struct put *p, bool *ret_lost, struct diags *d)
{
	struct diags *faults = diags_new(p->arena);
	enum outcome r = send_put(p, ret_lost, faults);

	if (r == FAILED && *ret_lost && look(p, diags_new(p->arena)) == WRITTEN)
		return WRITTEN;
	diags_merge(d, faults);
	return r;
}

static enum outcome put(struct put *p, struct diags *d)
{
	for (int i = 0; i < CONFLICT_TRIES; i++) {
		bool lost;
		enum outcome r = send_and_look(p, &lost, d);

		if (r == WRITTEN || r == FAILED || (r == CHANGED && !lost))
			return r;
		if (r == CONFLICT)
			aws_sleep(p->s->o.client, CONFLICT_MS << i);
		r = look(p, d);
		if (r != CONFLICT)
			return r;
	}
	fail(p->s, "other writes kept coming at the same moment", d);
	return FAILED;
}

/* An ETag that was never given, of the same form. */
static const char *other_version(struct arena *a, const char *version)
{
	char *other = arena_strdup(a, version);

	for (char *c = other; *c; c++)
		if (*c >= '0' && *c <= '9')
			*c = (char)('0' + (*c - '0' + 1) % 10);
		else if (*c >= 'a' && *c <= 'f')
			*c = (char)('a' + (*c - 'a' + 1) % 6);
	if (str_eq(other, version))
		other = arena_printf(a, "\"%s\"", random_hex(a, 16));
	return other;
}

/* Writes that must be refused; with the content that is there, so that nothing is lost if not. */
static int prove(const struct put *written, struct diags *d)
{
	const char *stale[] = { other_version(written->arena, written->version), NULL };

	for (size_t i = 0; i < sizeof(stale) / sizeof(stale[0]); i++) {
		struct put p = *written;
		enum outcome r = CONFLICT;
		bool lost;

		p.expected = stale[i];
		for (int n = 0; r == CONFLICT && n < CONFLICT_TRIES; n++) {
			if (n)
				aws_sleep(p.s->o.client, CONFLICT_MS << n);
			r = send_put(&p, &lost, d);
		}
		if (r == WRITTEN) {
			atomic_store(&p.s->refused, true);
			return fail_unconditional(p.s, d);
		}
		if (r != CHANGED)
			return r == FAILED ? -1 : fail(p.s, "its conditions cannot be tested", d);
	}
	atomic_store(&written->s->proven, true);
	return 0;
}

static int write_object(struct backend *b, enum backend_object o, const char *data, size_t len,
			const char *expected, struct arena *a, const char **ret_version,
			struct diags *d)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	struct put p = {
		.s = of(b), .o = o, .data = data, .len = len, .expected = expected, .arena = scratch
	};
	enum outcome r;

	if (atomic_load(&p.s->refused))
		return fail_unconditional(p.s, d);
	r = put(&p, d);
	if (r != WRITTEN)
		return r == CHANGED ? 1 : -1;
	if (o == OBJECT_OPERATION && !atomic_load(&p.s->proven) && prove(&p, d))
		return -1;
	*ret_version = arena_strdup(a, p.version);
	return 0;
}

/* --- other questions --- */

static int64_t age_of(struct backend *b, enum backend_object o, struct diags *d)
{
	struct s3_backend *s = of(b);
	_cleanup_arena_ struct arena *scratch = arena_new();
	const char *version;
	char *text;
	size_t len;

	if (atomic_load(&s->written_ms[o]) == INT64_MIN)
		read_object(b, o, scratch, &text, &len, &version, d);
	if (atomic_load(&s->written_ms[o]) == INT64_MIN)
		return -1;
	return clock_monotonic_ms() - atomic_load(&s->written_ms[o]);
}

static void add_versions(const struct s3_backend *s, struct arena *a, struct value *list,
			 bool deleted, backend_versions *ret)
{
	value_each_item(aws_xml_list(a, list), v) {
		struct backend_version one = {
			.id = value_text_at(v, "VersionId"),
			.written = value_text_at(v, "LastModified"),
			.current = str_eq(value_text_at(v, "IsLatest"), "true"),
			.deleted = deleted,
		};
		const char *size = value_text_at(v, "Size");

		if (!str_eq(value_text_at(v, "Key"), s->keys[OBJECT_STATE]) || !one.id ||
		    !one.written)
			continue;
		if (size)
			str_to_int64(size, &one.size);
		vec_push(a, ret, one);
	}
}

/* Stable: of one second, S3 lists the newer ones first. */
static void sort_newest_first(backend_versions *v)
{
	for (size_t i = 1; i < v->len; i++) {
		struct backend_version one = v->items[i];
		size_t at = i;

		for (; at > 0 && strcmp(v->items[at - 1].written, one.written) < 0; at--)
			v->items[at] = v->items[at - 1];
		v->items[at] = one;
	}
}

/* One page, of a thousand: the state's own key comes first of those that begin with it. */
static int history(struct backend *b, struct arena *a, backend_versions *ret, bool *ret_more,
		   struct diags *d)
{
	struct s3_backend *s = of(b);
	struct value *input = identity(s, OBJECT_STATE, a);
	struct aws_call call = make_call("ListObjectVersions", "GET", input);
	struct aws_reply reply;
	struct aws_error err;

	call.path = "/{Bucket}?versions";
	call.query = "prefix=Key";
	call.headers = "x-amz-expected-bucket-owner=Owner";
	if (aws_call(s->o.client, &call, a, &reply, &err)) {
		if (err.class == AWS_DENIED)
			err.hint = "needed: s3:ListBucketVersions on the bucket";
		return refuse(s, &err, a, false, d);
	}
	*ret = (backend_versions){ 0 };
	add_versions(s, a, value_get(reply.output, "Version"), false, ret);
	add_versions(s, a, value_get(reply.output, "DeleteMarker"), true, ret);
	sort_newest_first(ret);
	*ret_more = str_eq(value_text_at(reply.output, "NextKeyMarker"), s->keys[OBJECT_STATE]);
	return 0;
}

static int read_version(struct backend *b, const char *id, struct arena *a, char **ret,
			size_t *ret_len, struct diags *d)
{
	struct s3_backend *s = of(b);
	struct aws_reply reply;
	int r = get_whole(s, OBJECT_STATE, id, a, &reply, d);

	if (r)
		return r;
	*ret = (char *)reply.body;
	*ret_len = reply.body_len;
	return 0;
}

static const char *describe(const struct backend *b)
{
	return ((const struct s3_backend *)b)->description;
}

/* --- life --- */

static void close_backend(struct backend *b)
{
	arena_free(of(b)->arena);
}

struct backend *backend_s3_new(const struct backend_s3_options *o)
{
	struct arena *a = arena_new();
	struct s3_backend *s = arena_new_of(a, struct s3_backend);

	s->base = (struct backend){ read_object,   write_object, age_of,      describe,
				    close_backend, history,	 read_version };
	s->arena = a;
	s->o.client = o->client;
	s->o.bucket = arena_strdup(a, o->bucket);
	s->o.key = arena_strdup(a, o->key);
	s->o.encryption = arena_strdup(a, o->encryption);
	s->o.kms_key = arena_strdup(a, o->kms_key);
	s->o.account = arena_strdup(a, o->account);
	s->keys[OBJECT_STATE] = s->o.key;
	s->keys[OBJECT_OPERATION] = arena_printf(a, "%s.op", o->key);
	s->description = arena_printf(a, "s3://%s/%s", o->bucket, o->key);
	atomic_init(&s->written_ms[OBJECT_STATE], INT64_MIN);
	atomic_init(&s->written_ms[OBJECT_OPERATION], INT64_MIN);
	return &s->base;
}

/* --- names --- */

static bool is_bucket_name(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789.-");

	return !s[n] && n >= 3 && n <= 63 && s[0] != '.' && s[0] != '-' && !strstr(s, "..");
}

/* What is wrong with it, or NULL. Words of a path that URLs resolve would name another object. */
static const char *key_fault(const char *key)
{
	if (!*key || strlen(key) > KEY_MAX)
		return "it has 1 to 1021 bytes";
	for (const char *c = key; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return "it has no control characters";
	for (const char *word = key;; word += strcspn(word, "/") + 1) {
		size_t n = strcspn(word, "/");

		if (n == 0 || (n == 1 && word[0] == '.') || (n == 2 && !strncmp(word, "..", 2)))
			return "the words between its `/` are neither empty nor `.` or `..`";
		if (!word[n])
			return NULL;
	}
}

int backend_s3_check(const char *bucket, const char *key, struct span at, struct diags *d)
{
	const char *fault = key_fault(key);

	if (!is_bucket_name(bucket)) {
		diag_error(d, D_CONFIG, at, "this cannot name a bucket: \"%s\"", bucket);
		diag_hint(d, "a bucket's name is 3 to 63 small letters, digits, `-` and `.`");
		return -1;
	}
	if (!fault)
		return 0;
	diag_error(d, D_CONFIG, at, "this cannot be the key of a state: \"%s\"", key);
	diag_hint(d, "%s", fault);
	return -1;
}

int backend_s3_parse(struct arena *a, const char *url, const char **ret_bucket,
		     const char **ret_key, struct diags *d)
{
	const char *rest = str_starts(url, "s3://") ? url + 5 : NULL;
	const char *slash = rest ? strchr(rest, '/') : NULL;

	if (!slash) {
		diag_error(d, D_CONFIG, NO_SPAN, "this names no state: \"%s\"", url);
		diag_hint(d, "it is written s3://BUCKET/KEY");
		return -1;
	}
	*ret_bucket = arena_strndup(a, rest, (size_t)(slash - rest));
	*ret_key = arena_strdup(a, slash + 1);
	return backend_s3_check(*ret_bucket, *ret_key, NO_SPAN, d);
}
