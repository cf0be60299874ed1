/* The stack's spelling of CloudFormation's names. */
#include "model/schema.h"

#include <ctype.h>
#include <string.h>

#include "base/banned.h"

enum { NAME_MAX_LEN = 160 };

/* Words that the rule (a new word at each capital, a run of capitals is one word) would tear
 * apart or glue together. */
static const struct {
	const char *word, *snake;
} words[] = {
	/* clang-format off */
	{ "AWSKMS", "aws_kms" },
	{ "CIDRIP", "cidr_ip" },
	{ "ClusterJDBCURL", "cluster_jdbc_url" },
	{ "DDoS", "ddos" },
	{ "DocumentDB", "documentdb" },
	{ "DynamoDBv2", "dynamodb_v2" },
	{ "DynamoDB", "dynamodb" },
	{ "ETag", "etag" },
	{ "FSx", "fsx" },
	{ "GiB", "gib" },
	{ "GraphQL", "graphql" },
	{ "HANADB", "hana_db" },
	{ "HANASID", "hana_sid" },
	{ "IPv4", "ipv4" },
	{ "IPv6", "ipv6" },
	{ "IdC", "idc" },
	{ "InfluxDB", "influxdb" },
	{ "IoT", "iot" },
	{ "JMXURL", "jmx_url" },
	{ "KBytes", "kbytes" },
	{ "KiB", "kib" },
	{ "LoRaWAN", "lorawan" },
	{ "MiB", "mib" },
	{ "MongoDB", "mongodb" },
	{ "MySQL", "mysql" },
	{ "OAuth", "oauth" },
	{ "OpenAPI", "openapi" },
	{ "OpenID", "openid" },
	{ "OpenId", "openid" },
	{ "OpenZFS", "openzfs" },
	{ "PromQL", "promql" },
	{ "QnA", "qna" },
	{ "RStudio", "rstudio" },
	{ "SAPOData", "sap_odata" },
	{ "SAPSID", "sap_sid" },
	{ "SSEKMS", "sse_kms" },
	{ "SSES3", "sse_s3" },
	{ "SaaS", "saas" },
	{ "VCenter", "vcenter" },
	{ "VCpu", "vcpu" },
	{ "VMotion", "vmotion" },
	{ "VSan", "vsan" },
	{ "VTep", "vtep" },
	{ "WebAuthn", "webauthn" },
	{ "XRay", "xray" },
	/* clang-format on */
};

static bool upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool lower(char c)
{
	return c >= 'a' && c <= 'z';
}

struct spelling {
	char *out;
	size_t len;
};

static void put(struct spelling *s, char c)
{
	if (s->len < NAME_MAX_LEN - 1)
		s->out[s->len++] = c;
}

static void begin_word(struct spelling *s)
{
	if (s->len && s->out[s->len - 1] != '_')
		put(s, '_');
}

/* Length of the listed word that begins at name[i], 0 when none does. */
static size_t put_listed(struct spelling *s, const char *name, size_t i)
{
	if (!upper(name[i]) || (i && upper(name[i - 1])))
		return 0;
	for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++) {
		size_t len = strlen(words[w].word);

		if (strncmp(name + i, words[w].word, len) != 0 || lower(name[i + len]))
			continue;
		begin_word(s);
		for (const char *c = words[w].snake; *c; c++)
			put(s, *c);
		return len;
	}
	return 0;
}

/* The s of "ARNs" and "CIDRsOfPeers": it belongs to the capitals before it. */
static bool plural_s(const char *name, size_t i)
{
	return i >= 2 && name[i] == 's' && upper(name[i - 1]) && upper(name[i - 2]) &&
	       !lower(name[i + 1]);
}

static bool word_starts(const char *name, size_t i)
{
	if (!upper(name[i]) || i == 0)
		return false;
	if (!upper(name[i - 1]))
		return true;
	return lower(name[i + 1]) && !plural_s(name, i + 1);
}

static const char *spell(const char *name, char out[NAME_MAX_LEN])
{
	struct spelling s = { out, 0 };
	bool after_listed = false;

	for (size_t i = 0; name[i];) {
		size_t len = put_listed(&s, name, i);

		if (len == 0) {
			if (word_starts(name, i) || (after_listed && upper(name[i])))
				begin_word(&s);
			put(&s, (char)tolower((unsigned char)name[i]));
		}
		after_listed = len > 0;
		i += len ? len : 1;
	}
	out[s.len] = '\0';
	return out;
}

char *snake_case(struct arena *a, const char *name)
{
	char out[NAME_MAX_LEN];

	return arena_strdup(a, spell(name, out));
}

const char *prop_snake(struct arena *a, const struct prop *p)
{
	return p->snake ? p->snake : snake_case(a, p->name);
}

const struct prop *prop_find(const struct prop *rows, const char *name)
{
	for (const struct prop *p = rows; p && p->name; p++)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

const struct prop *prop_find_snake(const struct prop *rows, const char *word)
{
	char spelled[NAME_MAX_LEN];

	for (const struct prop *p = rows; p && p->name; p++) {
		/* Most rows part at the first letter. */
		if (!p->snake && tolower((unsigned char)p->name[0]) != word[0])
			continue;
		if (strcmp(p->snake ? p->snake : spell(p->name, spelled), word) == 0)
			return p;
	}
	return NULL;
}
