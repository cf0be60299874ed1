/* turns.h - the whole provider against a network that expects its calls one by one. */
#ifndef TESTS_UNIT_TURNS_H
#define TESTS_UNIT_TURNS_H

#include "fake_http.h"
#include "providers/aws/provider.h"

#define MARKER "11111111-2222-3333-4444-555555555555/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define OTHER_CREATE "11111111-2222-3333-4444-555555555555/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define OTHER_STACK "99999999-2222-3333-4444-555555555555/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* A request, "SERVICE-OPERATION" or "METHOD /path", and what it is answered. */
struct turn {
	const char *call;
	int status; /* 0: the reply is lost */
	const char *body, *headers;
};
struct turns {
	struct fake_http http; /* first */
	struct arena *a;
	struct aws_client *client;
	struct provider *provider;
	struct account account;
	const struct turn *turns;
	size_t len, at;
	struct operation op;
};

/* Waits for lists that lag last a second. */
void turns_begin(struct turns *t, const struct turn *turns, size_t n);
#define TURNS(t, ...)                                                                              \
	const struct turn turns[] = { __VA_ARGS__ };                                               \
	turns_begin(t, turns, sizeof(turns) / sizeof(*turns))
/* All was asked. */
void turns_end(struct turns *t);
struct value *turns_json(struct turns *t, const char *text);
/* t->op, an operation with MARKER on "resources.it". */
void turns_prepare(struct turns *t, enum operation_kind kind, const char *type, const char *props);
int turns_run(struct turns *t);
/* It is there, under this id; or not. */
void turns_found(const struct turns *t, const char *id);
void turns_absent(const struct turns *t, bool foreign);

#define QUEUE "https://sqs.eu-west-1.amazonaws.com/123456789012/t-it"
#define QUEUE_TURNS(tags)                                                                          \
	{ "GetQueueUrl", 200, "{\"QueueUrl\": \"" QUEUE "\"}", NULL },                             \
		{ "GetQueueAttributes", 200,                                                       \
		  "{\"Attributes\": {\"QueueArn\": \"arn:aws:sqs:eu-west-1:123456789012:t-it\"}}", \
		  NULL },                                                                          \
	{                                                                                          \
		"ListQueueTags", 200, "{\"Tags\": " tags "}", NULL                                 \
	}

#define API                                                                                        \
	"{\"apiId\": \"a-1\", \"name\": \"t-it\", \"apiEndpoint\": \"https://a-1\", "              \
	"\"protocolType\": \"HTTP\", \"tags\": {\"cinfra:id\": \"" MARKER "\"}}"
#define FOUND_API                                                                                  \
	{ "GET /v2/apis", 200, "{\"items\": [{\"apiId\": \"b-1\", \"tags\": {}}, " API "]}",       \
	  NULL },                                                                                  \
	{                                                                                          \
		"GET /v2/apis/a-1", 200, API, NULL                                                 \
	}

#endif
