#include "plan/seqdiff.h"

#include "base/banned.h"

enum { MAX_CELLS = 1000 * 1000 };

struct sequence {
	struct arena *a;
	bool (*equal)(void *ctx, size_t before, size_t after);
	void *ctx;
	size_t head;	   /* equal at the beginning of both */
	size_t rows, cols; /* what lies between the common ends */
	unsigned *longest; /* (rows + 1) x (cols + 1): of the rest from there; NULL: too large */
	struct seq_step *steps;
	size_t len;
};

static bool equal_at(const struct sequence *s, size_t row, size_t col)
{
	return s->equal(s->ctx, s->head + row, s->head + col);
}

static unsigned *cell(const struct sequence *s, size_t row, size_t col)
{
	return &s->longest[row * (s->cols + 1) + col];
}

static void fill(struct sequence *s)
{
	if (s->rows && s->cols > MAX_CELLS / s->rows)
		return;
	s->longest = arena_array(s->a, (s->rows + 1) * (s->cols + 1), sizeof(unsigned));
	for (size_t r = s->rows; r-- > 0;)
		for (size_t c = s->cols; c-- > 0;) {
			unsigned down = *cell(s, r + 1, c), right = *cell(s, r, c + 1);

			if (equal_at(s, r, c))
				*cell(s, r, c) = *cell(s, r + 1, c + 1) + 1;
			else
				*cell(s, r, c) = down > right ? down : right;
		}
}

static void step(struct sequence *s, enum seq_kind kind, size_t before, size_t after)
{
	s->steps[s->len++] = (struct seq_step){ kind, before, after };
}

static void walk(struct sequence *s)
{
	size_t r = 0, c = 0;

	while (r < s->rows || c < s->cols) {
		bool both = s->longest && r < s->rows && c < s->cols;

		if (both && equal_at(s, r, c)) {
			step(s, SEQ_SAME, s->head + r++, s->head + c++);
		} else if (c == s->cols || (r < s->rows && !both) ||
			   (both && *cell(s, r + 1, c) >= *cell(s, r, c + 1))) {
			step(s, SEQ_REMOVED, s->head + r++, 0);
		} else {
			step(s, SEQ_ADDED, 0, s->head + c++);
		}
	}
}

struct seq_step *seq_diff(struct arena *a, size_t before, size_t after,
			  bool (*equal)(void *ctx, size_t before, size_t after), void *ctx,
			  size_t *ret_len)
{
	struct sequence s = { .a = a, .equal = equal, .ctx = ctx };
	size_t tail = 0, least = before < after ? before : after;

	s.steps = arena_array(a, before + after, sizeof(*s.steps));
	while (s.head < least && equal(ctx, s.head, s.head))
		s.head++;
	while (tail < least - s.head && equal(ctx, before - 1 - tail, after - 1 - tail))
		tail++;
	s.rows = before - s.head - tail;
	s.cols = after - s.head - tail;
	fill(&s);
	for (size_t i = 0; i < s.head; i++)
		step(&s, SEQ_SAME, i, i);
	walk(&s);
	for (size_t i = tail; i > 0; i--)
		step(&s, SEQ_SAME, before - i, after - i);
	*ret_len = s.len;
	return s.steps;
}
