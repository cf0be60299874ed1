#include "base/fatal.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/banned.h"

void fatal(const char *what)
{
	fprintf(stderr, "cinfra: %s\n", what);
	abort();
}
