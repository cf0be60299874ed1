/* What compares words: distance and patterns; the rest of str.h is in str.c. */
#include "base/str.h"

#include <string.h>

#include "base/banned.h"

/* Longer words are not typing mistakes of each other. */
enum { WORD_MAX = 64 };

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t most(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* One row of the table of optimal string alignment; rows[0] is the row being filled, rows[1] and
 * rows[2] are those before it. */
static void fill_row(size_t *const rows[3], const char *a, size_t i, const char *b, size_t b_len)
{
	rows[0][0] = i;
	for (size_t j = 1; j <= b_len; j++) {
		size_t cost = a[i - 1] != b[j - 1];
		size_t edits = least(rows[1][j], rows[0][j - 1]) + 1;

		edits = least(edits, rows[1][j - 1] + cost);
		if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
			edits = least(edits, rows[2][j - 2] + 1);
		rows[0][j] = edits;
	}
}

size_t str_distance(const char *a, const char *b)
{
	size_t cells[3][WORD_MAX + 1] = { { 0 } };
	size_t a_len = strlen(a), b_len = strlen(b);

	if (a_len > WORD_MAX || b_len > WORD_MAX)
		return strcmp(a, b) == 0 ? 0 : most(a_len, b_len);
	for (size_t j = 0; j <= b_len; j++)
		cells[0][j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t *const rows[3] = { cells[i % 3], cells[(i + 2) % 3], cells[(i + 1) % 3] };

		fill_row(rows, a, i, b, b_len);
	}
	return cells[a_len % 3][b_len];
}

/* One begins with the other, and what they share is long enough to mean something. */
static bool extends(const char *a, const char *b)
{
	size_t shared = least(strlen(a), strlen(b));

	return shared >= 3 && strncmp(a, b, shared) == 0;
}

static bool is_near(const char *word, const char *candidate, size_t distance)
{
	size_t len = strlen(word);

	/* Replacing all of a word is no mistake in it, however short it is. */
	if (distance <= most(1, len / 3) && distance < most(len, strlen(candidate)))
		return true;
	return extends(word, candidate);
}

const char *str_nearest(const char *word, const char *const *candidates, size_t n)
{
	const char *nearest = NULL;
	size_t nearest_distance = SIZE_MAX;

	for (size_t i = 0; i < n; i++) {
		size_t distance = str_distance(word, candidates[i]);

		if (distance < nearest_distance && is_near(word, candidates[i], distance)) {
			nearest = candidates[i];
			nearest_distance = distance;
		}
	}
	return nearest;
}

/* Where matching goes on after a mismatch: the last wildcard takes one unit more. Remembering only
 * the last of each sort is enough, since an earlier one could only take text that the later one
 * can take too; that keeps hostile patterns from exponential time. */
struct retry {
	const char *pattern, *path; /* pattern NULL: nothing to retry */
};

struct glob {
	const char *start, *pattern, *path;
	struct retry star;    /* "*": one code point more, but no '/' */
	struct retry stars;   /* "**": one byte more */
	struct retry folders; /* "**" and '/': one folder more */
};

static size_t code_point_len(const char *s)
{
	size_t n = 1;

	while (((unsigned char)s[n] & 0xc0) == 0x80)
		n++;
	return n;
}

static void take_stars(struct glob *g)
{
	bool begins = g->pattern == g->start || g->pattern[-1] == '/';

	g->star.pattern = g->stars.pattern = g->folders.pattern = NULL;
	g->pattern += strspn(g->pattern, "*");
	if (begins && *g->pattern == '/') {
		g->pattern++;
		g->folders = (struct retry){ g->pattern, g->path };
	} else {
		g->stars = (struct retry){ g->pattern, g->path };
	}
}

/* Match one unit of the pattern; false is a mismatch. */
static bool step(struct glob *g)
{
	if (g->pattern[0] == '*' && g->pattern[1] == '*') {
		take_stars(g);
	} else if (*g->pattern == '*') {
		g->star = (struct retry){ ++g->pattern, g->path };
	} else if (*g->pattern == '?' && *g->path && *g->path != '/') {
		g->pattern++;
		g->path += code_point_len(g->path);
	} else if (*g->pattern && *g->pattern != '?' && *g->pattern == *g->path) {
		g->pattern++;
		g->path++;
	} else {
		return false;
	}
	return true;
}

/* Go back to the wildcard that can take more; false when none can. */
static bool back(struct glob *g)
{
	struct retry *at = NULL;

	if (g->star.pattern && *g->star.path && *g->star.path != '/') {
		at = &g->star;
		at->path += code_point_len(at->path);
	} else if (g->stars.pattern && *g->stars.path) {
		at = &g->stars;
		at->path++;
	} else if (g->folders.pattern && strchr(g->folders.path, '/')) {
		at = &g->folders;
		at->path = strchr(at->path, '/') + 1;
	}
	if (!at)
		return false;
	g->pattern = at->pattern;
	g->path = at->path;
	return true;
}

bool str_glob(const char *pattern, const char *path)
{
	struct glob g = { .start = pattern, .pattern = pattern, .path = path };

	while (*g.pattern || *g.path)
		if (!step(&g) && !back(&g))
			return false;
	return true;
}
