/* protocol_error.c - error replies of every protocol, and those that are not AWS's. */
#include <string.h>

#include "aws/protocol.h"
#include "model/json.h"
#include "base/banned.h"

enum { MAX_CODE = 128, MAX_MESSAGE = 4096 };

/* "prefix#Code:http://more#x" -> "Code". NULL when it does not look like a code. */
static const char *clean_code(struct arena *a, const char *text)
{
	static const char *const allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz012"
					   "3456789._-";
	char *code, *hash;

	if (!text)
		return NULL;
	code = arena_strndup(a, text, strcspn(text, ":"));
	hash = strchr(code, '#');
	if (hash)
		code = hash + 1;
	if (!*code || strlen(code) > MAX_CODE || strspn(code, allowed) != strlen(code))
		return NULL;
	return code;
}

static const char *clean_message(struct arena *a, const char *text)
{
	char *m = text ? arena_strndup(a, text, MAX_MESSAGE) : NULL;

	for (char *p = m; p && *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = ' ';
	return m;
}

static const char *first_text(const struct value *v, const char *const *names)
{
	for (; *names; names++)
		if (value_text_at(v, *names))
			return value_text_at(v, *names);
	return NULL;
}

static const char *request_id(const struct http_reply *r)
{
	const char *id = http_header(&r->headers, "x-amzn-requestid");

	return id ? id : http_header(&r->headers, "x-amz-request-id");
}

/* {"message": "Not Found"} says any gateway: without a code it is AWS's by its request id alone. */
static bool read_json(struct arena *a, const struct http_reply *r, struct aws_error *e)
{
	static const char *const codes[] = { "__type", "code", "Code", NULL };
	static const char *const messages[] = { "message", "Message", "errorMessage", NULL };
	const struct value *v = json_parse(a, r->body, r->body_len, NULL);

	if (!value_is(v, VALUE_MAP))
		return false;
	e->code = clean_code(a, first_text(v, codes));
	e->message = clean_message(a, first_text(v, messages));
	return first_text(v, codes) || request_id(r);
}

static const struct xml *find_error(const struct xml *root)
{
	const struct xml *inner = xml_child(root, "Error");

	if (str_eq(root->name, "Error"))
		return root;
	if (!inner && xml_child(root, "Errors"))
		inner = xml_child(xml_child(root, "Errors"), "Error");
	return inner;
}

static const char *either(const char *a, const char *b)
{
	return a ? a : b;
}

static bool read_xml(struct arena *a, const struct http_reply *r, struct aws_error *e)
{
	const struct xml *root = xml_parse(a, r->body, r->body_len, NULL);
	const struct xml *x = root ? find_error(root) : NULL;

	if (!x)
		return false;
	e->code = clean_code(a, xml_text(x, "Code"));
	e->message = clean_message(a, xml_text(x, "Message"));
	e->request_id = either(xml_text(x, "RequestId"),
			       either(xml_text(root, "RequestId"), xml_text(root, "RequestID")));
	e->host_id = xml_text(x, "HostId");
	return e->code != NULL;
}

/* By its first character: with some front ends errors are XML also for JSON services. */
static bool read_body(struct arena *a, const struct http_reply *r, struct aws_error *e)
{
	const char *p = r->body + strspn(r->body, " \t\r\n");

	if (*p == '{')
		return read_json(a, r, e);
	if (*p == '<')
		return read_xml(a, r, e);
	return false;
}

static void read_headers(struct arena *a, const struct http_reply *r, struct aws_error *e)
{
	const char *type = clean_code(a, http_header(&r->headers, "x-amzn-errortype"));
	const char *query = http_header(&r->headers, "x-amzn-query-error");

	if (type)
		e->code = type;
	if (query)
		e->legacy_code = clean_code(a, arena_strndup(a, query, strcspn(query, ";")));
	e->request_id = either(request_id(r), e->request_id);
	e->host_id = either(http_header(&r->headers, "x-amz-id-2"), e->host_id);
}

struct status_name {
	int status;
	const char *code;
};

static const struct status_name status_names[] = {
	{ 301, "MovedPermanently" },   { 307, "TemporaryRedirect" },
	{ 400, "BadRequest" },	       { 401, "Unauthorized" },
	{ 403, "Forbidden" },	       { 404, "NotFound" },
	{ 405, "MethodNotAllowed" },   { 409, "Conflict" },
	{ 412, "PreconditionFailed" }, { 0, NULL },
};

/* HEAD replies have no body, so that the status is all AWS says; marked by its request id. */
static const char *code_of_status(struct arena *a, const struct http_reply *r, bool from_aws)
{
	for (const struct status_name *s = status_names; from_aws && s->status; s++)
		if (s->status == r->status)
			return s->code;
	return arena_printf(a, "HTTP%d", r->status);
}

bool protocol_error(struct arena *a, const struct http_reply *r, struct aws_error *e)
{
	bool parsed = read_body(a, r, e), bare, from_aws;

	e->status = r->status;
	read_headers(a, r, e);
	bare = r->body_len == 0 && e->request_id;
	from_aws = e->code || bare || parsed;
	if (!e->code)
		e->code = code_of_status(a, r, from_aws);
	if (!e->message)
		e->message = from_aws ? "no message"
				      : arena_printf(a, "HTTP status %d without an AWS error",
						     r->status);
	return from_aws;
}

bool protocol_is_error_body(const struct aws_call *call, const struct http_reply *r)
{
	static const char open[] = "<Error";
	const char *p = r->body + strspn(r->body, " \t\r\n");

	if (call->service->protocol != AWS_REST_XML || call->raw_reply || r->body_len == 0)
		return false;
	if (str_starts(p, "<?xml")) {
		p += strcspn(p, ">");
		p += *p == '>';
		p += strspn(p, " \t\r\n");
	}
	return strncmp(p, open, strlen(open)) == 0 && p[strlen(open)] &&
	       strchr("> \t\r\n/", p[strlen(open)]);
}
