#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/source.h"

/* What is printed, in the arena. */
static const char *print_with(struct arena *a, const struct diags *d, const struct sources *s,
			      bool color, bool strict)
{
	char *text = NULL, *copy;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	diags_print(d, s, out, color, strict);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(strlen(text), len);
	copy = arena_strdup(a, text);
	free(text);
	return copy;
}

static const char *print(struct arena *a, const struct diags *d, const struct sources *s)
{
	return print_with(a, d, s, false, false);
}

/* A stack of one file and one error in it. */
static const char *print_one(struct arena *a, const char *text, uint32_t off, uint32_t len)
{
	struct sources *s = sources_new(a);
	struct diags *d = diags_new(a);

	source_add(s, "f", text, strlen(text));
	diag_error(d, D_CONFIG, (struct span){ 1, off, len }, "bad");
	return print(a, d, s);
}

static struct span span_of(const char *text, const char *part)
{
	return (struct span){ 1, (uint32_t)(strstr(text, part) - text), (uint32_t)strlen(part) };
}

TEST(diag_print_points_at_the_source)
{
	static const char text[] = "a:\n"
				   "  visibility_timeout: 99999\n"
				   "b: 1\n";
	_cleanup_arena_ struct arena *a = arena_new();
	struct sources *s = sources_new(a);
	struct diags *d = diags_new(a);

	source_add(s, "stack.yaml", text, strlen(text));
	diag_error(d, D_CONFIG, span_of(text, "99999"), "must be at most %d", 43200);
	diag_hint(d, "the value is in %s", "seconds");
	diag_hint(d, "or leave it out");
	assert_string_equal(print(a, d, s), "stack.yaml:2:23: error: must be at most 43200\n"
					    "    2 |   visibility_timeout: 99999\n"
					    "      |                       ^~~~~\n"
					    "  hint: the value is in seconds\n"
					    "  hint: or leave it out\n");
}

TEST(diag_print_without_a_place)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct sources *s = sources_new(a);
	struct diags *d = diags_new(a);

	diag_error(d, D_AUTH, NO_SPAN, "no credentials");
	diag_warning(d, (struct span){ 7, 0, 1 }, "unknown file");
	assert_string_equal(print(a, d, s), "error: no credentials\nwarning: unknown file\n");
	assert_string_equal(print(a, d, NULL), "error: no credentials\nwarning: unknown file\n");
}

TEST(diag_print_nothing)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_string_equal(print(a, diags_new(a), NULL), "");
}

TEST(diag_print_notes_before_hints)
{
	static const char text[] = "jobs: 1\nmail: 2\njobs: 3\n";
	_cleanup_arena_ struct arena *a = arena_new();
	struct sources *s = sources_new(a);
	struct diags *d = diags_new(a);

	source_add(s, "f.yaml", text, strlen(text));
	diag_error(d, D_CONFIG, (struct span){ 1, 16, 4 }, "\"jobs\" is defined twice");
	diag_hint(d, "rename one");
	diag_note(d, (struct span){ 1, 0, 4 }, "first defined here");
	diag_note(d, NO_SPAN, "of %d", 2);
	assert_string_equal(print(a, d, s), "f.yaml:3:1: error: \"jobs\" is defined twice\n"
					    "    3 | jobs: 3\n"
					    "      | ^~~~\n"
					    "f.yaml:1:1: note: first defined here\n"
					    "    1 | jobs: 1\n"
					    "      | ^~~~\n"
					    "note: of 2\n"
					    "  hint: rename one\n");
}

TEST(diag_print_context)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct diags *d = diags_new(a);
	size_t mark;

	diag_error(d, D_IO, NO_SPAN, "before");
	mark = diags_len(d);
	diag_error(d, D_REMOTE, NO_SPAN, "one");
	diag_warning(d, NO_SPAN, "a warning");
	diag_error(d, D_REMOTE, NO_SPAN, "two");
	diag_wrap(d, mark, "creating %s", "queues.jobs");
	diag_wrap(d, mark + 2, "region %s", "eu-west-1");
	diag_wrap(d, diags_len(d), "nothing");
	diag_wrap(d, 100, "nothing");
	assert_string_equal(print(a, d, NULL), "error: before\n"
					       "error: creating queues.jobs: one\n"
					       "warning: a warning\n"
					       "error: region eu-west-1: creating queues.jobs: "
					       "two\n");
	assert_string_equal(diags_first(d)->next->message, "one");
	assert_string_equal(diags_first(d)->next->context, "creating queues.jobs");
	assert_null(diags_first(d)->context);
}

TEST(diag_print_strict_makes_warnings_errors)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct diags *d = diags_new(a);

	diag_warning(d, NO_SPAN, "unused variable");
	assert_string_equal(print_with(a, d, NULL, false, true), "error: unused variable\n");
	assert_string_equal(print_with(a, d, NULL, false, false), "warning: unused variable\n");
	assert_int_equal(diags_errors(d), 0);
}

TEST(diag_print_hides_secrets)
{
	static const char text[] = "password: hunter2\npassword: hunter3\n";
	_cleanup_arena_ struct arena *a = arena_new();
	struct sources *s = sources_new(a);
	struct diags *d = diags_new(a);

	source_add(s, "f", text, strlen(text));
	diag_error(d, D_CONFIG, (struct span){ 1, 28, 7 }, "defined twice");
	diag_note(d, (struct span){ 1, 10, 7 }, "first here");
	diag_hide_source(d);
	assert_string_equal(print(a, d, s), "f:2:11: error: defined twice\n"
					    "f:1:11: note: first here\n");
}

TEST(diag_print_color)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct sources *s = sources_new(a);
	struct diags *d = diags_new(a);

	source_add(s, "f", "abc", 3);
	diag_error(d, D_CONFIG, (struct span){ 1, 1, 2 }, "bad");
	diag_warning(d, NO_SPAN, "odd");
	assert_string_equal(print_with(a, d, s, true, false), "\033[1;35mwarning:\033[0m odd\n"
							      "\033[1mf:1:2:\033[0m "
							      "\033[1;31merror:\033[0m bad\n"
							      "    1 | abc\n"
							      "      |  \033[1;32m^~\033[0m\n");
}

TEST(diag_print_order_is_file_offset_insertion)
{
	static const char text[] = "abcdef";
	_cleanup_arena_ struct arena *a = arena_new();
	struct sources *s = sources_new(a);
	struct diags *d = diags_new(a);

	source_add(s, "one", text, 6);
	source_add(s, "two", text, 6);
	diag_hide_source(d); /* nothing there yet */
	diag_error(d, D_CONFIG, (struct span){ 2, 1, 1 }, "2/1");
	diag_error(d, D_CONFIG, (struct span){ 1, 4, 1 }, "1/4 first");
	diag_error(d, D_CONFIG, (struct span){ 1, 2, 1 }, "1/2");
	diag_error(d, D_CONFIG, (struct span){ 1, 4, 1 }, "1/4 second");
	diag_error(d, D_CONFIG, NO_SPAN, "general");
	diag_error(d, D_CONFIG, (struct span){ 1, 4, 0 }, "1/4 third");
	assert_string_equal(print(a, d, s), "error: general\n"
					    "one:1:3: error: 1/2\n"
					    "    1 | abcdef\n"
					    "      |   ^\n"
					    "one:1:5: error: 1/4 first\n"
					    "    1 | abcdef\n"
					    "      |     ^\n"
					    "one:1:5: error: 1/4 second\n"
					    "    1 | abcdef\n"
					    "      |     ^\n"
					    "one:1:5: error: 1/4 third\n"
					    "    1 | abcdef\n"
					    "      |     ^\n"
					    "two:1:2: error: 2/1\n"
					    "    1 | abcdef\n"
					    "      |  ^\n");
}

TEST(diag_print_equal_ones_once)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct diags *d = diags_new(a);

	diag_error(d, D_CONFIG, NO_SPAN, "same");
	diag_error(d, D_CONFIG, NO_SPAN, "other");
	diag_error(d, D_CONFIG, NO_SPAN, "same");
	diag_warning(d, NO_SPAN, "same"); /* another level */
	diag_error(d, D_CONFIG, NO_SPAN, "same");
	diag_hint(d, "but with a hint");
	assert_string_equal(print(a, d, NULL), "error: same\n"
					       "error: other\n"
					       "warning: same\n"
					       "error: same\n"
					       "  hint: but with a hint\n");
	assert_int_equal(diags_len(d), 5);
}

TEST(diag_print_many)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct diags *d = diags_new(a);
	const char *text;
	size_t lines = 0;

	for (int i = 0; i < 20000; i++)
		diag_error(d, D_CONFIG, NO_SPAN, "number %d", i % 10000);
	text = print(a, d, NULL);
	for (const char *p = text; (p = strchr(p, '\n')); p++)
		lines++;
	assert_int_equal(lines, 10000);
}

TEST(diag_caret_keeps_tabs)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_string_equal(print_one(a, "\t a:\tbad\tx", 5, 3), "f:1:6: error: bad\n"
								 "    1 | \t a:\tbad\tx\n"
								 "      | \t   \t^~~\n");
}

TEST(diag_caret_under_multibyte)
{
	_cleanup_arena_ struct arena *a = arena_new();

	/* "ä€" before, "öü" under the caret: 4 bytes, 2 columns */
	assert_string_equal(print_one(a, "ä€: öüx", 7, 4), "f:1:5: error: bad\n"
							   "    1 | ä€: öüx\n"
							   "      |     ^~\n");
}

TEST(diag_caret_in_the_middle_of_a_code_point)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_string_equal(print_one(a, "€x", 1, 1), "f:1:2: error: bad\n"
						      "    1 | €x\n"
						      "      |  ^\n");
}

TEST(diag_caret_at_the_end_of_a_line)
{
	_cleanup_arena_ struct arena *a = arena_new();
	static const char expected[] = "f:1:4: error: bad\n"
				       "    1 | abc\n"
				       "      |    ^\n";

	assert_string_equal(print_one(a, "abc\nd", 3, 0), expected);
	assert_string_equal(print_one(a, "abc\nd", 3, 1), expected);
	assert_string_equal(print_one(a, "abc\r\nd", 3, 2), expected);
	assert_string_equal(print_one(a, "abc", 3, 1), expected);
	assert_string_equal(print_one(a, "abc", 2000, UINT32_MAX), expected);
}

TEST(diag_caret_of_an_empty_file)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_string_equal(print_one(a, "", 0, 0), "f:1:1: error: bad\n"
						    "    1 | \n"
						    "      | ^\n");
}

TEST(diag_span_over_lines_shows_the_first)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_string_equal(print_one(a, "a: {b,\n  c,\n  d}", 3, 12), "f:1:4: error: bad\n"
								       "    1 | a: {b,\n"
								       "      |    ^~~\n");
	assert_string_equal(print_one(a, "ab", 0, UINT32_MAX), "f:1:1: error: bad\n"
							       "    1 | ab\n"
							       "      | ^~\n");
}

TEST(diag_crlf_is_not_shown)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_string_equal(print_one(a, "a: 1\r\nb: 2\r\n", 9, 1), "f:2:4: error: bad\n"
								    "    2 | b: 2\n"
								    "      |    ^\n");
}

TEST(diag_bom_does_not_move_the_caret)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_string_equal(print_one(a, "\xef\xbb\xbfkey: 1", 5, 1), "f:1:6: error: bad\n"
								      "    1 | key: 1\n"
								      "      |      ^\n");
}

TEST(diag_large_line_numbers)
{
	_cleanup_arena_ struct arena *a = arena_new();
	char *text = arena_alloc(a, 123460);

	memset(text, '\n', 123455);
	memcpy(text + 123455, "end", 3);
	assert_string_equal(print_one(a, text, 123455, 3), "f:123456:1: error: bad\n"
							   "123456 | end\n"
							   "      | ^~~\n");
}

/* A line of `n` letters with "BAD" at `at`. */
static char *wide_line(struct arena *a, size_t n, size_t at)
{
	char *text = arena_alloc(a, n + 1);

	for (size_t i = 0; i < n; i++)
		text[i] = (char)('a' + i % 26);
	memcpy(text + at, "BAD", 3);
	return text;
}

/* The line and the caret as printed, of text with the span on "BAD". */
static void wide(struct arena *a, const char *text, char **ret_line, char **ret_caret)
{
	struct span at = span_of(text, "BAD");
	char *out = arena_strdup(a, print_one(a, text, at.off, at.len));
	char *line = strchr(out, '\n') + 1;
	char *caret = strchr(line, '\n') + 1;

	caret[-1] = '\0';
	caret[strlen(caret) - 1] = '\0';
	*ret_line = line + 8;
	*ret_caret = caret + 8;
}

static size_t columns(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

TEST(diag_line_of_120_columns_is_whole)
{
	_cleanup_arena_ struct arena *a = arena_new();
	const char *text = wide_line(a, 120, 117);
	char *line, *caret;

	wide(a, text, &line, &caret);
	assert_string_equal(line, text);
	assert_int_equal(strlen(caret), 120);
	assert_string_equal(caret + 116, " ^~~");
}

TEST(diag_wide_line_is_cut_at_its_end)
{
	_cleanup_arena_ struct arena *a = arena_new();
	char *line, *caret;

	wide(a, wide_line(a, 300, 10), &line, &caret);
	assert_int_equal(columns(line), 120);
	assert_int_equal(strncmp(line, "abcdefghijBADnop", 16), 0);
	assert_string_equal(line + 119, "…");
	assert_string_equal(caret, "          ^~~");
}

TEST(diag_wide_line_is_cut_at_both_ends)
{
	_cleanup_arena_ struct arena *a = arena_new();
	char *line, *caret;

	wide(a, wide_line(a, 1000, 500), &line, &caret);
	assert_int_equal(columns(line), 120);
	assert_int_equal(strncmp(line, "…", 3), 0);
	assert_string_equal(line + strlen(line) - 3, "…");
	/* the mark has 3 bytes and 1 column */
	assert_int_equal(strstr(line, "BAD") - line - 2, strchr(caret, '^') - caret);
	assert_string_equal(strchr(caret, '^'), "^~~");
}

TEST(diag_wide_line_is_cut_at_its_beginning)
{
	_cleanup_arena_ struct arena *a = arena_new();
	char *line, *caret;

	wide(a, wide_line(a, 1000, 997), &line, &caret);
	assert_int_equal(columns(line), 120);
	assert_int_equal(strncmp(line, "…", 3), 0);
	assert_string_equal(line + strlen(line) - 3, "BAD");
	assert_int_equal(strlen(caret), 120);
	assert_string_equal(caret + 117, "^~~");
}

TEST(diag_wide_line_of_multibyte_text)
{
	_cleanup_arena_ struct arena *a = arena_new();
	char *text = arena_alloc(a, 2000), *line, *caret;

	for (size_t i = 0; i < 400; i++)
		memcpy(text + 2 * i, "ä", 2);
	memcpy(text + 600, "BAD!", 4); /* columns 300 to 303 */
	wide(a, text, &line, &caret);
	assert_int_equal(columns(line), 120);
	assert_int_equal(columns(arena_strndup(a, line, (size_t)(strstr(line, "BAD") - line))),
			 strchr(caret, '^') - caret);
}

TEST(diag_wide_span_is_cut_with_the_line)
{
	_cleanup_arena_ struct arena *a = arena_new();
	const char *out = print_one(a, wide_line(a, 500, 100), 5, 400);
	const char *caret = strchr(out, '^');

	assert_int_equal(strspn(caret + 1, "~"), 114);
	assert_string_equal(caret + 115, "\n");
}

TEST(diag_wide_line_with_tabs_keeps_them_but_not_under_the_mark)
{
	_cleanup_arena_ struct arena *a = arena_new();
	char *text = wide_line(a, 400, 300), *line, *caret;

	text[240] = '\t'; /* where the cut is */
	text[250] = '\t';
	wide(a, text, &line, &caret);
	assert_int_equal(strncmp(line, "…", 3), 0);
	assert_int_equal(caret[0], ' ');
	assert_int_equal(caret[10], '\t');
	assert_int_equal(strspn(caret + 11, " "), 49);
}

TEST(diag_print_lets_nothing_steer_the_terminal)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct sources *s = sources_new(a);
	struct diags *d = diags_new(a);

	/* escape, C1 CSI, RIGHT-TO-LEFT OVERRIDE, NUL, a byte that is not UTF-8 */
	source_add(s, "f\033[2J",
		   "a\033b\xc2\x9b"
		   "c\xe2\x80\xae"
		   "d\0e\xff!",
		   14);
	diag_error(d, D_CONFIG, (struct span){ 1, 13, 1 }, "\"%s\"", "x\033]0;\ny\tz\xe2\x80\xae");
	diag_hint(d, "\r%s", "\x9b");
	assert_string_equal(print(a, d, s), "f\xef\xbf\xbd[2J:1:11: error: "
					    "\"x\xef\xbf\xbd]0;\\ny\tz\xef\xbf\xbd\"\n"
					    "    1 | a\xef\xbf\xbd"
					    "b\xef\xbf\xbd"
					    "c\xef\xbf\xbd"
					    "d\xef\xbf\xbd"
					    "e\xef\xbf\xbd!\n"
					    "      |           ^\n"
					    "  hint: \xef\xbf\xbd\xef\xbf\xbd\n");
}

TEST(diag_print_replaces_each_control)
{
	static const char *const controls[] = {
		"\x01",		"\x08",		"\r",		"\x1b",		"\x7f",
		"\xc2\x80",	"\xc2\x9f",	"\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\xa8",
		"\xe2\x80\xaa", "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa9",
	};
	_cleanup_arena_ struct arena *a = arena_new();

	for (size_t i = 0; i < sizeof(controls) / sizeof(*controls); i++) {
		struct diags *d = diags_new(a);

		diag_error(d, D_IO, NO_SPAN, "a%sb", controls[i]);
		assert_string_equal(print(a, d, NULL), "error: a\xef\xbf\xbd"
						       "b\n");
	}
}

TEST(diag_counts)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct diags *d = diags_new(a);

	assert_int_equal(diags_len(d), 0);
	assert_int_equal(diags_code(d), D_NONE);
	assert_null(diags_first(d));
	diag_warning(d, NO_SPAN, "w");
	assert_int_equal(diags_code(d), D_NONE);
	assert_int_equal(diag_error(d, D_QUOTA, NO_SPAN, "q"), -1);
	assert_int_equal(diag_error(d, D_BUG, NO_SPAN, "b"), -1);
	assert_int_equal(diags_len(d), 3);
	assert_int_equal(diags_errors(d), 2);
	assert_int_equal(diags_warnings(d), 1);
	assert_int_equal(diags_code(d), D_QUOTA);
	assert_int_equal(diags_first(d)->level, LEVEL_WARNING);
}

TEST(diag_additions_without_a_diagnostic_do_nothing)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct diags *d = diags_new(a);

	diag_hint(d, "h");
	diag_note(d, NO_SPAN, "n");
	diag_hide_source(d);
	diag_wrap(d, 0, "w");
	assert_int_equal(diags_len(d), 0);
	diag_error(d, D_IO, NO_SPAN, "e");
	assert_string_equal(print(a, d, NULL), "error: e\n");
}

TEST(diag_additions_go_to_the_last)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct diags *d = diags_new(a);

	diag_error(d, D_IO, NO_SPAN, "one");
	diag_error(d, D_IO, NO_SPAN, "two");
	diag_hint(d, "h");
	assert_null(diags_first(d)->hints);
	assert_string_equal(diags_first(d)->next->hints->text, "h");
}

TEST(diag_merge_copies_all)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct arena *worker = arena_new();
	struct diags *from = diags_new(worker), *to = diags_new(a);
	const struct diag *merged;

	diag_error(to, D_IO, NO_SPAN, "own");
	diag_warning(from, NO_SPAN, "warning");
	diag_error(from, D_THROTTLED, (struct span){ 1, 2, 3 }, "slow");
	diag_hint(from, "wait");
	diag_hint(from, "and wait");
	diag_note(from, (struct span){ 4, 5, 6 }, "there");
	diag_hide_source(from);
	diag_wrap(from, 0, "creating x");
	diags_merge(to, from);
	arena_free(worker); /* nothing may point there; AddressSanitizer looks */

	assert_int_equal(diags_len(to), 3);
	assert_int_equal(diags_errors(to), 2);
	merged = diags_first(to)->next->next;
	assert_int_equal(merged->code, D_THROTTLED);
	assert_int_equal(merged->span.len, 3);
	assert_true(merged->hide_source);
	assert_string_equal(merged->notes->text, "there");
	assert_int_equal(merged->notes->span.off, 5);
	assert_string_equal(print(a, to, NULL), "error: own\n"
						"warning: warning\n"
						"error: creating x: slow\n"
						"note: there\n"
						"  hint: wait\n"
						"  hint: and wait\n");
}

TEST(diag_merge_into_itself_ends)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct diags *d = diags_new(a);

	diag_error(d, D_IO, NO_SPAN, "x");
	diags_merge(d, d);
	assert_int_equal(diags_len(d), 2);
}
