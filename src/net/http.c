#include "net/http.h"

#include "base/str.h"
#include "base/banned.h"

const char *http_header(const http_headers *h, const char *name)
{
	for (size_t i = 0; i < h->len; i++)
		if (str_eq_fold(h->items[i].name, name))
			return h->items[i].value;
	return NULL;
}
