#include "test.h"

#include <stdatomic.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>
#include <time.h>

#include "aws/credentials.h"
#include "aws/dpop.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/str.h"
#include "fake_http.h"
#include "model/json.h"
#include "temp.h"

/* The whole chain through a client, whose calls go to a fake network. */
struct fixture {
	struct arena *arena;
	struct fake_http http;
	const char *dir;
	const char *env[16];
	size_t n;
	struct aws_options options;
	struct aws_client *client;
	struct aws_error err;
};

static void set_up(struct fixture *f, const char *config, const char *credentials)
{
	memset(f, 0, sizeof(*f));
	f->arena = arena_new();
	fake_http_init(&f->http, f->arena, NULL, 0);
	f->dir = arena_strdup(f->arena, temp_dir());
	f->env[f->n++] = arena_printf(f->arena, "HOME=%s", f->dir);
	f->env[f->n++] = "AWS_EC2_METADATA_DISABLED=true";
	mkdir(temp_path(f->dir, ".aws"), 0700);
	if (config)
		temp_write(temp_path(f->dir, ".aws/config"), config, strlen(config), 0600);
	if (credentials)
		temp_write(temp_path(f->dir, ".aws/credentials"), credentials, strlen(credentials),
			   0600);
	f->options = (struct aws_options){ .region = "eu-west-1",
					   .http = &f->http.base,
					   .env = fake_env,
					   .env_ctx = f->env,
					   .backoff_ms = 1,
					   .max_attempts = 2 };
}

static void tear_down(struct fixture *f)
{
	aws_client_free(f->client);
	temp_remove(f->dir);
	arena_free(f->arena);
}

static int call(struct fixture *f)
{
	struct aws_call c = { .service = aws_service("sqs"), .operation = "ListQueues" };
	struct diags *d = diags_new(f->arena);
	struct aws_reply reply;

	if (!f->client)
		f->client = aws_client_new(&f->options, d);
	if (!f->client)
		fail_msg("%s", diags_first(d)->message);
	return aws_call(f->client, &c, f->arena, &reply, &f->err);
}

/* The access key that the last request was signed with. */
static const char *signed_by(struct fixture *f)
{
	const char *text;

	if (call(f))
		fail_msg("%s: %s", f->err.code, f->err.message);
	text = strstr(fake_header(&f->http, f->http.requests.len - 1, "authorization"), "Credential"
											"=");
	assert_non_null(text);
	text += strlen("Credential=");
	return arena_strndup(f->arena, text, strcspn(text, "/"));
}

static void assert_refused(struct fixture *f, const char *text)
{
	assert_int_equal(call(f), -1);
	assert_string_equal(f->err.code, "NoCredentials");
	assert_int_equal(f->err.class, AWS_AUTH);
	if (!strstr(f->err.message, text))
		fail_msg("\"%s\" is not in \"%s\"", text, f->err.message);
}

/* --- plain keys --- */

#define KEYS(name) "aws_access_key_id = " name "\naws_secret_access_key = s\n"

TEST(credentials_order)
{
	struct fixture f;

	set_up(&f, "[default]\n" KEYS("CONF") "[profile p]\n" KEYS("CONFP"),
	       "[default]\n" KEYS("CRED"));
	f.env[f.n++] = "AWS_ACCESS_KEY_ID=ENV";
	f.env[f.n++] = "AWS_SECRET_ACCESS_KEY=s";
	assert_string_equal(signed_by(&f), "ENV");
	aws_client_free(f.client);
	f.client = NULL;
	f.options.profile = "p"; /* named: the environment's keys do not count */
	assert_string_equal(signed_by(&f), "CONFP");
	aws_client_free(f.client);
	f.client = NULL;
	f.env[2] = NULL;
	f.options.profile = NULL;
	assert_string_equal(signed_by(&f), "CRED");
	tear_down(&f);
}

TEST(credentials_half_a_pair)
{
	struct fixture f;

	set_up(&f, NULL, "[default]\naws_access_key_id = A\n");
	assert_refused(&f, "no aws_secret_access_key");
	aws_client_free(f.client);
	f.client = NULL;
	f.env[f.n++] = "AWS_ACCESS_KEY_ID=ENV";
	assert_refused(&f, "AWS_SECRET_ACCESS_KEY is not");
	tear_down(&f);
}

TEST(credentials_session_tokens)
{
	struct fixture f;

	set_up(&f, NULL, "[default]\n" KEYS("A") "aws_session_token = T\n");
	assert_string_equal(signed_by(&f), "A");
	assert_string_equal(fake_header(&f.http, 0, "x-amz-security-token"), "T");
	tear_down(&f);
}

/* --- roles --- */

#define STS_REPLY(operation, key)                                                                  \
	"<" operation "Response><" operation "Result><Credentials><AccessKeyId>" key               \
	"</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"         \
	"<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></" operation                  \
	"Result></" operation "Response>"

/* STS gives ROLE1, ROLE2 ... one after another. */
static void play_sts(struct fake_http *f, const struct http_request *r, struct fake_reply *ret)
{
	static const char *const keys[] = { STS_REPLY("AssumeRole", "ROLE1"),
					    STS_REPLY("AssumeRole", "ROLE2") };

	ret->body = "{}";
	if (strstr(r->body, "AssumeRoleWithWebIdentity"))
		ret->body = STS_REPLY("AssumeRoleWithWebIdentity", "WEB");
	else if (strstr(r->body, "AssumeRole"))
		ret->body = keys[f->requests.len > 1];
}

TEST(credentials_role_with_source_profile)
{
	struct fixture f;

	set_up(&f,
	       "[profile p]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = base\nexternal_id "
	       "= e/x\n"
	       "role_session_name = me\nduration_seconds = 900\n[profile base]\n" KEYS("BASE"),
	       NULL);
	f.env[f.n++] = "AWS_PROFILE=p";
	f.http.answer = play_sts;
	assert_string_equal(signed_by(&f), "ROLE1");
	assert_true(url_has(&f.http, 0, "https://sts.eu-west-1.amazonaws.com/"));
	assert_non_null(strstr(fake_header(&f.http, 0, "authorization"), "Credential=BASE/"));
	assert_true(body_has(&f.http, 0, "RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr"));
	assert_true(body_has(&f.http, 0, "ExternalId=e%2Fx"));
	assert_true(body_has(&f.http, 0, "RoleSessionName=me"));
	assert_true(body_has(&f.http, 0, "DurationSeconds=900"));
	assert_string_equal(fake_header(&f.http, 1, "x-amz-security-token"), "t");
	signed_by(&f);
	assert_int_equal(f.http.requests.len, 3); /* kept */
	tear_down(&f);
}

TEST(credentials_role_chain)
{
	struct fixture f;

	set_up(&f,
	       "[default]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = b\n"
	       "[profile b]\nrole_arn = arn:aws:iam::1:role/b\nsource_profile = b\n" KEYS("SELF"),
	       NULL);
	f.http.answer = play_sts;
	assert_string_equal(signed_by(&f), "ROLE1"); /* b has keys of its own: they are used */
	tear_down(&f);
	set_up(&f,
	       "[default]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = b\n"
	       "[profile b]\nrole_arn = arn:aws:iam::1:role/b\nsource_profile = c\n"
	       "[profile c]\n" KEYS("C"),
	       NULL);
	f.http.answer = play_sts;
	assert_string_equal(signed_by(&f), "ROLE2");
	assert_non_null(strstr(fake_header(&f.http, 0, "authorization"), "Credential=C/"));
	assert_non_null(strstr(fake_header(&f.http, 1, "authorization"), "Credential=ROLE1/"));
	tear_down(&f);
}

TEST(credentials_role_of_itself)
{
	struct fixture f;

	set_up(&f,
	       "[default]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = default\n" KEYS("SEL"
											      "F"),
	       NULL);
	f.http.answer = play_sts;
	assert_string_equal(signed_by(&f), "ROLE1");
	tear_down(&f);
}

struct refusal {
	const char *config, *text;
};

static const struct refusal role_refusals[] = {
	{ "role_arn = arn:aws:iam::1:role/a\nsource_profile = default\n", "assume each other: "
									  "default -> default" },
	{ "role_arn = arn:aws:iam::1:role/a\nsource_profile = b\n[profile b]\n"
	  "role_arn = arn:aws:iam::1:role/b\nsource_profile = default\n",
	  "default -> b -> default" },
	{ "role_arn = arn:aws:iam::1:role/a\nsource_profile = nobody\n", "does not exist" },
	{ "role_arn = arn:aws:iam::1:role/a\nsource_profile = b\n[profile b]\nx = y\n", "has no "
											"credential"
											"s" },
	{ "role_arn = arn:aws:iam::1:role/a\n", "one of source_profile" },
	{ "role_arn = arn:aws:iam::1:role/a\nsource_profile = a\ncredential_source = Environment\n",
	  "only one of" },
	{ "role_arn = arn:aws:iam::1:role/a\ncredential_source = Moon\n", "not \"Moon\"" },
	{ "role_arn = arn:aws:iam::1:role/a\ncredential_source = Environment\n", "has no "
										 "credentials" },
	{ "role_arn = arn:aws:iam::1:role/a\nmfa_serial = x\nsource_profile = default\n", "mfa_"
											  "seria"
											  "l" },
	{ "role_arn = arn:aws:iam::1:role/a\nduration_seconds = 5\nsource_profile = b\n[profile "
	  "b]\n" KEYS("B"),
	  "duration_seconds" },
	{ "role_arn = nonsense\nsource_profile = b\n[profile b]\n" KEYS("B"), "not the ARN of a "
									      "role" },
	{ "sso_session = gone\n", "sso_session \"gone\"" },
	{ "sso_start_url = u\n", "no sso_region" },
	{ "web_identity_token_file = /x\n", "no role" },
	{ "web_identity_token_file = /nowhere/x\nrole_arn = arn:aws:iam::1:role/a\n", "does not "
										      "exist" },
	{ "credential_process = /nowhere/program\n", "cannot run" },
	{ "credential_process = 'open\n", "open quote" },
	{ "credential_process = false\n", "failed" },
	{ "credential_process = echo hello\n", "not JSON" },
	{ "credential_process = echo '{\"Version\":2}'\n", "\"Version\": 1" },
	{ "credential_process = echo '{\"Version\":1}'\n", "no AccessKeyId" },
	{ "credential_process = echo "
	  "'{\"Version\":1,\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"b\","
	  "\"Expiration\":\"2000-01-01T00:00:00Z\"}'\n",
	  "have expired" },
	{ "credential_process = echo "
	  "'{\"Version\":1,\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"b\","
	  "\"Expiration\":\"soon\"}'\n",
	  "no date" },
	{ "credential_process = head -c 100000 /dev/zero\n", "prints too much" },
};

TEST(credentials_refusals)
{
	for (size_t i = 0; i < sizeof(role_refusals) / sizeof(*role_refusals); i++) {
		struct fixture f;
		const char *config;
		struct arena *a = arena_new();

		config = arena_printf(a, "[default]\n%s", role_refusals[i].config);
		set_up(&f, config, NULL);
		f.http.answer = play_sts;
		assert_refused(&f, role_refusals[i].text);
		tear_down(&f);
		arena_free(a);
	}
}

TEST(credentials_role_refused_by_sts)
{
	static const struct fake_reply replies[] = {
		{ .status = 403,
		  .body = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not "
			  "you</Message></Error>"
			  "</ErrorResponse>" },
	};
	struct fixture f;

	set_up(&f,
	       "[default]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = b\n[profile "
	       "b]\n" KEYS("B"),
	       NULL);
	f.http.replies = replies;
	f.http.replies_len = 1;
	assert_refused(&f, "cannot assume role arn:aws:iam::1:role/a: AccessDenied: not you");
	assert_non_null(strstr(f.err.hint, "trust policy"));
	tear_down(&f);
}

TEST(credentials_role_of_the_stack)
{
	struct fixture f;

	set_up(&f, NULL, "[default]\n" KEYS("A"));
	f.options.role = "arn:aws:iam::1:role/deploy";
	f.http.answer = play_sts;
	assert_string_equal(signed_by(&f), "ROLE1");
	assert_true(body_has(&f.http, 0, "RoleSessionName=cinfra"));
	tear_down(&f);
}

TEST(credentials_role_from_environment_source)
{
	struct fixture f;

	set_up(&f,
	       "[profile p]\nrole_arn = arn:aws:iam::1:role/a\ncredential_source = Environment\n",
	       NULL);
	f.env[f.n++] = "AWS_ACCESS_KEY_ID=ENV";
	f.env[f.n++] = "AWS_SECRET_ACCESS_KEY=s";
	f.options.profile = "p";
	f.http.answer = play_sts;
	assert_string_equal(signed_by(&f), "ROLE1");
	assert_non_null(strstr(fake_header(&f.http, 0, "authorization"), "Credential=ENV/"));
	tear_down(&f);
}

TEST(credentials_web_identity)
{
	struct fixture f;

	set_up(&f, NULL, NULL);
	temp_write(temp_path(f.dir, "token"), "ey.token\n", 9, 0600);
	f.env[f.n++] = arena_printf(f.arena, "AWS_WEB_IDENTITY_TOKEN_FILE=%s/token", f.dir);
	f.env[f.n++] = "AWS_ROLE_ARN=arn:aws:iam::1:role/pod";
	f.env[f.n++] = "AWS_ROLE_SESSION_NAME=pod-1";
	f.http.answer = play_sts;
	assert_string_equal(signed_by(&f), "WEB");
	assert_string_equal(fake_header(&f.http, 0, "authorization"), ""); /* unsigned */
	assert_true(body_has(&f.http, 0, "WebIdentityToken=ey.token&") ||
		    str_ends(f.http.requests.items[0].body, "WebIdentityToken=ey.token"));
	assert_true(body_has(&f.http, 0, "RoleSessionName=pod-1"));
	tear_down(&f);
}

/* --- programs --- */

TEST(credentials_process)
{
	struct fixture f;

	set_up(&f,
	       "[default]\ncredential_process = printf '%s' "
	       "'{\"Version\":1,\"AccessKeyId\":\"PROC\",\"SecretAccessKey\":\"$(touch x)\","
	       "\"SessionToken\":\"t\"}'\n",
	       NULL);
	assert_string_equal(signed_by(&f), "PROC");
	assert_string_equal(fake_header(&f.http, 0, "x-amz-security-token"), "t");
	tear_down(&f);
}

/* --- IAM Identity Center --- */

#define SSO_CONFIG                                                                                 \
	"[default]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Dev\n"      \
	"[sso-session corp]\nsso_region = eu-central-1\nsso_start_url = "                          \
	"https://corp.awsapps.com/start\n"

static void play_sso(struct fake_http *f, const struct http_request *r, struct fake_reply *ret)
{
	ret->body = "{}";
	(void)f;
	if (strstr(r->url, "/token"))
		ret->body = "{\"accessToken\":\"fresh\",\"expiresIn\":28800,\"refreshToken\":"
			    "\"again\"}";
	if (strstr(r->url, "/federation/credentials"))
		ret->body = "{\"roleCredentials\":{\"accessKeyId\":\"SSO\",\"secretAccessKey\":"
			    "\"s\","
			    "\"sessionToken\":\"t\",\"expiration\":4070908800000}}";
}

static void write_token(struct fixture *f, const char *name, const char *text)
{
	mkdir(temp_path(f->dir, ".aws/sso"), 0700);
	mkdir(temp_path(f->dir, ".aws/sso/cache"), 0700);
	temp_write(temp_path(f->dir, arena_printf(f->arena, ".aws/sso/cache/%s.json", name)), text,
		   strlen(text), 0600);
}

/* sha1 of "corp" */
#define CORP "ee0bfd2552fbd840c02cc48b6e823320543c450f"

TEST(credentials_sso)
{
	struct fixture f;

	set_up(&f, SSO_CONFIG, NULL);
	write_token(&f, CORP, "{\"accessToken\":\"tok\",\"expiresAt\":\"2099-01-01T00:00:00Z\"}");
	f.http.answer = play_sso;
	assert_string_equal(signed_by(&f), "SSO");
	assert_string_equal(f.http.requests.items[0].url, "https://"
							  "portal.sso.eu-central-1.amazonaws.com/"
							  "federation/credentials"
							  "?role_name=Dev&account_id=123456789012");
	assert_string_equal(fake_header(&f.http, 0, "x-amz-sso_bearer_token"), "tok");
	assert_string_equal(fake_header(&f.http, 0, "authorization"), "");
	tear_down(&f);
}

TEST(credentials_sso_refreshes_its_token)
{
	struct fixture f;
	struct diags *d;
	char *text;
	size_t len;

	set_up(&f, SSO_CONFIG, NULL);
	write_token(&f, CORP,
		    "{\"accessToken\":\"old\",\"expiresAt\":\"2020-01-01T00:00:00UTC\","
		    "\"clientId\":\"c\","
		    "\"clientSecret\":\"cs\",\"refreshToken\":\"r\",\"keep\":\"me\","
		    "\"registrationExpiresAt\":\"2099-01-01T00:00:00Z\"}");
	f.http.answer = play_sso;
	assert_string_equal(signed_by(&f), "SSO");
	assert_true(url_has(&f.http, 0, "https://oidc.eu-central-1.amazonaws.com/token"));
	assert_true(body_has(&f.http, 0, "\"grantType\":\"refresh_token\""));
	assert_string_equal(fake_header(&f.http, 1, "x-amz-sso_bearer_token"), "fresh");
	d = diags_new(f.arena);
	assert_int_equal(file_read(f.arena, temp_path(f.dir, ".aws/sso/cache/" CORP ".json"), 10000,
				   &text, &len, d),
			 0);
	assert_non_null(strstr(text, "\"fresh\""));
	assert_non_null(strstr(text, "\"again\""));
	assert_non_null(strstr(text, "\"keep\""));
	tear_down(&f);
}

TEST(credentials_sso_without_sign_in)
{
	struct fixture f;

	set_up(&f, SSO_CONFIG, NULL);
	assert_refused(&f, "nobody has signed in");
	assert_non_null(strstr(f.err.hint, "aws sso login"));
	tear_down(&f);
	set_up(&f, SSO_CONFIG, NULL);
	write_token(&f, CORP, "{\"accessToken\":\"tok\",\"expiresAt\":\"2020-01-01T00:00:00Z\"}");
	assert_refused(&f, "has expired");
	tear_down(&f);
	set_up(&f, SSO_CONFIG, NULL);
	write_token(&f, CORP, "{\"accessToken\":");
	assert_refused(&f, "cannot be read");
	tear_down(&f);
}

TEST(credentials_sso_legacy)
{
	struct fixture f;

	set_up(&f,
	       "[default]\nsso_region = eu-central-1\nsso_start_url = corp\n"
	       "sso_account_id = 123456789012\nsso_role_name = Dev\n",
	       NULL);
	write_token(&f, CORP, "{\"accessToken\":\"tok\",\"expiresAt\":\"2099-01-01T00:00:00UTC\"}");
	f.http.answer = play_sso;
	assert_string_equal(signed_by(&f), "SSO");
	tear_down(&f);
}

/* --- aws login --- */

static char *new_key(struct arena *a, EVP_PKEY **ret)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	BIO *out = BIO_new(BIO_s_mem());
	char *data, *text;
	long n;

	assert_int_equal(PEM_write_bio_PrivateKey_traditional(out, key, NULL, NULL, 0, NULL, NULL),
			 1);
	n = BIO_get_mem_data(out, &data);
	text = arena_strndup(a, data, (size_t)n);
	BIO_free(out);
	if (ret)
		*ret = key;
	else
		EVP_PKEY_free(key);
	return text;
}

static uint8_t *from_base64url(struct arena *a, const char *text, size_t n, size_t *ret_len)
{
	char *plain = arena_printf(a, "%.*s%.*s", (int)n, text, (int)(3 - (n + 3) % 4), "===");

	for (char *p = plain; *p; p++)
		*p = *p == '-' ? '+' : *p == '_' ? '/' : *p;
	return base64_decode(a, plain, ret_len);
}

TEST(credentials_dpop_proof_is_signed)
{
	_cleanup_arena_ struct arena *a = arena_new();
	EVP_PKEY *key;
	const char *pem = new_key(a, &key);
	const char *jwt = dpop_proof(a, pem, "https://x/v1/token", 1795273200);
	const char *first = strchr(jwt, '.'), *second = strchr(first + 1, '.');
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	ECDSA_SIG *s = ECDSA_SIG_new();
	unsigned char *der = NULL;
	size_t len;
	int der_len;
	uint8_t *raw = from_base64url(a, second + 1, strlen(second + 1), &len);

	assert_int_equal(len, 64);
	ECDSA_SIG_set0(s, BN_bin2bn(raw, 32, NULL), BN_bin2bn(raw + 32, 32, NULL));
	der_len = i2d_ECDSA_SIG(s, &der);
	assert_int_equal(EVP_DigestVerifyInit(c, NULL, EVP_sha256(), NULL, key), 1);
	assert_int_equal(EVP_DigestVerify(c, der, (size_t)der_len, (const unsigned char *)jwt,
					  (size_t)(second - jwt)),
			 1);
	raw = from_base64url(a, jwt, (size_t)(first - jwt), &len);
	assert_non_null(strstr((char *)raw, "\"alg\":\"ES256\""));
	raw = from_base64url(a, first + 1, (size_t)(second - first - 1), &len);
	assert_non_null(strstr((char *)raw, "\"htu\":\"https://x/v1/token\",\"iat\":1795273200,"));
	assert_null(dpop_proof(a, "nonsense", "https://x", 1));
	OPENSSL_free(der);
	ECDSA_SIG_free(s);
	EVP_MD_CTX_free(c);
	EVP_PKEY_free(key);
}

static void play_login(struct fake_http *f, const struct http_request *r, struct fake_reply *ret)
{
	(void)f;
	ret->body = "{}";
	if (strstr(r->url, "/v1/token"))
		ret->body = "{\"accessToken\":{\"accessKeyId\":\"NEW\",\"secretAccessKey\":\"s\","
			    "\"sessionToken\":\"t\"},\"expiresIn\":900,\"refreshToken\":\"next\"}";
}

static const char *login_path(struct fixture *f)
{
	const char *name = sha256_hex(f->arena, "arn:login", 9);

	mkdir(temp_path(f->dir, ".aws/login"), 0700);
	mkdir(temp_path(f->dir, ".aws/login/cache"), 0700);
	return temp_path(f->dir, arena_printf(f->arena, ".aws/login/cache/%s.json", name));
}

static void write_login(struct fixture *f, const char *expires)
{
	struct value *v = value_map(f->arena), *keys = value_map(f->arena);
	const char *text;

	value_set(f->arena, keys, "accessKeyId", value_string(f->arena, "LOGIN"));
	value_set(f->arena, keys, "secretAccessKey", value_string(f->arena, "s"));
	value_set(f->arena, keys, "sessionToken", value_string(f->arena, "t"));
	value_set(f->arena, keys, "accountId", value_string(f->arena, "1"));
	value_set(f->arena, keys, "expiresAt", value_string(f->arena, expires));
	value_set(f->arena, v, "accessToken", keys);
	value_set(f->arena, v, "refreshToken", value_string(f->arena, "r"));
	value_set(f->arena, v, "clientId", value_string(f->arena, "arn:client"));
	value_set(f->arena, v, "dpopKey", value_string(f->arena, new_key(f->arena, NULL)));
	text = json_text(f->arena, v, JSON_COMPACT);
	temp_write(login_path(f), text, strlen(text), 0600);
}

TEST(credentials_login)
{
	struct fixture f;
	struct diags *d;
	char *text;
	size_t len;

	set_up(&f, "[default]\nlogin_session = arn:login\n", NULL);
	write_login(&f, "2099-01-01T00:00:00Z");
	f.http.answer = play_login;
	assert_string_equal(signed_by(&f), "LOGIN");
	assert_int_equal(f.http.requests.len, 1);
	aws_client_free(f.client);
	f.client = NULL;
	f.http.requests.len = 0;
	write_login(&f, "2020-01-01T00:00:00Z");
	assert_string_equal(signed_by(&f), "NEW");
	assert_string_equal(f.http.requests.items[0].url, "https://eu-west-1.signin.aws.amazon.com/"
							  "v1/token");
	assert_true(strlen(fake_header(&f.http, 0, "DPoP")) > 200);
	assert_true(body_has(&f.http, 0, "\"refreshToken\":\"r\""));
	assert_false(body_has(&f.http, 0, "dpop"));
	d = diags_new(f.arena);
	assert_int_equal(file_read(f.arena, login_path(&f), 10000, &text, &len, d), 0);
	assert_non_null(strstr(text, "\"next\""));
	assert_non_null(strstr(text, "\"accountId\":\"1\""));
	tear_down(&f);
}

TEST(credentials_login_refused)
{
	static const struct fake_reply replies[] = {
		{ .status = 403,
		  .body = "{\"error\":\"TOKEN_EXPIRED\",\"message\":\"old\"}",
		  .headers = "x-amzn-errortype: AccessDeniedException" },
	};
	struct fixture f;

	set_up(&f, "[default]\nlogin_session = arn:login\n", NULL);
	assert_refused(&f, "nobody has logged in");
	assert_non_null(strstr(f.err.hint, "aws login"));
	write_login(&f, "2020-01-01T00:00:00Z");
	f.http.replies = replies;
	f.http.replies_len = 1;
	assert_refused(&f, "AccessDeniedException: old");
	tear_down(&f);
}

/* --- container and instance --- */

#define JSON_KEYS(key, expiration)                                                                 \
	"{\"Code\":\"Success\",\"AccessKeyId\":\"" key "\",\"SecretAccessKey\":\"s\",\"Token\":"   \
	"\"t\","                                                                                   \
	"\"Expiration\":\"" expiration "\"}"

static void play_container(struct fake_http *f, const struct http_request *r,
			   struct fake_reply *ret)
{
	(void)f;
	ret->body =
		strstr(r->url, "/creds") ? JSON_KEYS("CONTAINER", "2099-01-01T00:00:00Z") : "{}";
}

TEST(credentials_container)
{
	struct fixture f;

	set_up(&f, NULL, NULL);
	temp_write(temp_path(f.dir, "token"), "Basic x\n", 8, 0600);
	f.env[f.n++] = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/creds?id=1";
	f.env[f.n++] = "AWS_CONTAINER_AUTHORIZATION_TOKEN=unused";
	f.env[f.n++] =
		arena_printf(f.arena, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=%s/token", f.dir);
	f.http.answer = play_container;
	assert_string_equal(signed_by(&f), "CONTAINER");
	assert_string_equal(f.http.requests.items[0].url, "http://169.254.170.2/creds?id=1");
	assert_string_equal(fake_header(&f.http, 0, "authorization"), "Basic x");
	assert_true(f.http.requests.items[0].no_proxy);
	assert_int_equal(f.http.requests.items[0].timeout_ms, 2000);
	tear_down(&f);
}

TEST(credentials_container_hosts)
{
	static const char *const good[] = {
		"https://any.example/creds",   "http://localhost/creds",
		"http://127.0.0.1:81/creds",   "http://[::1]:80/creds",
		"http://169.254.170.23/creds", "http://[fd00:ec2::23]/creds"
	};
	static const char *const bad[] = { "http://any.example/creds",
					   "http://127.0.0.1.evil.example/creds",
					   "http://169.254.169.254/creds",
					   "ftp://localhost/creds",
					   "localhost/creds",
					   "http://localhost@evil/creds" };

	for (size_t i = 0; i < 12; i++) {
		struct fixture f;

		set_up(&f, NULL, NULL);
		f.env[f.n++] = arena_printf(f.arena, "AWS_CONTAINER_CREDENTIALS_FULL_URI=%s",
					    i < 6 ? good[i] : bad[i - 6]);
		f.http.answer = play_container;
		if (i < 6)
			assert_string_equal(signed_by(&f), "CONTAINER");
		else
			assert_refused(&f, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
		tear_down(&f);
	}
}

static void play_instance(struct fake_http *f, const struct http_request *r, struct fake_reply *ret)
{
	(void)f;
	if (strstr(r->url, "/api/token"))
		ret->body = "imds-token";
	else if (str_ends(r->url, "/security-credentials/"))
		ret->body = "my-role\n";
	else if (strstr(r->url, "/security-credentials/my-role"))
		ret->body = JSON_KEYS("INSTANCE", "2099-01-01T00:00:00Z");
	else
		ret->body = "{}";
}

TEST(credentials_instance)
{
	struct fixture f;

	set_up(&f, NULL, NULL);
	f.env[1] = "X=y"; /* metadata not disabled */
	f.http.answer = play_instance;
	assert_string_equal(signed_by(&f), "INSTANCE");
	assert_string_equal(f.http.requests.items[0].method, "PUT");
	assert_string_equal(f.http.requests.items[0].url, "http://169.254.169.254/latest/api/"
							  "token");
	assert_string_equal(fake_header(&f.http, 0, "x-aws-ec2-metadata-token-ttl-seconds"), "2160"
											     "0");
	assert_string_equal(fake_header(&f.http, 1, "x-aws-ec2-metadata-token"), "imds-token");
	assert_int_equal(f.http.requests.items[0].timeout_ms, 1000);
	tear_down(&f);
}

/* Version 1 alone, and keys that look expired while the service has trouble. */
static void play_old_instance(struct fake_http *f, const struct http_request *r,
			      struct fake_reply *ret)
{
	play_instance(f, r, ret);
	if (strstr(r->url, "/api/token"))
		ret->status = 404;
	if (strstr(r->url, "/security-credentials/my-role"))
		ret->body = JSON_KEYS("OLD", "2020-01-01T00:00:00Z");
}

TEST(credentials_instance_version_1)
{
	struct fixture f;

	set_up(&f, NULL, NULL);
	f.env[1] = "X=y";
	f.http.answer = play_old_instance;
	assert_string_equal(signed_by(&f), "OLD");
	assert_string_equal(fake_header(&f.http, 1, "x-aws-ec2-metadata-token"), "");
	tear_down(&f);
	set_up(&f, NULL, NULL);
	f.env[1] = "AWS_EC2_METADATA_V1_DISABLED=true";
	f.http.answer = play_old_instance;
	assert_refused(&f, "no AWS credentials found");
	tear_down(&f);
}

TEST(credentials_no_instance)
{
	static const struct fake_reply nobody[] = { { .failure = HTTP_CONNECT } };
	struct fixture f;

	set_up(&f, NULL, NULL);
	f.env[1] = "X=y";
	f.http.replies = nobody;
	f.http.replies_len = 1;
	assert_refused(&f, "no AWS credentials found");
	assert_int_equal(f.http.requests.len, 1);
	tear_down(&f);
}

/* --- kept and refreshed --- */

static int64_t now_s;

static int64_t test_clock(void)
{
	return now_s * 1000;
}

/* Each fetch gives keys for an hour; `broken`: none. */
static _Atomic int fetches;
static _Atomic bool broken;

static void play_hourly(struct fake_http *f, const struct http_request *r, struct fake_reply *ret)
{
	ret->body = "{}";
	if (!strstr(r->url, "169.254.170.2"))
		return;
	if (atomic_load(&broken)) {
		*ret = (struct fake_reply){ .status = 404 };
		return;
	}
	ret->body =
		arena_printf(f->arena,
			     "{\"AccessKeyId\":\"K%d\",\"SecretAccessKey\":\"s\",\"Token\":\"t\","
			     "\"Expiration\":\"%s\"}",
			     atomic_fetch_add(&fetches, 1), clock_iso8601(f->arena, now_s + 3600));
}

static void set_up_hourly(struct fixture *f)
{
	set_up(f, NULL, NULL);
	f->env[f->n++] = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/x";
	f->http.answer = play_hourly;
	atomic_store(&fetches, 0);
	atomic_store(&broken, false);
	now_s = 2000000000;
	clock_set_for_tests(test_clock, NULL);
}

TEST(credentials_are_refreshed_in_time)
{
	struct fixture f;

	set_up_hourly(&f);
	assert_string_equal(signed_by(&f), "K0");
	now_s += 3600 - 16 * 60;
	assert_string_equal(signed_by(&f), "K0");
	now_s += 2 * 60; /* 14 minutes left */
	assert_string_equal(signed_by(&f), "K1");
	assert_string_equal(signed_by(&f), "K1");
	clock_set_for_tests(NULL, NULL);
	tear_down(&f);
}

TEST(credentials_refresh_may_fail_for_a_while)
{
	struct fixture f;
	size_t requests;

	set_up_hourly(&f);
	assert_string_equal(signed_by(&f), "K0");
	atomic_store(&broken, true);
	now_s += 3600 - 14 * 60;
	assert_string_equal(signed_by(&f), "K0");
	requests = f.http.requests.len;
	assert_string_equal(signed_by(&f), "K0"); /* and is not tried for each call */
	assert_int_equal(f.http.requests.len, requests + 1);
	now_s += 5 * 60; /* 9 minutes left: all wait for new ones, in vain */
	requests = f.http.requests.len;
	assert_string_equal(signed_by(&f), "K0");
	assert_true(f.http.requests.len > requests + 1);
	requests = f.http.requests.len;
	assert_string_equal(signed_by(&f), "K0");
	assert_int_equal(f.http.requests.len, requests + 1);
	now_s += 9 * 60 - 1; /* a second */
	assert_string_equal(signed_by(&f), "K0");
	now_s += 1; /* none */
	assert_int_equal(call(&f), -1);
	assert_string_equal(f.err.code, "NoCredentials");
	atomic_store(&broken, false);
	assert_string_equal(signed_by(&f), "K1");
	clock_set_for_tests(NULL, NULL);
	tear_down(&f);
}

/* Ours is two hours ahead, as AWS's refusal of the first call shows: what it gives for an hour has
 * not expired by its own clock. */
static void play_slow_sts(struct fake_http *f, const struct http_request *r, struct fake_reply *ret)
{
	ret->body = "{}";
	if (!strstr(r->body, "AssumeRole"))
		return;
	ret->status = 403;
	ret->headers = "date: Wed, 18 May 2033 01:33:20 GMT"; /* 2000000000, less two hours */
	ret->body = "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>Signature "
		    "not yet current</Message></Error></ErrorResponse>";
	if (f->requests.len < 2)
		return;
	ret->status = 200;
	ret->body = "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ROLE"
		    "</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t"
		    "</SessionToken><Expiration>2033-05-18T02:33:20Z</Expiration></Credentials>"
		    "</AssumeRoleResult></AssumeRoleResponse>";
}

TEST(credentials_live_by_the_clock_of_aws)
{
	struct fixture f;

	set_up(&f, NULL, "[default]\n" KEYS("A"));
	f.options.role = "arn:aws:iam::1:role/deploy";
	f.http.answer = play_slow_sts;
	now_s = 2000000000;
	clock_set_for_tests(test_clock, NULL);
	assert_string_equal(signed_by(&f), "ROLE");
	assert_int_equal(f.http.requests.len, 3);
	assert_string_equal(signed_by(&f), "ROLE");
	assert_int_equal(f.http.requests.len, 4);
	clock_set_for_tests(NULL, NULL);
	tear_down(&f);
}

struct worker {
	struct fixture *fixture;
	pthread_t thread;
	int failed;
};

static void *work(void *arg)
{
	struct worker *w = arg;
	struct aws_call c = { .service = aws_service("sqs"), .operation = "ListQueues" };
	_cleanup_arena_ struct arena *a = arena_new();

	for (int i = 0; i < 20; i++) {
		struct aws_reply reply;
		struct aws_error err;

		w->failed += aws_call(w->fixture->client, &c, a, &reply, &err) != 0;
	}
	return NULL;
}

TEST(credentials_are_fetched_by_one_thread)
{
	struct worker ws[16];
	struct fixture f;

	set_up_hourly(&f);
	f.client = aws_client_new(&f.options, diags_new(f.arena));
	for (int i = 0; i < 16; i++) {
		ws[i] = (struct worker){ .fixture = &f };
		pthread_create(&ws[i].thread, NULL, work, &ws[i]);
	}
	for (int i = 0; i < 16; i++) {
		pthread_join(ws[i].thread, NULL);
		assert_int_equal(ws[i].failed, 0);
	}
	assert_int_equal(atomic_load(&fetches), 1);
	clock_set_for_tests(NULL, NULL);
	tear_down(&f);
}

/* AWS calls the first keys expired, in the middle of the run of all threads. */
static _Atomic int refusals;

static void play_expiry(struct fake_http *f, const struct http_request *r, struct fake_reply *ret)
{
	const char *authorization = http_header(&r->headers, "Authorization");

	play_hourly(f, r, ret);
	if (authorization && strstr(authorization, "Credential=K0/") && f->requests.len > 50) {
		*ret = (struct fake_reply){ .status = 400,
					    .body = "{\"__type\":\"ExpiredToken\"}" };
		atomic_fetch_add(&refusals, 1);
	}
}

TEST(credentials_that_expire_are_renewed_once)
{
	struct worker ws[16];
	struct fixture f;

	set_up_hourly(&f);
	f.http.answer = play_expiry;
	atomic_store(&refusals, 0);
	f.client = aws_client_new(&f.options, diags_new(f.arena));
	for (int i = 0; i < 16; i++) {
		ws[i] = (struct worker){ .fixture = &f };
		pthread_create(&ws[i].thread, NULL, work, &ws[i]);
	}
	for (int i = 0; i < 16; i++) {
		pthread_join(ws[i].thread, NULL);
		assert_int_equal(ws[i].failed, 0);
	}
	assert_int_equal(atomic_load(&fetches), 2);
	assert_in_range(atomic_load(&refusals), 1, 16); /* those that were under way */
	clock_set_for_tests(NULL, NULL);
	tear_down(&f);
}

/* A wait for another thread's fetch ends with the run. Each call asks once when it begins, and
 * those that wait again and again. */
static _Atomic bool ended;
static _Atomic int asked;

static bool has_ended(void *ctx)
{
	(void)ctx;
	atomic_fetch_add(&asked, 1);
	return atomic_load(&ended);
}

/* The one that fetches gets no reply before the others have gone. */
static _Atomic int gone;

static void play_hang(struct fake_http *f, const struct http_request *r, struct fake_reply *ret)
{
	int64_t since = clock_monotonic_ms();

	(void)f;
	(void)r;
	while (atomic_load(&gone) < 3 && clock_monotonic_ms() - since < 5000) {
		if (atomic_load(&asked) > 30)
			atomic_store(&ended, true);
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
	atomic_store(&ended, true);
	ret->status = 503;
}

static void *work_and_go(void *arg)
{
	work(arg);
	atomic_fetch_add(&gone, 1);
	return NULL;
}

TEST(credentials_are_not_waited_for_when_cancelled)
{
	struct worker ws[4];
	struct fixture f;
	int64_t since = clock_monotonic_ms();

	set_up(&f, NULL, "[default]\n" KEYS("A"));
	f.options.role = "arn:aws:iam::1:role/deploy";
	f.options.backoff_ms = 1000000;
	f.options.cancelled = has_ended;
	f.http.answer = play_hang;
	atomic_store(&ended, false);
	atomic_store(&gone, 0);
	atomic_store(&asked, 0);
	f.client = aws_client_new(&f.options, diags_new(f.arena));
	for (int i = 0; i < 4; i++) {
		ws[i] = (struct worker){ .fixture = &f };
		pthread_create(&ws[i].thread, NULL, work_and_go, &ws[i]);
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(ws[i].thread, NULL);
		assert_int_equal(ws[i].failed, 20);
	}
	assert_true(clock_monotonic_ms() - since < 4000);
	assert_int_equal(f.http.requests.len, 1);
	tear_down(&f);
}
