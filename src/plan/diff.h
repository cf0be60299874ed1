/* diff.h - one resource's properties compared three ways: wanted, recorded, live.
 *
 *     wanted equals live                      nothing (`stale` when recorded says otherwise)
 *     wanted differs, recorded equals wanted  drift
 *     wanted differs, recorded differs too    changed in the stack
 *     recorded only                           back to AWS's default
 *     live only                               not managed, never a difference
 *
 * Objects, maps, tags and keyed lists are compared member by member, each with a path of its own;
 * other lists and documents as a whole. */
#ifndef PLAN_DIFF_H
#define PLAN_DIFF_H

#include "plan/plan.h"

struct diff_input {
	const struct prop *rows;
	const struct value *wanted;   /* evaluated; unknown parts are differences */
	const struct value *recorded; /* may hold digests */
	const struct value *live;     /* NULL: not read, then recorded counts as live */
	const struct lifecycle *life;
	const char *unfinished; /* the operation that was at work on it, or NULL */
};
struct diff {
	struct differences differences;
	VEC(const char *) kept; /* paths that AWS cannot set back: left as they are */
	bool stale;
};
void diff_props(struct arena *a, const struct diff_input *in, struct diff *ret);

/* Every wanted property as a difference from nothing, or every live one to nothing. */
void diff_whole(struct arena *a, const struct prop *rows, const struct value *before,
		const struct value *after, const struct reason *why, struct diff *ret);

/* Is the property at `path` (or what holds it) in ignore_changes? */
bool diff_ignored(struct arena *a, const struct lifecycle *life, const char *path);

/* The row of a property; one that takes any document where there is none. */
const struct prop *diff_row(const struct prop *rows, const char *name);

/* The row of a list's or a map's items. */
struct prop diff_item_row(const struct prop *p);

#endif
