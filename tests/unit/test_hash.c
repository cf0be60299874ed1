#include "test.h"

#include <string.h>

#include "temp.h"
#include "base/hash.h"

static const char *hex_of(struct arena *a, const uint8_t sum[SHA256_LEN])
{
	return hex_encode(a, sum, SHA256_LEN);
}

TEST(hash_sha256_vectors)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_string_equal(sha256_hex(a, "", 0), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934c"
						  "a495991b7852b855");
	assert_string_equal(sha256_hex(a, NULL, 0), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b93"
						    "4ca495991b7852b855");
	assert_string_equal(sha256_hex(a, "abc", 3), "ba7816bf8f01cfea414140de5dae2223b00361a396177"
						     "a9cb410ff61f20015ad");
}

TEST(hash_sha1_and_md5_vectors)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_string_equal(sha1_hex(a, "abc", 3), "a9993e364706816aba3e25717850c26c9cd0d89d");
	assert_string_equal(sha1_hex(a, "", 0), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
	assert_string_equal(md5_base64(a, "abc", 3), "kAFQmDzST7DWlj99KOF/cg==");
	assert_string_equal(md5_base64(a, "", 0), "1B2M2Y8AsgTpgAmY7PhCfg==");
}

TEST(hash_hmac_vectors)
{
	_cleanup_arena_ struct arena *a = arena_new();
	uint8_t key[131], sum[SHA256_LEN];

	/* RFC 4231, cases 1, 2 and 6 */
	memset(key, 0x0b, 20);
	hmac_sha256(key, 20, "Hi There", 8, sum);
	assert_string_equal(hex_of(a, sum), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e937"
					    "6c2e32cff7");
	hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, sum);
	assert_string_equal(hex_of(a, sum), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58"
					    "b964ec3843");
	memset(key, 0xaa, 131);
	hmac_sha256(key, 131, "Test Using Larger Than Block-Size Key - Hash Key First", 54, sum);
	assert_string_equal(hex_of(a, sum), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c514054604"
					    "0f0ee37f54");
}

TEST(hash_hmac_of_nothing)
{
	_cleanup_arena_ struct arena *a = arena_new();
	uint8_t sum[SHA256_LEN];

	hmac_sha256("", 0, "", 0, sum);
	assert_string_equal(hex_of(a, sum), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712"
					    "144292c5ad");
	hmac_sha256(NULL, 0, NULL, 0, sum);
	assert_string_equal(hex_of(a, sum), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712"
					    "144292c5ad");
}

/* SigV4 makes each key of the one before. */
TEST(hash_hmac_output_may_be_its_key)
{
	uint8_t sum[SHA256_LEN], expected[SHA256_LEN];

	hmac_sha256("k", 1, "a", 1, sum);
	hmac_sha256(sum, sizeof(sum), "b", 1, expected);
	hmac_sha256(sum, sizeof(sum), "b", 1, sum);
	assert_memory_equal(sum, expected, sizeof(sum));
}

TEST(hash_crc32_vectors)
{
	uint8_t all[256];

	for (int i = 0; i < 256; i++)
		all[i] = (uint8_t)i;
	assert_int_equal(crc32_of("", 0), 0);
	assert_int_equal(crc32_of("123456789", 9), 0xcbf43926);
	assert_int_equal(crc32_of(all, sizeof(all)), 0x29058c73);
}

TEST(hash_sha256_in_steps)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct sha256_ctx *c = sha256_begin();
	char part[1000];
	uint8_t sum[SHA256_LEN];

	memset(part, 'a', sizeof(part));
	sha256_update(c, NULL, 0);
	for (int i = 0; i < 1000; i++)
		sha256_update(c, part, sizeof(part));
	sha256_end(c, sum);
	assert_string_equal(hex_of(a, sum), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39"
					    "ccc7112cd0");
}

TEST(hash_sha256_file_reads_all)
{
	_cleanup_arena_ struct arena *a = arena_new();
	const char *dir = temp_dir(), *path = temp_path(dir, "f");
	char *content = arena_alloc(a, 1000000);
	struct diags *d = diags_new(a);
	uint8_t sum[SHA256_LEN];

	memset(content, 'a', 1000000);
	temp_write(path, content, 1000000, 0600);
	assert_int_equal(sha256_file(path, sum, d), 0);
	assert_string_equal(hex_of(a, sum), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39"
					    "ccc7112cd0");
	temp_write(path, "", 0, 0600);
	assert_int_equal(sha256_file(path, sum, d), 0);
	assert_string_equal(hex_of(a, sum), sha256_hex(a, "", 0));
	assert_int_equal(diags_len(d), 0);
	temp_remove(dir);
}

TEST(hash_sha256_file_fails)
{
	_cleanup_arena_ struct arena *a = arena_new();
	const char *dir = temp_dir();
	struct diags *d = diags_new(a);
	uint8_t sum[SHA256_LEN] = { 7 };
	const struct diag *diag;

	assert_int_equal(sha256_file(temp_path(dir, "none"), sum, d), -1);
	assert_int_equal(sha256_file(dir, sum, d), -1);
	diag = diags_first(d);
	assert_int_equal(diag->code, D_IO);
	assert_string_equal(diag->message,
			    arena_printf(a, "cannot read \"%s/none\": No such file or directory",
					 dir));
	assert_string_equal(diag->next->message,
			    arena_printf(a, "cannot read \"%s\": Is a directory", dir));
	assert_int_equal(sum[0], 7);
	temp_remove(dir);
}

TEST(hash_hex)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_string_equal(hex_encode(a, "\x00\x0f\xf0\xff\xab", 5), "000ff0ffab");
	assert_string_equal(hex_encode(a, NULL, 0), "");
}

TEST(hash_base64_vectors)
{
	static const char *const texts[] = { "", "f", "fo", "foo", "foob", "fooba", "foobar" };
	static const char *const encoded[] = { "",	   "Zg==",     "Zm8=",	  "Zm9v",
					       "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy" };
	_cleanup_arena_ struct arena *a = arena_new();

	for (size_t i = 0; i < 7; i++) {
		size_t len = 99;
		uint8_t *decoded = base64_decode(a, encoded[i], &len);

		assert_string_equal(base64_encode(a, texts[i], strlen(texts[i])), encoded[i]);
		assert_non_null(decoded);
		assert_int_equal(len, strlen(texts[i]));
		assert_memory_equal(decoded, texts[i], len);
	}
	assert_string_equal(base64_encode(a, "\xfb\xef\xff", 3), "++//");
}

TEST(hash_base64_round_trip_of_large_data)
{
	enum { LEN = 7 * 1024 * 1024 + 1 }; /* several parts, padded at the end alone */
	_cleanup_arena_ struct arena *a = arena_new();
	uint8_t *data = arena_alloc(a, LEN), *decoded;
	const char *text;
	size_t len = 0;

	random_bytes(data, LEN);
	text = base64_encode(a, data, LEN);
	assert_int_equal(strlen(text), (LEN + 2) / 3 * 4);
	assert_ptr_equal(strchr(text, '='), text + strlen(text) - 1);
	decoded = base64_decode(a, text, &len);
	assert_non_null(decoded);
	assert_int_equal(len, LEN);
	assert_int_equal(memcmp(decoded, data, LEN), 0);
}

TEST(hash_base64_decode_refuses)
{
	static const char *const bad[] = {
		"Z",	    "Zg",     "Zg=",	 "Zg===",    "=",    "==",     "====",
		"Z===",	    "A===",   "Zm9v=",	 "Zg==Zg==", "Zm=v", "Zm9v\n", " Zm9",
		"Zm-_",	    "Zm9vYg", "Zm9\x80", "Zh==",     "Zm9=", /* bits that belong to no byte */
		"Zm9vZg=a",
	};
	_cleanup_arena_ struct arena *a = arena_new();
	size_t len = 5;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (base64_decode(a, bad[i], &len))
			fail_msg("took \"%s\"", bad[i]);
	assert_null(base64_decode(a, NULL, &len));
	assert_int_equal(len, 5);
}

TEST(hash_random_differs)
{
	_cleanup_arena_ struct arena *a = arena_new();
	uint8_t one[32] = { 0 }, two[32] = { 0 };

	random_bytes(one, sizeof(one));
	random_bytes(two, sizeof(two));
	assert_memory_not_equal(one, two, sizeof(one));
	random_bytes(one, 0);
	assert_int_equal(strlen(random_hex(a, 5)), 10);
	assert_string_equal(random_hex(a, 0), "");
	assert_string_not_equal(random_hex(a, 16), random_hex(a, 16));
}

TEST(hash_uuid_form)
{
	_cleanup_arena_ struct arena *a = arena_new();

	for (int i = 0; i < 200; i++) {
		const char *uuid = random_uuid(a);

		assert_int_equal(strlen(uuid), 36);
		assert_int_equal(strspn(uuid, "0123456789abcdef-"), 36);
		assert_int_equal(uuid[8], '-');
		assert_int_equal(uuid[13], '-');
		assert_int_equal(uuid[14], '4');
		assert_int_equal(uuid[18], '-');
		assert_non_null(strchr("89ab", uuid[19]));
		assert_int_equal(uuid[23], '-');
	}
	assert_string_not_equal(random_uuid(a), random_uuid(a));
}

TEST(hash_mem_equal_ct_compares)
{
	assert_true(mem_equal_ct("abc", "abc", 3));
	assert_false(mem_equal_ct("abc", "abd", 3));
	assert_false(mem_equal_ct("xbc", "abc", 3));
	assert_true(mem_equal_ct("abc", "abd", 2));
	assert_true(mem_equal_ct("a", "b", 0));
	assert_false(mem_equal_ct("a\0b", "a\0c", 3));
}
