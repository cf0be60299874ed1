#include "aws/uri.h"

#include <string.h>
#include "base/banned.h"

static bool is_unreserved(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_' || c == '.' || c == '~';
}

void uri_encode(struct str *out, const char *bytes, size_t n, bool keep_slash)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (is_unreserved(c) || (keep_slash && c == '/'))
			str_addc(out, (char)c);
		else
			str_addf(out, "%%%02X", c);
	}
}

void uri_add_query(struct str *out, const char *name, const char *value)
{
	if (out->len > 0)
		str_addc(out, '&');
	uri_encode(out, name, strlen(name), false);
	str_addc(out, '=');
	uri_encode(out, value, strlen(value), false);
}

static bool is_host(const char *s)
{
	if (!*s)
		return false;
	for (; *s; s++)
		if (!is_unreserved((unsigned char)*s) && !strchr(":[]", *s))
			return false;
	return true;
}

/* Visible ASCII; what else a path may hold has to be percent-encoded. */
static bool is_path(const char *s)
{
	for (; *s; s++)
		if (*s <= ' ' || *s >= 0x7f || strchr("?#\\\"<>", *s))
			return false;
	return true;
}

static void lower(char *s)
{
	for (; *s; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s += 32;
}

int uri_parse(struct arena *a, const char *text, struct uri *ret)
{
	bool https = !strncasecmp(text, "https://", 8);
	const char *rest = text + (https ? 8 : 7);
	const char *own_port = https ? ":443" : ":80";
	size_t path_len, host_len;
	char *host, *path;

	if (!https && strncasecmp(text, "http://", 7) != 0)
		return -1;
	host_len = strcspn(rest, "/?#");
	host = arena_strndup(a, rest, host_len);
	lower(host);
	if (str_ends(host, own_port))
		host[strlen(host) - strlen(own_port)] = '\0';
	path = arena_strdup(a, rest + host_len);
	for (path_len = strlen(path); path_len > 0 && path[path_len - 1] == '/';)
		path[--path_len] = '\0';
	if (!is_host(host) || !is_path(path))
		return -1;
	*ret = (struct uri){ .scheme = https ? "https" : "http", .host = host, .path = path };
	return 0;
}

char *uri_shown(struct arena *a, const char *text)
{
	const char *scheme = strstr(text, "://"), *at = strrchr(text, '@');
	const char *begin = at ? at + 1 : text;
	int scheme_len = at && scheme && scheme < at ? (int)(scheme + 3 - text) : 0;
	size_t n = strcspn(begin, "?#");

	return arena_printf(a, "%.*s%s%.*s%s", scheme_len, text, at ? "***@" : "", (int)n, begin,
			    begin[n] ? "?***" : "");
}
