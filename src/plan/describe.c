#include "plan/describe.h"

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

const char *action_name(enum action a)
{
	static const char *const names[] = {
		[ACTION_NOOP] = "no-op",    [ACTION_CREATE] = "create",
		[ACTION_UPDATE] = "update", [ACTION_REPLACE] = "replace",
		[ACTION_DELETE] = "delete", [ACTION_IMPORT] = "import",
		[ACTION_FORGET] = "forget", [ACTION_MOVE] = "move",
	};

	return names[a];
}

const char *action_symbol(const struct change *c)
{
	static const char *const symbols[] = {
		[ACTION_NOOP] = " ",	[ACTION_CREATE] = "+", [ACTION_UPDATE] = "~",
		[ACTION_REPLACE] = "~", [ACTION_DELETE] = "-", [ACTION_IMPORT] = "&",
		[ACTION_FORGET] = ".",	[ACTION_MOVE] = ">",
	};

	if (c->action == ACTION_REPLACE)
		return c->delete_first ? "-/+" : "+/-";
	return symbols[c->action];
}

const char *describe_action(const struct change *c)
{
	static const char *const texts[] = {
		[ACTION_NOOP] = "stays as it is",
		[ACTION_CREATE] = "will be created",
		[ACTION_UPDATE] = "will be updated in place",
		[ACTION_REPLACE] = "must be replaced",
		[ACTION_DELETE] = "will be deleted",
		[ACTION_IMPORT] = "will be imported",
		[ACTION_FORGET] = "will be forgotten",
		[ACTION_MOVE] = "will be moved",
	};

	if (c->action == ACTION_REPLACE)
		return c->delete_first ? "must be replaced: deleted, then created"
				       : "must be replaced: created, then the old one deleted";
	return texts[c->action];
}

const char *reason_name(enum reason_kind kind)
{
	static const char *const names[] = {
		[REASON_STACK] = "stack",	[REASON_DRIFT] = "drift",
		[REASON_DELETED] = "deleted",	[REASON_CODE] = "code",
		[REASON_FORCED] = "forced",	[REASON_UNFINISHED] = "unfinished",
		[REASON_NEW] = "new",		[REASON_REMOVED] = "removed",
		[REASON_RETAINED] = "retained", [REASON_TAINTED] = "replace_asked",
		[REASON_DEPOSED] = "deposed",	[REASON_DESTROY] = "destroy",
	};

	return names[kind];
}

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[] = {
		[VERDICT_EMPTY] = "empty",	     [VERDICT_CHANGES] = "changes",
		[VERDICT_DRIFT] = "drift",	     [VERDICT_IN_PROGRESS] = "in_progress",
		[VERDICT_UNFINISHED] = "unfinished",
	};

	return names[verdict];
}

const char *reason_text(struct arena *a, const struct reason *r)
{
	static const char *const texts[] = {
		[REASON_STACK] = "changed in the stack",
		[REASON_DRIFT] = "drifted: changed outside cinfra",
		[REASON_DELETED] = "deleted outside cinfra",
		[REASON_CODE] = "its code changed",
		[REASON_FORCED] = "forced by the replacement of",
		[REASON_UNFINISHED] = "left unfinished by operation",
		[REASON_NEW] = "new in the stack",
		[REASON_REMOVED] = "no longer in the stack",
		[REASON_RETAINED] = "retained: it stays in AWS, cinfra no longer manages it",
		[REASON_TAINTED] = "asked for with --replace",
		[REASON_DEPOSED] = "the old object of a replacement",
		[REASON_DESTROY] = "destroy was asked for",
	};

	return r->subject ? arena_printf(a, "%s %s", texts[r->kind], r->subject) : texts[r->kind];
}

static const char *forced_text(struct arena *a, const struct plan *p, const struct reason *r)
{
	const struct change *subject = map_get(p->by_address, r->subject);

	if (subject && subject->action == ACTION_CREATE)
		return arena_printf(a, "forced by the re-creation of %s", r->subject);
	if (subject && subject->action == ACTION_UPDATE)
		return arena_printf(a, "forced by the change of %s", r->subject);
	return reason_text(a, r);
}

const char *describe_reason(struct arena *a, const struct plan *p, const struct change *c,
			    const struct reason *r)
{
	switch (r->kind) {
	case REASON_STACK:
	case REASON_NEW:
	case REASON_DESTROY:
		return NULL;
	case REASON_FORCED:
		return forced_text(a, p, r);
	case REASON_DELETED:
		return c->action == ACTION_FORGET ? "it is gone already: only the state forgets it"
						  : reason_text(a, r);
	default:
		return reason_text(a, r);
	}
}

const char *describe_replacement(struct arena *a, const struct change *c)
{
	_cleanup_str_ struct str out = STR_INIT;
	size_t total = 0, n = 0;

	for (size_t i = 0; i < c->differences.len; i++)
		total += c->differences.items[i].replaces;
	if (c->action != ACTION_REPLACE)
		return NULL;
	if (!str_eq(c->recorded->type_name, c->type_name))
		return arena_printf(a, "replaced because its type changes: it was %s",
				    c->recorded->type_name);
	if (!total)
		return NULL;
	for (size_t i = 0; i < c->differences.len; i++) {
		if (!c->differences.items[i].replaces)
			continue;
		if (n++)
			str_add(&out, n == total ? " and " : ", ");
		str_add(&out, c->differences.items[i].path);
	}
	return arena_printf(a, "replaced because %s %s", str_text(&out),
			    total == 1 ? "changes" : "change");
}

static int by_address(const void *a, const void *b)
{
	const struct change *one = *(struct change *const *)a, *two = *(struct change *const *)b;
	int order = strcmp(one->address, two->address);

	if (order || (!one->deposed && !two->deposed))
		return order;
	if (!one->deposed || !two->deposed)
		return one->deposed ? 1 : -1;
	return strcmp(one->deposed, two->deposed);
}

const struct change **describe_changes(struct arena *a, const struct plan *p, size_t *ret_len)
{
	const struct change **all = arena_array(a, p->changes.len, sizeof(*all));
	size_t len = 0;

	for (size_t i = 0; i < p->changes.len; i++)
		if (p->changes.items[i]->action != ACTION_NOOP)
			all[len++] = p->changes.items[i];
	if (len)
		qsort(all, len, sizeof(*all), by_address);
	*ret_len = len;
	return all;
}
