/* bucket.h - the bucket that keeps states: made, or given what it lacks. */
#ifndef CMD_BUCKET_H
#define CMD_BUCKET_H

#include "cmd/cli.h"

/* Versions, encryption, no public access, TLS only. Says what it is about to do and asks. 0 also
 * when there was nothing to do. */
int bucket_prepare(struct cli *cli, const char *bucket);

#endif
