/* transfer.h - one request as libcurl sees it, for http_curl.c: options before, callbacks while it
 * runs, the reply after. */
#ifndef NET_TRANSFER_H
#define NET_TRANSFER_H

#include <curl/curl.h>
#include <pthread.h>

#include "base/str.h"
#include "net/http.h"

struct transfer {
	const struct http_request *request;
	CURL *easy;
	struct curl_slist *header_list;
	struct str header_text; /* name NUL value NUL ... */
	struct str body;
	size_t max_reply;
	char error[CURL_ERROR_SIZE];
	CURLcode code;
	long status;
	size_t slot; /* in running[] */
	bool sent, stale, refused, too_large, headers_too_large, cancelled, done;
	bool headers_end; /* the empty line after the last reply's headers has come */
	pthread_cond_t wake;
	struct transfer *next; /* in the queue */
};

/* Set all of the easy handle's options. False: the request cannot be sent. */
bool transfer_prepare(struct transfer *t, const char *ca_file, const char *user_agent);
/* Its body is not sent whole yet, and must not be any more. */
bool transfer_is_refused(struct transfer *t);
/* After its end: what came of it, memory from `a`. */
void transfer_reply(const struct transfer *t, struct arena *a, struct http_reply *ret);
/* All but the easy handle. */
void transfer_free(struct transfer *t);

#endif
