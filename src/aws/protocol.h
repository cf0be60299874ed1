/* protocol.h - AWS's five wire protocols: a struct aws_call to bytes, a reply's bytes to a value.
 *
 * Common to all. Input is a map of members by their wire names. A member that is NULL (VALUE_NULL)
 * is left out. Sensitive values are sent in clear. A value that is still unknown is an error. Blobs
 * are base64 text already; timestamps are numbers.
 *
 * JSON 1.0 and 1.1: the input is the body, {} when there is none. The reply's body is the output.
 *
 * query: lists become X.member.N, maps X.Member; the free maps that the service's row names
 * (`query_maps`: SNS's Attributes) become X.entry.N.key and .value. Empty lists and maps are left
 * out. Booleans are true and false.
 * Reply: <XResponse><XResult> is unwrapped and ResponseMetadata dropped. An element with children
 * is a map, without is text (also "" where a list is empty: see aws_xml_list()). An element whose
 * children are all called "member" is a list, also with one child; all "entry" with key and value
 * a map.
 *
 * rest-xml: a list always repeats its own element; a wrapped list is written as a map:
 * {"TagSet": {"Tag": [...]}}. The body is `payload`'s value or, without `payload`, all members
 * left, below `xml_root` (NULL: the payload's name) with the service's namespace. No body when
 * `payload` is absent from the input, or when both xml_root and payload are NULL.
 * Reply: the root element's children are the output; siblings of one name become a list, a single
 * one stays single (see aws_xml_list()). A root with text alone is {"RootName": "text"}; a body
 * that is no XML (a bucket policy) is refused: ask for raw_reply.
 *
 * rest-json: what path, query and headers leave is the body; POST, PUT and PATCH send {} when
 * nothing is left, others then send none. `payload` names the member that is the whole body.
 *
 * Both REST protocols: a {label} in the path or its query part is percent-encoded including '/',
 * {label+} keeps slashes; an absent or empty label is an error, as it would address something
 * else. A list in `query` repeats the parameter, a map adds one parameter per key. A list in
 * `headers` is joined by commas; absent members are left out. A member that goes nowhere is an
 * error. */
#ifndef AWS_PROTOCOL_H
#define AWS_PROTOCOL_H

#include "aws/client.h"

/* A request before it knows where it goes and who signs it. */
struct wire {
	const char *method;
	const char *path;   /* percent-encoded, begins with '/' */
	const char *query;  /* percent-encoded; NULL: none */
	const char *bucket; /* S3: first word of the path, decoded; NULL: none */
	http_headers headers;
	const void *body;
	size_t body_len;
	const char *body_sha256; /* hex */
};

/* -1 with *ret_why when input and call do not fit each other. */
int protocol_build(struct arena *a, const struct aws_call *call, struct wire *ret,
		   const char **ret_why);
/* A reply with a status of 2xx. -1 with *ret_why when its body is not what the protocol says. */
int protocol_parse(struct arena *a, const struct aws_call *call, const struct http_reply *r,
		   struct aws_reply *ret, const char **ret_why);
/* Fill in code, legacy_code, message and ids. False when the body is not AWS's: code is then made
 * from the status. */
bool protocol_error(struct arena *a, const struct http_reply *r, struct aws_error *err);
/* S3 can answer 200 with an error inside. */
bool protocol_is_error_body(const struct aws_call *call, const struct http_reply *r);

/* --- parts, for protocol*.c --- */

const struct value *protocol_member(const struct value *input, const char *name); /* NULL: absent */
/* True when `list` ("param=Member,Other") names this member. */
bool protocol_list_has(const char *list, const char *member);
void query_build(struct arena *a, const struct aws_call *call, struct str *body);
int rest_build(struct arena *a, const struct aws_call *call, struct wire *ret,
	       struct value **ret_left, const char **ret_why);
int xml_build(struct arena *a, const char *root, const char *ns, const struct value *v,
	      struct str *body, const char **ret_why);
/* `query`: "member" and "entry" make lists and maps. */
struct value *xml_to_value(struct arena *a, const struct xml *x, bool query);
struct value *query_output(struct arena *a, const struct xml *root, const char *operation);
struct value *xml_output(struct arena *a, const struct xml *root);

#endif
