#include "state/owner.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/banned.h"

enum { PROC_MAX = 64 * 1024, START_TIME_FIELD = 22 };

/* A file of /proc without its newline; NULL when it cannot be read. */
static char *read_proc(struct arena *a, const char *path)
{
	char *text;
	size_t len;

	if (file_read(a, path, PROC_MAX, &text, &len, diags_new(a)))
		return NULL;
	text[strcspn(text, "\n")] = '\0';
	return text;
}

/* Start of a process in ticks since boot; -1 when there is none, or only its corpse. The name
 * before it may hold anything, so fields are counted from the last parenthesis. */
static int64_t start_time(struct arena *a, int64_t pid)
{
	char *text = read_proc(a, arena_printf(a, "/proc/%lld/stat", (long long)pid));
	char *at = text ? strrchr(text, ')') : NULL, *word, *rest;
	int64_t ticks = -1;

	if (!at || str_starts(at, ") Z") || str_starts(at, ") X"))
		return -1;
	word = strtok_r(at + 1, " ", &rest);
	for (int field = 3; word && field < START_TIME_FIELD; field++)
		word = strtok_r(NULL, " ", &rest);
	return word && str_to_int64(word, &ticks) ? ticks : -1;
}

static char *pid_namespace(struct arena *a)
{
	char link[128];
	ssize_t n = readlink("/proc/self/ns/pid", link, sizeof(link));

	return n > 0 ? arena_strndup(a, link, (size_t)n) : arena_strdup(a, "");
}

static const char *boot_id(struct arena *a)
{
	const char *id = read_proc(a, "/proc/sys/kernel/random/boot_id");

	return id ? id : "";
}

struct value *owner_self(struct arena *a)
{
	struct value *owner = value_map(a);
	int64_t pid = getpid();

	value_set(a, owner, "boot_id", value_string(a, boot_id(a)));
	value_set(a, owner, "pid_namespace", value_string(a, pid_namespace(a)));
	value_set(a, owner, "pid", value_int(a, pid));
	value_set(a, owner, "start_time", value_int(a, start_time(a, pid)));
	return owner;
}

enum owner_status owner_status(const struct value *owner)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	const char *boot = value_text_at(owner, "boot_id");
	int64_t pid = value_int_or(value_get(owner, "pid"), -1);
	int64_t started = value_int_or(value_get(owner, "start_time"), -1);

	if (!boot || !*boot || pid <= 0 || started < 0 || !str_eq(boot, boot_id(scratch)))
		return OWNER_ELSEWHERE;
	if (!str_eq(value_text_at(owner, "pid_namespace"), pid_namespace(scratch)))
		return OWNER_ELSEWHERE;
	return start_time(scratch, pid) == started ? OWNER_ALIVE : OWNER_GONE;
}
