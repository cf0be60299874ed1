#include "providers/aws/names.h"

#include <ctype.h>
#include <string.h>

#include "base/hash.h"
#include "base/str.h"

enum { HASH_LEN = 8, BUCKET_LIMIT = 63, DEFAULT_LIMIT = 64 };

/* clang-format off */
static const struct {
	const char *type;
	size_t limit;
} limits[] = {
	{ "AWS::ApiGatewayV2::Api", 128 },
	{ "AWS::CloudWatch::Alarm", 255 },
	{ "AWS::CloudWatch::CompositeAlarm", 255 },
	{ "AWS::DynamoDB::Table", 255 },
	{ "AWS::Events::Rule", 64 },
	{ "AWS::IAM::Role", 64 },
	{ "AWS::IAM::RolePolicy", 128 },
	{ "AWS::KMS::Alias", 256 },
	{ "AWS::Lambda::Function", 64 },
	{ "AWS::Logs::LogGroup", 512 },
	{ "AWS::S3::Bucket", 63 },
	{ "AWS::SNS::Topic", 256 },
	{ "AWS::SQS::Queue", 80 },
};
/* clang-format on */

size_t name_limit(const char *type)
{
	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++)
		if (str_eq(limits[i].type, type))
			return limits[i].limit;
	return DEFAULT_LIMIT;
}

/* A for_each key may hold anything; what no name takes becomes a dash. */
static void add_plain(struct str *out, const char *text)
{
	for (; *text; text++)
		str_addc(out, isalnum((unsigned char)*text) || strchr("_-", *text) ? *text : '-');
}

char *name_base(struct arena *a, const struct stack *s, const struct entry *e)
{
	_cleanup_str_ struct str out = STR_INIT;
	str_add(&out, s->name);
	if (s->stage)
		str_addf(&out, "-%s", s->stage);
	str_addf(&out, "-%s", e->key);
	if (e->each_key) {
		str_addc(&out, '-');
		add_plain(&out, e->each_key);
	}
	return str_dup(&out, a);
}

char *name_fit(struct arena *a, const char *base, const char *suffix, size_t limit)
{
	size_t len = strlen(base), tail = strlen(suffix);
	if (len + tail <= limit)
		return arena_printf(a, "%s%s", base, suffix);
	size_t keep = limit > tail + HASH_LEN + 1 ? limit - tail - HASH_LEN - 1 : 1;
	while (keep > 1 && strchr("-_.", base[keep - 1]))
		keep--;
	const char *hash = sha256_hex(a, base, len);
	return arena_printf(a, "%.*s-%.*s%s", (int)keep, base, HASH_LEN, hash, suffix);
}

char *name_bucket(struct arena *a, const char *base, const struct account *account)
{
	if (!account || !account->id || !account->region)
		return NULL;
	char *low = arena_strdup(a, base);
	for (char *c = low; *c; c++)
		*c = *c == '_' ? '-' : (char)tolower((unsigned char)*c);
	const char *suffix = arena_printf(a, "-%s-%s-an", account->id, account->region);
	return name_fit(a, low, suffix, BUCKET_LIMIT);
}

static bool is_word(const char *text)
{
	for (const char *c = text; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("_-$", *c))
			return false;
	return *text;
}

char *name_step(struct arena *a, const char *text)
{
	return is_word(text) ? arena_strdup(a, text) : arena_printf(a, "[\"%s\"]", text);
}
