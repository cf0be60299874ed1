#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <utime.h>

#include <zip.h>

#include "temp.h"
#include "base/file.h"
#include "base/zip.h"

struct fixture {
	const char *dir;
	struct arena *arena;
	struct diags *diags;
};

static struct fixture begin(void)
{
	struct fixture f = { .dir = temp_dir(), .arena = arena_new() };

	f.diags = diags_new(f.arena);
	assert_int_equal(mkdir(temp_path(f.dir, "src"), 0755), 0);
	return f;
}

static void end(struct fixture *f)
{
	temp_remove(f->dir);
	arena_free(f->arena);
}

static char *in(const struct fixture *f, const char *name)
{
	return arena_printf(f->arena, "%s/%s", f->dir, name);
}

/* A file below src/, with the folders on the way. */
static void put(const struct fixture *f, const char *name, const char *text, mode_t mode)
{
	char *path = in(f, arena_printf(f->arena, "src/%s", name));

	assert_int_equal(dir_make(path_dir(f->arena, path), 0755, f->diags), 0);
	temp_write(path, text, strlen(text), mode);
}

static void link_to(const struct fixture *f, const char *name, const char *target)
{
	assert_int_equal(symlink(target, in(f, arena_printf(f->arena, "src/%s", name))), 0);
}

static struct zip_plan plan_with(const struct fixture *f, const char *const *ignore)
{
	struct zip_plan plan = { 0 };

	if (zip_plan_path(f->arena, in(f, "src"), ignore, &plan, f->diags))
		fail_msg("%s", diags_first(f->diags)->message);
	return plan;
}

static struct zip_plan plan_of(const struct fixture *f)
{
	return plan_with(f, NULL);
}

/* "name name" of a plan, executables with a '*'. */
static const char *names(const struct fixture *f, const struct zip_plan *plan)
{
	const char *text = "";

	for (size_t i = 0; i < plan->len; i++)
		text = arena_printf(f->arena, "%s%s%s%s", text, i ? " " : "", plan->items[i].name,
				    plan->items[i].executable ? "*" : "");
	return text;
}

/* The error that planning src/ gives, with the test's folder cut out. */
static const char *plan_error(struct fixture *f)
{
	struct zip_plan plan = { .len = 9 };
	const char *text, *at;
	size_t skip;

	f->diags = diags_new(f->arena);
	assert_int_equal(zip_plan_path(f->arena, in(f, "src"), NULL, &plan, f->diags), -1);
	assert_int_equal(plan.len, 9);
	assert_int_equal(diags_len(f->diags), 1);
	assert_int_equal(diags_code(f->diags), D_IO);
	text = diags_first(f->diags)->message;
	skip = strlen(f->dir);
	while ((at = strstr(text, f->dir)))
		text = arena_printf(f->arena, "%.*sDIR%s", (int)(at - text), text, at + skip);
	return text;
}

struct bytes {
	char *data;
	size_t len;
};

static struct bytes write_zip(const struct fixture *f, const char *name)
{
	struct zip_plan plan = plan_of(f);
	struct bytes b = { 0 };

	if (zip_write(&plan, in(f, name), f->diags))
		fail_msg("%s", diags_first(f->diags)->message);
	assert_int_equal(file_read(f->arena, in(f, name), 100000000, &b.data, &b.len, f->diags), 0);
	return b;
}

static unsigned little(const char *p, size_t n)
{
	unsigned value = 0;

	while (n--)
		value = value << 8 | (unsigned char)p[n];
	return value;
}

TEST(zip_plan_lists_sorted_by_bytes)
{
	struct fixture f = begin();
	struct zip_plan plan;

	put(&f, "b.py", "12345", 0644);
	put(&f, "lib/z.py", "", 0644);
	put(&f, "lib/a.py", "123", 0600);
	put(&f, "lib.py", "", 0755);
	put(&f, "Z", "", 0654);
	put(&f, ".hidden", "", 0644);
	plan = plan_of(&f);
	assert_string_equal(names(&f, &plan), ".hidden Z* b.py lib.py* lib/a.py lib/z.py");
	assert_int_equal(plan.bytes, 8);
	assert_int_equal(plan.items[2].size, 5);
	assert_string_equal(plan.items[2].path, path_real(f.arena, in(&f, "src/b.py")));
	end(&f);
}

TEST(zip_plan_of_one_file)
{
	struct fixture f = begin();
	struct zip_plan plan, linked, folder;

	put(&f, "handler.py", "x = 1\n", 0644);
	assert_int_equal(zip_plan_path(f.arena, in(&f, "src/handler.py"), NULL, &plan, f.diags), 0);
	assert_string_equal(names(&f, &plan), "handler.py");
	assert_int_equal(plan.bytes, 6);
	folder = plan_of(&f);
	assert_string_equal(plan.digest, folder.digest);
	link_to(&f, "other.py", "handler.py");
	assert_int_equal(zip_plan_path(f.arena, in(&f, "src/other.py"), NULL, &linked, f.diags), 0);
	assert_string_equal(names(&f, &linked), "other.py");
	end(&f);
}

TEST(zip_digest_is_as_documented)
{
	struct fixture f = begin();
	struct sha256_ctx *c = sha256_begin();
	uint8_t sum[SHA256_LEN];
	struct zip_plan plan;

	put(&f, "a", "A", 0755);
	put(&f, "b", "", 0644);
	sha256("A", 1, sum);
	sha256_update(c, "a\0x", 3);
	sha256_update(c, sum, SHA256_LEN);
	sha256("", 0, sum);
	sha256_update(c, "b\0-", 3);
	sha256_update(c, sum, SHA256_LEN);
	sha256_end(c, sum);
	plan = plan_of(&f);
	assert_string_equal(plan.digest, hex_encode(f.arena, sum, SHA256_LEN));
	end(&f);
}

static const char *digest_of(const struct fixture *f)
{
	struct zip_plan plan = plan_of(f);

	return arena_strdup(f->arena, plan.digest);
}

TEST(zip_digest_follows_name_mode_and_content)
{
	struct fixture f = begin();
	const char *before, *now;

	put(&f, "a", "text", 0644);
	before = digest_of(&f);
	assert_int_equal(strlen(before), 64);
	put(&f, "a", "text", 0600); /* nobody's execute bit: the same */
	assert_string_equal(digest_of(&f), before);
	put(&f, "a", "text", 0744);
	now = digest_of(&f);
	assert_string_not_equal(now, before);
	put(&f, "a", "texT", 0644);
	assert_string_not_equal(digest_of(&f), before);
	put(&f, "a", "text", 0644);
	assert_string_equal(digest_of(&f), before);
	assert_int_equal(rename(in(&f, "src/a"), in(&f, "src/b")), 0);
	assert_string_not_equal(digest_of(&f), before);
	put(&f, "a", "text", 0644);
	now = digest_of(&f);
	assert_string_not_equal(now, before);
	end(&f);
}

TEST(zip_digest_does_not_follow_times_or_empty_folders)
{
	struct fixture f = begin();
	struct utimbuf old = { 1000000000, 1000000000 };
	const char *before;

	put(&f, "a", "text", 0644);
	before = digest_of(&f);
	assert_int_equal(utime(in(&f, "src/a"), &old), 0);
	assert_int_equal(mkdir(in(&f, "src/empty"), 0755), 0);
	assert_string_equal(digest_of(&f), before);
	end(&f);
}

TEST(zip_ignore_patterns)
{
	/* clang-format off */
	static const struct {
		const char *patterns[4];
		const char *expected;
	} cases[] = {
		{ { NULL }, "a.py a.pyc d/a.pyc d/e/x.txt d/x.txt x.txt" },
		{ { "*.pyc" }, "a.py d/e/x.txt d/x.txt x.txt" },
		{ { "/*.pyc" }, "a.py d/a.pyc d/e/x.txt d/x.txt x.txt" },
		{ { "d" }, "a.py a.pyc x.txt" },
		{ { "d/" }, "a.py a.pyc x.txt" },
		{ { "a.py/" }, "a.py a.pyc d/a.pyc d/e/x.txt d/x.txt x.txt" },
		{ { "d/*.txt" }, "a.py a.pyc d/a.pyc d/e/x.txt x.txt" },
		{ { "d/**" }, "a.py a.pyc x.txt" },
		{ { "**/e/**" }, "a.py a.pyc d/a.pyc d/x.txt x.txt" },
		{ { "*.txt", "*.pyc" }, "a.py" },
		{ { "", "/", "e" }, "a.py a.pyc d/a.pyc d/x.txt x.txt" },
	};
	/* clang-format on */
	struct fixture f = begin();

	put(&f, "a.py", "", 0644);
	put(&f, "a.pyc", "", 0644);
	put(&f, "x.txt", "", 0644);
	put(&f, "d/a.pyc", "", 0644);
	put(&f, "d/x.txt", "", 0644);
	put(&f, "d/e/x.txt", "", 0644);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct zip_plan plan = plan_with(&f, cases[i].patterns);

		assert_string_equal(names(&f, &plan), cases[i].expected);
	}
	end(&f);
}

TEST(zip_ignore_keeps_out_what_would_be_an_error)
{
	static const char *const ignore[] = { "*.sock", "out", NULL };
	struct fixture f = begin();
	struct zip_plan plan;

	put(&f, "a", "", 0644);
	assert_int_equal(mkfifo(in(&f, "src/x.sock"), 0600), 0);
	link_to(&f, "out", "/etc");
	plan = plan_with(&f, ignore);
	assert_string_equal(names(&f, &plan), "a");
	end(&f);
}

TEST(zip_links_inside_are_stored_as_content)
{
	struct fixture f = begin();
	struct zip_plan plan;

	put(&f, "real/tool", "#!", 0755);
	put(&f, "real/data", "12", 0644);
	link_to(&f, "tool", "real/tool");
	link_to(&f, "alias", "real");
	link_to(&f, "real/again", "data");
	plan = plan_of(&f);
	assert_string_equal(names(&f, &plan), "alias/again alias/data alias/tool* real/again "
					      "real/data real/tool* tool*");
	assert_int_equal(plan.bytes, 14);
	end(&f);
}

TEST(zip_content_of_links_is_sorted_with_the_rest)
{
	struct fixture f = begin();
	struct zip_plan plan;

	put(&f, "real/x", "", 0644);
	put(&f, "lib.txt", "", 0644);
	link_to(&f, "lib", "real");
	plan = plan_of(&f);
	assert_string_equal(names(&f, &plan), "lib.txt lib/x real/x");
	end(&f);
}

TEST(zip_ignore_applies_below_links)
{
	static const char *const ignore[] = { "alias/data", NULL };
	struct fixture f = begin();
	struct zip_plan plan;

	put(&f, "real/data", "12", 0644);
	put(&f, "real/more", "12", 0644);
	link_to(&f, "alias", "real");
	plan = plan_with(&f, ignore);
	assert_string_equal(names(&f, &plan), "alias/more real/data real/more");
	end(&f);
}

TEST(zip_the_folder_itself_may_be_a_link)
{
	struct fixture f = begin();
	struct zip_plan plan;

	put(&f, "a", "", 0644);
	assert_int_equal(symlink("src", in(&f, "link")), 0);
	assert_int_equal(zip_plan_path(f.arena, in(&f, "link"), NULL, &plan, f.diags), 0);
	assert_string_equal(names(&f, &plan), "a");
	end(&f);
}

TEST(zip_links_out_are_errors)
{
	static const char *const targets[] = { "/etc/passwd", "..", "../secret", "../src2/f" };
	struct fixture f = begin();

	put(&f, "a", "", 0644);
	put(&f, "../secret", "x", 0644);
	put(&f, "../src2/f", "x", 0644); /* begins as the folder's name does */
	for (size_t i = 0; i < sizeof(targets) / sizeof(*targets); i++) {
		link_to(&f, "out", targets[i]);
		assert_string_equal(plan_error(&f), "the link \"DIR/src/out\" leads out of "
						    "\"DIR/src\"");
		assert_int_equal(unlink(in(&f, "src/out")), 0);
	}
	/* by way of a link that is inside */
	link_to(&f, "out", "over");
	link_to(&f, "over", "../secret");
	assert_string_equal(plan_error(&f), "the link \"DIR/src/out\" leads out of \"DIR/src\"");
	end(&f);
}

TEST(zip_links_to_nothing_are_errors)
{
	struct fixture f = begin();

	link_to(&f, "dangling", "none");
	assert_string_equal(plan_error(&f), "the link \"DIR/src/dangling\" leads nowhere");
	assert_int_equal(unlink(in(&f, "src/dangling")), 0);
	link_to(&f, "loop", "loop");
	assert_string_equal(plan_error(&f), "the link \"DIR/src/loop\" leads nowhere");
	end(&f);
}

/* What is not there, and what cannot be looked at, are two things. */
TEST(zip_paths_that_lead_nowhere)
{
	struct fixture f = begin();
	struct zip_plan plan;

	put(&f, "file", "", 0644);
	assert_int_equal(zip_plan_path(f.arena, in(&f, "none"), NULL, &plan, f.diags), -1);
	assert_non_null(strstr(diags_first(f.diags)->message, "none\" does not exist"));
	f.diags = diags_new(f.arena);
	assert_int_equal(zip_plan_path(f.arena, in(&f, "src/file/x"), NULL, &plan, f.diags), -1);
	assert_non_null(strstr(diags_first(f.diags)->message, "Not a directory"));
	end(&f);
}

TEST(zip_links_that_never_end_are_errors)
{
	struct fixture f = begin();

	put(&f, "d/x", "", 0644);
	link_to(&f, "d/self", ".");
	assert_string_equal(plan_error(&f), "the link \"DIR/src/d/self\" leads to a folder that "
					    "contains it");
	assert_int_equal(unlink(in(&f, "src/d/self")), 0);
	link_to(&f, "d/up", "..");
	assert_string_equal(plan_error(&f), "the link \"DIR/src/d/up\" leads to a folder that "
					    "contains it");
	assert_int_equal(unlink(in(&f, "src/d/up")), 0);
	/* in two steps */
	put(&f, "e/x", "", 0644);
	link_to(&f, "d/to_e", "../e");
	link_to(&f, "e/to_d", "../d");
	assert_string_equal(plan_error(&f), "the link \"DIR/src/e/to_d\" leads to a folder that "
					    "contains it");
	end(&f);
}

TEST(zip_links_that_multiply_are_limited)
{
	struct fixture f = begin();

	/* There is not even a file in them. */
	assert_int_equal(mkdir(in(&f, "src/l0"), 0755), 0);
	for (int i = 1; i < 25; i++) {
		const char *down = arena_printf(f.arena, "../l%d", i - 1);

		assert_int_equal(mkdir(in(&f, arena_printf(f.arena, "src/l%d", i)), 0755), 0);
		link_to(&f, arena_printf(f.arena, "l%d/a", i), down);
		link_to(&f, arena_printf(f.arena, "l%d/b", i), down);
	}
	assert_string_equal(plan_error(&f), "\"DIR/src\" has more than 10000 links to folders, "
					    "counting those that they lead to");
	end(&f);
}

TEST(zip_refuses_pipes_and_links_to_them)
{
	struct fixture f = begin();

	assert_int_equal(mkfifo(in(&f, "src/pipe"), 0600), 0);
	assert_string_equal(plan_error(&f), "\"DIR/src/pipe\" is neither a file nor a folder nor a "
					    "link");
	assert_int_equal(rename(in(&f, "src/pipe"), in(&f, "pipe")), 0);
	link_to(&f, "pipe", "../pipe");
	assert_string_equal(plan_error(&f), "the link \"DIR/src/pipe\" leads out of \"DIR/src\"");
	end(&f);
}

TEST(zip_refuses_a_pipe_as_the_package)
{
	struct fixture f = begin();

	assert_int_equal(rmdir(in(&f, "src")), 0);
	assert_int_equal(mkfifo(in(&f, "src"), 0600), 0);
	assert_string_equal(plan_error(&f), "\"DIR/src\" is neither a file nor a folder");
	end(&f);
}

TEST(zip_refuses_nothing)
{
	static const char *const all[] = { "*", NULL };
	struct fixture f = begin();
	struct zip_plan plan = { 0 };

	assert_string_equal(plan_error(&f), "\"DIR/src\" has no files to package");
	put(&f, "a", "", 0644);
	assert_int_equal(zip_plan_path(f.arena, in(&f, "src"), all, &plan, f.diags), -1);
	assert_int_equal(zip_plan_path(f.arena, in(&f, "none"), NULL, &plan, f.diags), -1);
	temp_write(in(&f, "kept"), "x", 1, 0644);
	assert_int_equal(zip_write(&plan, in(&f, "kept"), f.diags), -1);
	assert_true(file_exists(in(&f, "kept")));
	end(&f);
}

TEST(zip_refuses_names_that_are_not_utf8)
{
	struct fixture f = begin();

	put(&f, "a\xff", "", 0644);
	assert_string_equal(plan_error(&f), "the name of \"DIR/src/a\xff\" is not UTF-8");
	end(&f);
}

TEST(zip_refuses_what_it_cannot_read)
{
	struct fixture f = begin();

	put(&f, "a", "x", 0);
	temp_unprivileged(true);
	assert_string_equal(plan_error(&f), "cannot read \"DIR/src/a\": Permission denied");
	temp_unprivileged(false);
	end(&f);
}

static void assert_entry(zip_t *archive, zip_uint64_t index, const char *name, const char *content,
			 mode_t mode)
{
	char buf[100] = { 0 };
	zip_file_t *file = zip_fopen_index(archive, index, 0);
	zip_uint8_t system = 0;
	zip_uint32_t attributes = 0;

	assert_string_equal(zip_get_name(archive, index, ZIP_FL_ENC_RAW), name);
	assert_non_null(file);
	assert_int_equal(zip_fread(file, buf, sizeof(buf)), strlen(content));
	assert_string_equal(buf, content);
	zip_fclose(file);
	zip_file_get_external_attributes(archive, index, 0, &system, &attributes);
	assert_int_equal(system, ZIP_OPSYS_UNIX);
	assert_int_equal(attributes >> 16, mode);
}

TEST(zip_write_holds_all)
{
	struct fixture f = begin();
	struct bytes b;
	zip_t *archive;

	put(&f, "run", "#!/bin/sh\n", 0700);
	put(&f, "lib/a", "content", 0640);
	put(&f, "empty", "", 0644);
	put(&f, "ä/€", "utf-8", 0644);
	link_to(&f, "z", "lib/a");
	b = write_zip(&f, "out.zip");
	assert_true(b.len > 100);
	archive = zip_open(in(&f, "out.zip"), ZIP_RDONLY | ZIP_CHECKCONS, NULL);
	assert_non_null(archive);
	assert_int_equal(zip_get_num_entries(archive, 0), 5);
	assert_entry(archive, 0, "empty", "", 0100644);
	assert_entry(archive, 1, "lib/a", "content", 0100644);
	assert_entry(archive, 2, "run", "#!/bin/sh\n", 0100755);
	assert_entry(archive, 3, "z", "content", 0100644);
	assert_entry(archive, 4, "ä/€", "utf-8", 0100644);
	zip_discard(archive);
	end(&f);
}

/* The bytes themselves, of both headers of each entry (APPNOTE 4.3.7, 4.3.12, 4.3.16). */
TEST(zip_headers_have_nothing_of_this_machine)
{
	struct fixture f = begin();
	const char *local, *central, *tail;
	struct bytes b;

	put(&f, "a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0755);
	put(&f, "ü", "x", 0644);
	b = write_zip(&f, "out.zip");
	local = b.data;
	tail = b.data + b.len - 22; /* as long as it has no comment */
	assert_memory_equal(tail, "PK\5\6", 4);
	assert_int_equal(little(tail + 20, 2), 0);
	assert_int_equal(little(tail + 10, 2), 2);
	central = b.data + little(tail + 16, 4);
	for (int i = 0; i < 2; i++) {
		const char *header = b.data + little(central + 42, 4);

		assert_ptr_equal(header, local);
		assert_memory_equal(local, "PK\3\4", 4);
		assert_int_equal(little(local + 6, 2), i ? 0x802 : 2); /* UTF-8; level 9 */
		assert_int_equal(little(local + 8, 2), 8);	       /* deflated */
		assert_int_equal(little(local + 10, 2), 0);	       /* 00:00:00 */
		assert_int_equal(little(local + 12, 2), 33);	       /* 1980-01-01 */
		assert_int_equal(little(local + 28, 2), 0);	       /* no extra field */
		assert_memory_equal(central, "PK\1\2", 4);
		assert_int_equal(central[5], 3); /* UNIX */
		assert_int_equal(little(central + 12, 2), 0);
		assert_int_equal(little(central + 14, 2), 33);
		assert_int_equal(little(central + 30, 2), 0);
		assert_int_equal(little(central + 32, 2), 0);
		assert_int_equal(little(central + 38, 4) >> 16, i ? 0100644 : 0100755);
		assert_int_equal(little(central + 38, 4) & 0xffff, 0);
		local += 30 + little(local + 26, 2) + little(local + 18, 4);
		central += 46 + little(central + 28, 2);
	}
	assert_ptr_equal(central, tail);
	end(&f);
}

/* Two folders with the same content, made in another order and with other times and modes. */
static void fill(const struct fixture *f, bool reverse)
{
	static const char *const files[] = { "a", "b/c", "b/d", "e.py", "f/g/h" };
	struct utimbuf times = { 1500000000, 1500000000 };

	for (size_t i = 0; i < 5; i++) {
		size_t at = reverse ? 4 - i : i;

		put(f, files[at], files[at], at == 3 ? (reverse ? 0711 : 0777) : 0644);
		times.modtime += reverse ? 999999 : 7;
		assert_int_equal(utime(in(f, arena_printf(f->arena, "src/%s", files[at])), &times),
				 0);
	}
}

TEST(zip_bytes_are_the_same_everywhere)
{
	static const char *const zones[] = { "UTC",	      "America/New_York", "Asia/Kolkata",
					     "XXX+12",	      "XXX-14",		  "Africa/Monrovia",
					     "Europe/Berlin", "AAA0BBB,J60,J300" };
	struct fixture f = begin(), other = begin();
	struct bytes first, second;
	mode_t before = umask(0);

	fill(&f, false);
	umask(0077);
	fill(&other, true);
	setenv("TZ", "UTC", 1);
	tzset();
	first = write_zip(&f, "out.zip");
	for (size_t i = 0; i < sizeof(zones) / sizeof(*zones); i++) {
		setenv("TZ", zones[i], 1);
		tzset();
		second = write_zip(&other, "other.zip");
		assert_int_equal(second.len, first.len);
		assert_memory_equal(second.data, first.data, first.len);
	}
	unsetenv("TZ");
	tzset();
	umask(before);
	assert_string_equal(digest_of(&f), digest_of(&other));
	end(&other);
	end(&f);
}

TEST(zip_write_over_an_old_file)
{
	struct fixture f = begin();
	struct bytes once, again;

	put(&f, "a", "x", 0644);
	once = write_zip(&f, "out.zip");
	temp_write(in(&f, "out.zip"), "not a zip, and longer than one would be............", 50,
		   0644);
	again = write_zip(&f, "out.zip");
	assert_int_equal(again.len, once.len);
	assert_memory_equal(again.data, once.data, once.len);
	end(&f);
}

TEST(zip_write_fails)
{
	struct fixture f = begin();
	struct zip_plan plan;
	struct file_list list;

	put(&f, "a", "x", 0644);
	put(&f, "b", "x", 0644);
	plan = plan_of(&f);
	assert_int_equal(zip_write(&plan, in(&f, "none/out.zip"), f.diags), -1);
	assert_int_equal(zip_write(&plan, in(&f, "src"), f.diags), -1);
	/* gone since it was planned */
	assert_int_equal(unlink(in(&f, "src/b")), 0);
	assert_int_equal(zip_write(&plan, in(&f, "out.zip"), f.diags), -1);
	assert_int_equal(diags_errors(f.diags), 3);
	assert_false(file_exists(in(&f, "out.zip")));
	assert_int_equal(dir_walk(f.arena, f.dir, NULL, NULL, 9, &list, f.diags), 0);
	assert_int_equal(list.len, 1); /* no half-written file */
	end(&f);
}

/* Peak of the memory that this process has used, in KiB. */
static long peak_kib(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

enum { LARGE = 64 * 1024 * 1024 };

/* In a process of its own, whose peak is not one of another test. */
static bool writes_in_little_memory(const struct fixture *f)
{
	int status = 0;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		long before = peak_kib();
		struct zip_plan plan;

		if (zip_plan_path(f->arena, in(f, "src"), NULL, &plan, f->diags) ||
		    zip_write(&plan, in(f, "out.zip"), f->diags))
			_exit(1);
		_exit(peak_kib() - before < LARGE / 1024 / 4 ? 0 : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status == 0;
}

TEST(zip_write_streams)
{
	struct fixture f = begin();
	struct stat st;

	put(&f, "large", "", 0644);
	assert_int_equal(truncate(in(&f, "src/large"), LARGE), 0);
	assert_true(writes_in_little_memory(&f));
	assert_int_equal(stat(in(&f, "out.zip"), &st), 0);
	assert_true(st.st_size > 1000 && st.st_size < 100000);
	end(&f);
}

TEST(zip_of_somebody_else)
{
	struct fixture f = begin();
	const char *out = in(&f, "it.zip");
	struct zip_plan plan;
	int64_t bytes = 0;

	put(&f, "a.txt", "12345", 0644);
	put(&f, "b/c.txt", "123", 0644);
	plan = plan_with(&f, NULL);
	assert_int_equal(zip_write(&plan, out, f.diags), 0);
	assert_true(zip_is_one(out));
	assert_false(zip_is_one(in(&f, "src")));
	assert_int_equal(zip_unpacked_size(out, &bytes, f.diags), 0);
	assert_int_equal(bytes, 8);
	temp_write(out, "no zip", 6, 0644);
	assert_int_equal(zip_unpacked_size(out, &bytes, f.diags), -1);
	assert_int_equal(diags_len(f.diags), 1);
	end(&f);
}
