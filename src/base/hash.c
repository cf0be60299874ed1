#include "base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/fatal.h"
#include "base/file.h"
#include "base/banned.h"

/* A digest that OpenSSL refuses (memory, a crippled build) leaves nothing to go on with. */
static void check(int ok)
{
	if (!ok)
		fatal("OpenSSL cannot compute a digest");
}

static size_t digest(const char *name, const void *data, size_t len, uint8_t out[EVP_MAX_MD_SIZE])
{
	size_t out_len = 0;

	check(EVP_Q_digest(NULL, name, NULL, len ? data : "", len, out, &out_len));
	return out_len;
}

void sha256(const void *data, size_t len, uint8_t out[SHA256_LEN])
{
	uint8_t sum[EVP_MAX_MD_SIZE];

	digest("SHA256", data, len, sum);
	memcpy(out, sum, SHA256_LEN);
}

void hmac_sha256(const void *key, size_t key_len, const void *data, size_t len,
		 uint8_t out[SHA256_LEN])
{
	size_t out_len = 0;

	check(EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key_len ? key : "", key_len,
			len ? data : (const void *)"", len, out, SHA256_LEN, &out_len) != NULL);
}

static char *digest_hex(struct arena *a, const char *name, const void *data, size_t len)
{
	uint8_t sum[EVP_MAX_MD_SIZE];
	size_t n = digest(name, data, len, sum);

	return hex_encode(a, sum, n);
}

char *sha256_hex(struct arena *a, const void *data, size_t len)
{
	return digest_hex(a, "SHA256", data, len);
}

char *sha1_hex(struct arena *a, const void *data, size_t len)
{
	return digest_hex(a, "SHA1", data, len);
}

char *md5_base64(struct arena *a, const void *data, size_t len)
{
	uint8_t sum[EVP_MAX_MD_SIZE];
	size_t n = digest("MD5", data, len, sum);

	return base64_encode(a, sum, n);
}

uint32_t crc32_of(const void *data, size_t len)
{
	/* Of every four bits; OpenSSL has no CRC. */
	static const uint32_t table[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
		0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	const uint8_t *p = data;
	uint32_t crc = 0xffffffff;

	for (; len; len--, p++) {
		crc = crc >> 4 ^ table[(crc ^ *p) & 15];
		crc = crc >> 4 ^ table[(crc ^ *p >> 4) & 15];
	}
	return ~crc;
}

/* struct sha256_ctx is only a name for OpenSSL's object. */
struct sha256_ctx *sha256_begin(void)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();

	check(c && EVP_DigestInit_ex(c, EVP_sha256(), NULL));
	return (struct sha256_ctx *)c;
}

void sha256_update(struct sha256_ctx *c, const void *data, size_t len)
{
	if (len)
		check(EVP_DigestUpdate((EVP_MD_CTX *)c, data, len));
}

void sha256_end(struct sha256_ctx *c, uint8_t out[SHA256_LEN])
{
	check(EVP_DigestFinal_ex((EVP_MD_CTX *)c, out, NULL));
	EVP_MD_CTX_free((EVP_MD_CTX *)c);
}

/* Returns 0, or -1 with errno. */
static int update_from(struct sha256_ctx *c, int fd)
{
	char buf[64 * 1024];
	ssize_t n;

	while ((n = TEMP_FAILURE_RETRY(read(fd, buf, sizeof(buf)))) > 0)
		sha256_update(c, buf, (size_t)n);
	return n < 0 ? -1 : 0;
}

int sha256_file(const char *path, uint8_t out[SHA256_LEN], struct diags *d)
{
	_cleanup_close_ int fd = (int)TEMP_FAILURE_RETRY(open(path, O_RDONLY | O_CLOEXEC));
	struct sha256_ctx *c = sha256_begin();
	int failed = fd < 0 || update_from(c, fd) ? errno : 0;
	uint8_t sum[SHA256_LEN];

	sha256_end(c, sum);
	if (failed) {
		errno = failed;
		return diag_error(d, D_IO, NO_SPAN, "cannot read \"%s\": %m", path);
	}
	memcpy(out, sum, SHA256_LEN);
	return 0;
}

char *hex_encode(struct arena *a, const void *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *p = data;
	char *text;

	if (len > SIZE_MAX / 4)
		fatal("out of memory");
	text = arena_alloc(a, len * 2 + 1);
	for (size_t i = 0; i < len; i++) {
		text[2 * i] = digits[p[i] >> 4];
		text[2 * i + 1] = digits[p[i] & 15];
	}
	return text;
}

/* A multiple of 3, so that only the last part is padded; OpenSSL counts in int. */
enum { BASE64_PART = 3 * 1024 * 1024 };

char *base64_encode(struct arena *a, const void *data, size_t len)
{
	const uint8_t *p = data;
	char *text, *end;

	if (len > SIZE_MAX / 4)
		fatal("out of memory");
	end = text = arena_alloc(a, (len + 2) / 3 * 4 + 1);
	while (len) {
		size_t part = len < BASE64_PART ? len : BASE64_PART;

		end += EVP_EncodeBlock((unsigned char *)end, p, (int)part);
		p += part;
		len -= part;
	}
	return text;
}

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

/* Decode `n` (2 to 4) characters to n-1 bytes; false when they are not the encoding of any. */
static bool decode_group(const char *text, size_t n, uint8_t *out)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < 4; i++) {
		int value = i < n ? base64_value(text[i]) : 0;

		if (value < 0)
			return false;
		bits = bits << 6 | (uint32_t)value;
	}
	for (size_t i = 0; i + 1 < n; i++)
		out[i] = (uint8_t)(bits >> (16 - 8 * i));
	/* Bits of no byte must be 0, else two texts would mean the same. */
	return (bits << (8 * (n - 1)) & 0xffffff) == 0;
}

/* By hand: OpenSSL's decoder takes blanks and padding anywhere, and counts padding as data. */
uint8_t *base64_decode(struct arena *a, const char *text, size_t *ret_len)
{
	size_t len = text ? strlen(text) : 0, padding = 0, used = 0;
	uint8_t *out;

	if (!text || len % 4)
		return NULL;
	while (padding < 2 && padding < len && text[len - 1 - padding] == '=')
		padding++;
	len -= padding;
	out = arena_alloc(a, len / 4 * 3 + 3);
	for (size_t i = 0; i < len; i += 4) {
		size_t n = len - i < 4 ? len - i : 4;

		if (!decode_group(text + i, n, out + used))
			return NULL;
		used += n - 1;
	}
	*ret_len = used;
	return out;
}

void random_bytes(void *out, size_t len)
{
	unsigned char *p = out;

	while (len) {
		int part = len < INT_MAX ? (int)len : INT_MAX;

		if (RAND_bytes(p, part) != 1)
			fatal("the system has no random numbers");
		p += part;
		len -= (size_t)part;
	}
}

char *random_hex(struct arena *a, size_t bytes)
{
	uint8_t *data = arena_alloc(a, bytes);

	random_bytes(data, bytes);
	return hex_encode(a, data, bytes);
}

char *random_uuid(struct arena *a)
{
	uint8_t bytes[16];
	const char *hex;

	random_bytes(bytes, sizeof(bytes));
	bytes[6] = (bytes[6] & 0x0f) | 0x40; /* version 4 */
	bytes[8] = (bytes[8] & 0x3f) | 0x80; /* RFC 9562's variant */
	hex = hex_encode(a, bytes, sizeof(bytes));
	return arena_printf(a, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16,
			    hex + 20);
}

bool mem_equal_ct(const void *a, const void *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}
