#include "aws/protocol.h"

#include <string.h>

#include "base/hash.h"
#include "model/json.h"
#include "base/banned.h"

const struct value *protocol_member(const struct value *input, const char *name)
{
	const struct value *v = value_get(input, name);

	return value_is(v, VALUE_NULL) ? NULL : v;
}

static void add_header(struct arena *a, struct wire *w, const char *name, const char *value)
{
	struct http_header h = { name, value };

	vec_push(a, &w->headers, h);
}

/* --- requests --- */

static bool is_json(enum aws_protocol p)
{
	return p == AWS_JSON_1_0 || p == AWS_JSON_1_1;
}

static void set_body(struct arena *a, struct wire *w, const struct str *body)
{
	w->body = str_dup(body, a);
	w->body_len = body->len;
}

/* JSON has null; AWS takes absence. */
static const struct value *without_nulls(struct arena *a, const struct value *v)
{
	struct value *out;

	if (value_is(v, VALUE_LIST)) {
		out = value_list(a);
		value_each_item(v, item)
			value_append(a, out, (struct value *)without_nulls(a, item));
		return out;
	}
	if (!value_is(v, VALUE_MAP))
		return v;
	out = value_map(a);
	value_each_pair(v, p)
		if (!value_is(p->value, VALUE_NULL))
			value_set(a, out, p->key, (struct value *)without_nulls(a, p->value));
	return out;
}

static const char *json_body(struct arena *a, const struct value *v)
{
	return json_text(a, without_nulls(a, v), JSON_COMPACT);
}

static void build_json(struct arena *a, const struct aws_call *call, struct wire *w)
{
	const char *version = call->service->protocol == AWS_JSON_1_0 ? "1.0" : "1.1";
	const char *text = call->input ? json_body(a, call->input) : "{}";

	w->body = text;
	w->body_len = strlen(text);
	add_header(a, w, "Content-Type", arena_printf(a, "application/x-amz-json-%s", version));
	add_header(a, w, "X-Amz-Target",
		   arena_printf(a, "%s.%s", call->service->target_prefix, call->operation));
}

static void build_query(struct arena *a, const struct aws_call *call, struct wire *w)
{
	_cleanup_str_ struct str body = STR_INIT;

	query_build(a, call, &body);
	set_body(a, w, &body);
	add_header(a, w, "Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
}

/* A member that would silently go nowhere is a mistake in the caller's tables. */
static int check_left(struct arena *a, const struct aws_call *call, const struct wire *w,
		      const struct value *left, const char **ret_why)
{
	bool xml = call->service->protocol == AWS_REST_XML;
	bool takes_all =
		!call->payload && (xml ? call->xml_root != NULL
				       : !str_eq(w->method, "GET") && !str_eq(w->method, "HEAD"));

	value_each_pair(left, p) {
		if (takes_all || str_eq(p->key, call->payload))
			continue;
		*ret_why = arena_printf(a, "member \"%s\" has no place in the request", p->key);
		return -1;
	}
	return 0;
}

static const struct value *payload_of(const struct aws_call *call, const struct value *left)
{
	return call->payload ? protocol_member(left, call->payload) : left;
}

static bool sends_object(const char *method)
{
	return str_eq(method, "POST") || str_eq(method, "PUT") || str_eq(method, "PATCH");
}

static void build_rest_json(struct arena *a, const struct aws_call *call, struct wire *w,
			    const struct value *left)
{
	const struct value *v = payload_of(call, left);
	const char *text = NULL;

	if (v && (call->payload || value_len(v) > 0))
		text = json_body(a, v);
	else if (!call->payload && sends_object(w->method))
		text = "{}";
	add_header(a, w, "Accept", "application/json");
	if (!text)
		return;
	w->body = text;
	w->body_len = strlen(text);
	add_header(a, w, "Content-Type", "application/json");
}

static int build_rest_xml(struct arena *a, const struct aws_call *call, struct wire *w,
			  const struct value *left, const char **ret_why)
{
	const char *root = call->xml_root ? call->xml_root : call->payload;
	const struct value *v = payload_of(call, left);
	_cleanup_str_ struct str body = STR_INIT;

	if (!root || !v)
		return 0;
	if (call->payload && value_text(v)) { /* a document in another language: a bucket policy */
		str_add(&body, value_text(v));
		set_body(a, w, &body);
		add_header(a, w, "Content-Type", "application/json");
		return 0;
	}
	if (xml_build(a, root, call->service->xml_namespace, v, &body, ret_why))
		return -1;
	set_body(a, w, &body);
	add_header(a, w, "Content-Type", "application/xml");
	return 0;
}

static int build_rest(struct arena *a, const struct aws_call *call, struct wire *w,
		      const char **ret_why)
{
	struct value *left;

	if (rest_build(a, call, w, &left, ret_why))
		return -1;
	if (call->raw_body)
		return 0;
	if (check_left(a, call, w, left, ret_why))
		return -1;
	if (call->service->protocol == AWS_REST_XML)
		return build_rest_xml(a, call, w, left, ret_why);
	build_rest_json(a, call, w, left);
	return 0;
}

static void use_raw_body(struct arena *a, const struct aws_call *call, struct wire *w)
{
	w->body = call->raw_body;
	w->body_len = call->raw_body_len;
	add_header(a, w, "Content-Type",
		   call->content_type ? call->content_type : "application/octet-stream");
}

static void digest_body(struct arena *a, const struct aws_call *call, struct wire *w)
{
	uint8_t digest[SHA256_LEN];

	sha256(w->body_len ? w->body : "", w->body_len, digest);
	w->body_sha256 = hex_encode(a, digest, sizeof(digest));
	if (!call->checksum)
		return;
	add_header(a, w, "x-amz-sdk-checksum-algorithm", "SHA256");
	add_header(a, w, "x-amz-checksum-sha256", base64_encode(a, digest, sizeof(digest)));
}

int protocol_build(struct arena *a, const struct aws_call *call, struct wire *ret,
		   const char **ret_why)
{
	enum aws_protocol p = call->service->protocol;

	*ret = (struct wire){ .method = "POST", .path = "/" };
	if (value_has_unknown(call->input)) {
		*ret_why = "the input holds a value that is not known yet";
		return -1;
	}
	if (is_json(p))
		build_json(a, call, ret);
	else if (p == AWS_QUERY)
		build_query(a, call, ret);
	else if (build_rest(a, call, ret, ret_why))
		return -1;
	if (call->raw_body)
		use_raw_body(a, call, ret);
	digest_body(a, call, ret);
	return 0;
}

/* --- replies --- */

static int parse_json(struct arena *a, const struct http_reply *r, struct aws_reply *ret,
		      const char **ret_why)
{
	if (r->body_len == 0)
		return 0;
	ret->output = json_parse(a, r->body, r->body_len, ret_why);
	if (value_is(ret->output, VALUE_NULL)) { /* "null": as good as no body */
		ret->output = NULL;
		return 0;
	}
	if (ret->output && !value_is(ret->output, VALUE_MAP) &&
	    !value_is(ret->output, VALUE_LIST)) {
		*ret_why = "the body is no JSON object";
		return -1;
	}
	return ret->output ? 0 : -1;
}

static int parse_xml(struct arena *a, const struct aws_call *call, const struct http_reply *r,
		     struct aws_reply *ret, const char **ret_why)
{
	if (r->body_len == 0)
		return 0;
	ret->xml = xml_parse(a, r->body, r->body_len, ret_why);
	if (!ret->xml)
		return -1;
	if (str_eq_fold(ret->xml->name, "html")) {
		*ret_why = "the body is a web page";
		return -1;
	}
	ret->output = call->service->protocol == AWS_QUERY
			      ? query_output(a, ret->xml, call->operation)
			      : xml_output(a, ret->xml);
	return 0;
}

int protocol_parse(struct arena *a, const struct aws_call *call, const struct http_reply *r,
		   struct aws_reply *ret, const char **ret_why)
{
	enum aws_protocol p = call->service->protocol;
	int rc = 0;

	*ret = (struct aws_reply){
		.status = r->status, .headers = r->headers, .body = r->body, .body_len = r->body_len
	};
	*ret_why = NULL;
	if (!call->raw_reply)
		rc = is_json(p) || p == AWS_REST_JSON ? parse_json(a, r, ret, ret_why)
						      : parse_xml(a, call, r, ret, ret_why);
	if (rc == 0 && !ret->output)
		ret->output = value_map(a);
	return rc;
}
