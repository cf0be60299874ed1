/* seqdiff.h - what went and what came between two sequences: longest common subsequence. */
#ifndef PLAN_SEQDIFF_H
#define PLAN_SEQDIFF_H

#include <stdbool.h>

#include "base/arena.h"

enum seq_kind { SEQ_SAME, SEQ_REMOVED, SEQ_ADDED };
struct seq_step {
	enum seq_kind kind;
	size_t before, after; /* index; the one that the kind has no use for is 0 */
};
/* Steps in order, removals before additions. Very long sequences that differ widely are taken as
 * replaced as a whole between their common ends. */
struct seq_step *seq_diff(struct arena *a, size_t before, size_t after,
			  bool (*equal)(void *ctx, size_t before, size_t after), void *ctx,
			  size_t *ret_len);

#endif
