/* memory_init.c - memory of libraries. To OpenSSL no size is no memory. */
#include "base/memory.h"

#include <stdlib.h>

#include <jansson.h>
#include <openssl/crypto.h>

#include "base/banned.h"

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
