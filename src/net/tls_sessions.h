/* tls_sessions.h - TLS sessions that all connections of a libcurl user share.
 *
 * The second connection to a host resumes the first one's session, which spares both ends half
 * the work; libcurl by itself keeps sessions by easy handle. */
#ifndef NET_TLS_SESSIONS_H
#define NET_TLS_SESSIONS_H

#include <curl/curl.h>

struct tls_sessions;

struct tls_sessions *tls_sessions_new(void); /* NULL: out of resources */
/* After all easy handles that use them. NULL is fine. */
void tls_sessions_free(struct tls_sessions *s);
void tls_sessions_use(struct tls_sessions *s, CURL *easy);

#endif
