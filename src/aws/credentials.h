/* credentials.h - who signs: found by the AWS CLI's rules, kept, refreshed by one thread.
 *
 * The order: keys in the environment (unless a profile was named by flag or stack), the profile's
 * role, web identity, SSO, the credentials file, `aws login`, credential_process, keys in the
 * config file, the container's endpoint, the instance's. One source per file; each answers
 *
 *     1   not configured, ask the next one
 *     0   found
 *    -1   configured but failed: an error was added, nobody else is asked
 */
#ifndef AWS_CREDENTIALS_H
#define AWS_CREDENTIALS_H

#include <stdbool.h>
#include <stdint.h>

#include "aws/client.h"
#include "aws/config.h"
#include "aws/sigv4.h"

struct credentials {
	struct sigv4_keys keys;
	int64_t expires;    /* seconds since 1970; 0: never */
	const char *source; /* for messages: "environment", "profile dev" */
};

/* What a source may use. */
struct credentials_context {
	const struct aws_config *config;
	struct http *http;
	/* Make a call signed with `keys` (NULL: unsigned). */
	int (*call)(void *ctx, const struct aws_call *call, const struct sigv4_keys *keys,
		    struct arena *a, struct aws_reply *ret, struct aws_error *err);
	int64_t (*unix_ms)(void *ctx); /* the time by AWS's clock */
	bool (*cancelled)(void *ctx);  /* the run is: wait no longer */
	void *ctx;
};

struct credentials_store;

/* `role`: an ARN to assume on top of what is found; NULL: none. Memory from `a`, `c` is borrowed. */
struct credentials_store *credentials_new(struct arena *a, const struct credentials_context *c,
					  const char *role);
void credentials_free(struct credentials_store *s);
/* Valid credentials, copied into `a`. Refreshed when less than 15 minutes are left: by one thread
 * while the others go on with the old ones, below 10 minutes while they wait. (A quarter and a
 * sixth of the life of short-lived ones.) When that fails the old ones are used as long as they
 * are valid, and a minute later it is tried again; after that, and when there were none, -1 with
 * D_AUTH, the same for all who waited. Any thread. */
int credentials_get(struct credentials_store *s, struct arena *a, struct credentials *ret,
		    struct diags *d);
/* AWS says that these have expired: fetch anew next time, unless another thread has already.
 * False when that cannot help. */
bool credentials_expired(struct credentials_store *s, const struct credentials *old);

/* --- sources --- */

int credentials_from_environment(const struct credentials_context *c, struct arena *a,
				 struct credentials *ret, struct diags *d);
/* aws_access_key_id and so on of a profile in either file. */
int credentials_from_shared_file(const struct credentials_context *c, const char *profile,
				 struct arena *a, struct credentials *ret, struct diags *d);
int credentials_from_config_file(const struct credentials_context *c, const char *profile,
				 struct arena *a, struct credentials *ret, struct diags *d);
/* role_arn with source_profile or credential_source. */
int credentials_from_role(const struct credentials_context *c, const char *profile, struct arena *a,
			  struct credentials *ret, struct diags *d);
int credentials_from_web_identity(const struct credentials_context *c, const char *profile,
				  struct arena *a, struct credentials *ret, struct diags *d);
int credentials_from_sso(const struct credentials_context *c, const char *profile, struct arena *a,
			 struct credentials *ret, struct diags *d);
int credentials_from_login(const struct credentials_context *c, const char *profile,
			   struct arena *a, struct credentials *ret, struct diags *d);
int credentials_from_process(const struct credentials_context *c, const char *profile,
			     struct arena *a, struct credentials *ret, struct diags *d);
int credentials_from_container(const struct credentials_context *c, struct arena *a,
			       struct credentials *ret, struct diags *d);
int credentials_from_instance(const struct credentials_context *c, struct arena *a,
			      struct credentials *ret, struct diags *d);

/* --- parts --- */

struct assume_role {
	const char *role_arn, *session_name, *external_id;
	int64_t duration_s;    /* 0: AWS's default, an hour */
	const char *web_token; /* AssumeRoleWithWebIdentity, unsigned; NULL: AssumeRole */
	const char *source;
};
int credentials_assume(const struct credentials_context *c, const struct assume_role *r,
		       const struct sigv4_keys *keys, struct arena *a, struct credentials *ret,
		       struct diags *d);
/* Of a JSON reply with AccessKeyId and the like; `token` is that member's name. */
int credentials_from_json(struct arena *a, const struct value *v, const char *token,
			  const char *source, struct credentials *ret, struct diags *d);

#endif
