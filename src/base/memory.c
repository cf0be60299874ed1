#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <openssl/crypto.h>

#include "base/fatal.h"
#include "base/banned.h"

static void *there(void *p)
{
	if (!p)
		fatal("out of memory");
	return p;
}

void *mem_alloc(size_t size)
{
	return there(malloc(size ? size : 1));
}

void *mem_zeroed(size_t n, size_t size)
{
	return there(calloc(n ? n : 1, size));
}

void *mem_resize(void *p, size_t size)
{
	return there(realloc(p, size ? size : 1));
}

char *mem_strdup(const char *text)
{
	return there(strdup(text));
}

char *mem_strndup(const char *text, size_t len)
{
	char *copy = mem_alloc(len + 1);

	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

/* --- OpenSSL: no size is no memory --- */

static void *crypto_alloc(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return size ? mem_alloc(size) : NULL;
}

static void crypto_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	free(p);
}

static void *crypto_resize(void *p, size_t size, const char *file, int line)
{
	if (size)
		return mem_resize(p, size);
	crypto_free(p, file, line);
	return NULL;
}

void mem_init(void)
{
	CRYPTO_set_mem_functions(crypto_alloc, crypto_resize, crypto_free);
	json_set_alloc_funcs(mem_alloc, free);
}
