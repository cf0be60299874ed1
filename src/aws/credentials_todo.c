#include "aws/credentials.h"
#define T(n) int n(const struct credentials_context *c, const char *p, struct arena *a, struct credentials *r, struct diags *d) { (void)c;(void)p;(void)a;(void)r;(void)d; return 1; }
T(credentials_from_role) T(credentials_from_web_identity) T(credentials_from_sso) T(credentials_from_process)
#define U(n) int n(const struct credentials_context *c, struct arena *a, struct credentials *r, struct diags *d) { (void)c;(void)a;(void)r;(void)d; return 1; }
U(credentials_from_container) U(credentials_from_instance)
int credentials_assume(const struct credentials_context *c, const struct assume_role *r, const struct sigv4_keys *k, struct arena *a, struct credentials *ret, struct diags *d) { (void)c;(void)r;(void)k;(void)a;(void)ret; return diag_error(d, D_AUTH, NO_SPAN, "assuming a role: not yet"); }
