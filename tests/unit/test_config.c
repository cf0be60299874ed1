#include "test.h"

#include <string.h>

#include "aws/config.h"
#include "aws/ini.h"
#include "aws/words.h"
#include "base/str.h"
#include "fake_http.h"
#include "temp.h"

/* --- words --- */

static const char *joined(struct arena *a, const char *text)
{
	_cleanup_str_ struct str s = STR_INIT;
	char **words = words_split(a, text, NULL);

	if (!words)
		return NULL;
	for (; *words; words++)
		str_addf(&s, "[%s]", *words);
	return str_dup(&s, a);
}

TEST(words_as_a_shell)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_string_equal(joined(a, "  a  b\tc\n"), "[a][b][c]");
	assert_string_equal(joined(a, "'a b' \"c d\" e\\ f"), "[a b][c d][e f]");
	assert_string_equal(joined(a, "a'b'\"c\"d"), "[abcd]");
	assert_string_equal(joined(a, "\"a\\\"b\\\\c\\d\""), "[a\"b\\c\\d]");
	assert_string_equal(joined(a, "'a\\b' '' \"\""), "[a\\b][][]");
	assert_string_equal(joined(a, "$HOME;`x` | y > z"), "[$HOME;`x`][|][y][>][z]");
	assert_string_equal(joined(a, ""), "");
	assert_null(joined(a, "a 'b"));
	assert_null(joined(a, "a \"b"));
	assert_null(joined(a, "a\\"));
}

TEST(words_are_limited)
{
	_cleanup_arena_ struct arena *a = arena_new();
	_cleanup_str_ struct str s = STR_INIT;

	for (int i = 0; i < WORDS_MAX; i++)
		str_add(&s, "x ");
	assert_non_null(words_split(a, s.data, NULL));
	str_add(&s, "x");
	assert_null(words_split(a, s.data, NULL));
}

/* --- syntax --- */

static struct ini *parse(struct arena *a, const char *text)
{
	struct diags *d = diags_new(a);
	struct ini *i = ini_parse(a, "f", text, strlen(text), d);

	if (!i)
		fail_msg("%s", diags_first(d)->message);
	return i;
}

static const char *ini_error(struct arena *a, const char *text, size_t len)
{
	struct diags *d = diags_new(a);

	assert_null(ini_parse(a, "f", text, len, d));
	assert_int_equal(diags_code(d), D_CONFIG);
	return diags_first(d)->message;
}

TEST(ini_settings)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct ini *i = parse(a, "\xef\xbb\xbf# comment\n[default]\r\n Region = eu-west-1 \n"
				 "output: json\n; no\n\n[profile  \"my dev\"] # rest\nx=a=b # c\n"
				 "empty =\n[default]\nregion=us-east-1\n");

	assert_string_equal(ini_get(i, "default", "region", NULL), "us-east-1");
	assert_string_equal(ini_get(i, "default", "output", NULL), "json");
	assert_string_equal(ini_get(i, "profile my dev", "x", NULL), "a=b # c");
	assert_string_equal(ini_get(i, "profile my dev", "empty", NULL), "");
	assert_null(ini_get(i, "default", "nothing", NULL));
	assert_null(ini_get(i, "nobody", "region", NULL));
	assert_true(ini_has(i, "profile my dev"));
	assert_false(ini_has(i, "profile"));
	assert_null(ini_sections(i)[2]);
}

TEST(ini_blocks)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct ini *i = parse(a, "[services x]\nsqs =\n  endpoint_url = http://a\n  # no\n\n  "
				 "Other=1\n"
				 "s3 =\n\taddressing_style = path\nplain = 1\n"
				 "[p]\ncmd = /bin/a\n  --b c\n  --d\nnext = 2\n");

	assert_string_equal(ini_get(i, "services x", "sqs", "endpoint_url"), "http://a");
	assert_string_equal(ini_get(i, "services x", "sqs", "other"), "1");
	assert_string_equal(ini_get(i, "services x", "s3", "addressing_style"), "path");
	assert_string_equal(ini_get(i, "services x", "plain", NULL), "1");
	assert_string_equal(ini_get(i, "p", "cmd", NULL), "/bin/a\n--b c\n--d");
	assert_string_equal(ini_get(i, "p", "next", NULL), "2");
}

TEST(ini_errors_say_where)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_string_equal(ini_error(a, "[a]\nx = 1\nnonsense\n", 19), "f:3: expected \"name = "
									"value\"");
	assert_non_null(strstr(ini_error(a, "[a\n", 3), "f:1:"));
	assert_non_null(strstr(ini_error(a, "[]\n", 3), "f:1:"));
	assert_non_null(strstr(ini_error(a, "\nx = 1\n", 7), "f:2:"));
	assert_non_null(strstr(ini_error(a, "[a]\n= 1\n", 8), "f:2:"));
	assert_non_null(strstr(ini_error(a, "[a]\nb =\n  c\n", 12), "f:3:"));
	assert_non_null(strstr(ini_error(a, "[a]\0b", 5), "not a text file"));
}

TEST(ini_is_limited)
{
	_cleanup_arena_ struct arena *a = arena_new();
	_cleanup_str_ struct str s = STR_INIT;

	for (int i = 0; i < INI_MAX_ENTRIES + 1; i++)
		str_addf(&s, "[s%d]\n", i);
	assert_non_null(strstr(ini_error(a, s.data, s.len), "too many"));
}

/* --- rules --- */

struct files {
	const char *dir;
	const char *env[16];
	size_t n;
	struct arena *arena;
	struct aws_config config;
	struct diags *diags;
};

static void set_up(struct files *f, const char *config, const char *credentials)
{
	memset(f, 0, sizeof(*f));
	f->arena = arena_new();
	f->dir = arena_strdup(f->arena, temp_dir());
	f->env[f->n++] = arena_printf(f->arena, "HOME=%s", f->dir);
	mkdir(temp_path(f->dir, ".aws"), 0700);
	if (config)
		temp_write(temp_path(f->dir, ".aws/config"), config, strlen(config), 0600);
	if (credentials)
		temp_write(temp_path(f->dir, ".aws/credentials"), credentials, strlen(credentials),
			   0600);
}

static int load(struct files *f, const char *profile, const char *region)
{
	f->diags = diags_new(f->arena);
	f->config = (struct aws_config){ .arena = f->arena, .env = fake_env, .env_ctx = f->env };
	return config_load(&f->config, profile, region, f->diags);
}

static void tear_down(struct files *f)
{
	temp_remove(f->dir);
	arena_free(f->arena);
}

#define DEV_CONFIG                                                                                 \
	"[default]\nregion = eu-west-1\n[profile dev]\nregion = eu-north-1\nuse_fips_endpoint = "  \
	"TRUE\n"                                                                                   \
	"max_attempts = 5\n[profile other]\n"

TEST(config_region_order)
{
	struct files f;

	set_up(&f, DEV_CONFIG, NULL);
	assert_int_equal(load(&f, NULL, NULL), 0);
	assert_string_equal(f.config.profile, "default");
	assert_string_equal(f.config.region, "eu-west-1");
	assert_int_equal(load(&f, "dev", NULL), 0);
	assert_string_equal(f.config.region, "eu-north-1");
	assert_true(f.config.fips);
	assert_true(f.config.profile_explicit);
	assert_int_equal(f.config.max_attempts, 5);
	assert_int_equal(load(&f, "other", NULL), 0);
	assert_null(f.config.region);
	f.env[f.n++] = "AWS_DEFAULT_REGION=us-east-2";
	assert_int_equal(load(&f, "dev", NULL), 0);
	assert_string_equal(f.config.region, "us-east-2");
	f.env[f.n++] = "AWS_REGION=us-east-1";
	assert_int_equal(load(&f, "dev", NULL), 0);
	assert_string_equal(f.config.region, "us-east-1");
	assert_int_equal(load(&f, "dev", "ap-south-1"), 0);
	assert_string_equal(f.config.region, "ap-south-1");
	tear_down(&f);
}

TEST(config_profile_from_environment)
{
	struct files f;

	set_up(&f, DEV_CONFIG, NULL);
	f.env[f.n++] = "AWS_DEFAULT_PROFILE=other";
	assert_int_equal(load(&f, NULL, NULL), 0);
	assert_string_equal(f.config.profile, "other");
	f.env[f.n++] = "AWS_PROFILE=dev";
	assert_int_equal(load(&f, NULL, NULL), 0);
	assert_string_equal(f.config.profile, "dev");
	assert_false(f.config.profile_explicit);
	tear_down(&f);
}

TEST(config_unknown_profile)
{
	struct files f;

	set_up(&f, DEV_CONFIG, "[staging]\n");
	assert_int_equal(load(&f, "stagign", NULL), -1);
	assert_int_equal(diags_code(f.diags), D_AUTH);
	assert_string_equal(diags_first(f.diags)->hints->text, "did you mean \"staging\"?");
	tear_down(&f);
}

TEST(config_credentials_file_wins)
{
	struct files f;

	set_up(&f, "[profile default]\nregion = a-1\nx = c\n[default]\nregion = b-1\ny = d\n",
	       "[default]\nregion = c-1\n");
	assert_int_equal(load(&f, NULL, NULL), 0);
	assert_string_equal(f.config.region, "c-1");
	assert_string_equal(config_get(&f.config, "default", "x"), "c");
	assert_null(config_get(&f.config, "default", "y")); /* hidden by [profile default] */
	tear_down(&f);
}

TEST(config_files_elsewhere)
{
	struct files f;

	set_up(&f, "[default]\nregion = a-1\n", NULL);
	temp_write(temp_path(f.dir, "mine"), "[default]\nregion = b-1\n", 23, 0600);
	f.env[f.n++] = "AWS_CONFIG_FILE=~/mine";
	assert_int_equal(load(&f, NULL, NULL), 0);
	assert_string_equal(f.config.region, "b-1");
	tear_down(&f);
}

TEST(config_no_files_at_all)
{
	struct files f;

	set_up(&f, NULL, NULL);
	assert_int_equal(load(&f, NULL, NULL), 0);
	assert_null(f.config.region);
	tear_down(&f);
}

TEST(config_bad_values)
{
	static const char *const bad[] = {
		"[default]\nregion = eu-west-1.evil.example/\n",
		"[default]\nregion = EU\n",
		"[default]\nuse_fips_endpoint = yes\n",
		"[default]\nmax_attempts = 0\n",
		"[default]\nmax_attempts = many\n",
		"[default]\nca_bundle = /nowhere/ca.pem\n",
		"[default\n",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct files f;

		set_up(&f, bad[i], NULL);
		assert_int_equal(load(&f, NULL, NULL), -1);
		assert_int_equal(diags_code(f.diags), D_CONFIG);
		tear_down(&f);
	}
}

TEST(config_too_large)
{
	_cleanup_str_ struct str s = STR_INIT;
	struct files f;

	while (s.len <= INI_MAX_BYTES)
		str_add(&s, "# filling filling filling\n");
	set_up(&f, s.data, NULL);
	assert_int_equal(load(&f, NULL, NULL), -1);
	tear_down(&f);
}

TEST(config_sections)
{
	struct files f;

	set_up(&f,
	       "[sso-session corp]\nsso_region = eu-west-1\n[services local]\nsqs =\n"
	       " endpoint_url = http://x\n",
	       NULL);
	assert_int_equal(load(&f, NULL, NULL), 0);
	assert_true(config_has_section(&f.config, "sso-session", "corp"));
	assert_false(config_has_section(&f.config, "sso-session", "other"));
	assert_string_equal(
		config_section_get(&f.config, "sso-session", "corp", "sso_region", NULL), "eu-west-"
											  "1");
	assert_string_equal(
		config_section_get(&f.config, "services", "local", "sqs", "endpoint_url"), "http://"
											   "x");
	tear_down(&f);
}
