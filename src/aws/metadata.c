#include "aws/metadata.h"

#include <string.h>
#include "base/banned.h"

enum { REPLY_MAX_BYTES = 64 * 1024 };

static bool is_worth_another(const struct http_reply *r)
{
	return r->failure == HTTP_CONNECT || r->failure == HTTP_HANDSHAKE ||
	       r->failure == HTTP_TIMEOUT || r->failure == HTTP_SENT ||
	       (r->failure == HTTP_OK && r->status >= 500);
}

void metadata_call(const struct credentials_context *c, const struct metadata_request *r,
		   struct arena *a, struct http_reply *ret)
{
	struct http_request request = {
		.method = r->method,
		.url = r->url,
		.timeout_ms = r->timeout_ms,
		.connect_timeout_ms = r->timeout_ms,
		.no_proxy = true,
		.max_reply = REPLY_MAX_BYTES,
	};
	struct http_header h = { r->header, r->value };

	if (r->header)
		vec_push(a, &request.headers, h);
	for (int i = 0; i < r->attempts; i++) {
		memset(ret, 0, sizeof(*ret));
		c->http->call(c->http, &request, a, ret);
		if (!is_worth_another(ret))
			return;
	}
}
