#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

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
