/* plan.h - what is to be done, as plain data. Diff makes it, render prints it, apply runs it. */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include "model/expr.h"
#include "model/provider.h"
#include "model/resource.h"

enum action {
	ACTION_NOOP,
	ACTION_CREATE,
	ACTION_UPDATE,
	ACTION_REPLACE,
	ACTION_DELETE,
	ACTION_IMPORT,
	ACTION_FORGET,
	ACTION_MOVE,
};
enum reason_kind {
	REASON_STACK,	   /* changed in the stack */
	REASON_DRIFT,	   /* live differs from recorded */
	REASON_DELETED,	   /* deleted outside cinfra */
	REASON_CODE,	   /* code digest */
	REASON_FORCED,	   /* by the replacement of .subject */
	REASON_UNFINISHED, /* left by operation .subject */
	REASON_NEW,	   /* not in state */
	REASON_REMOVED,	   /* no longer in the stack */
	REASON_RETAINED,   /* removed, and retain was set: forgotten */
	REASON_TAINTED,	   /* asked for with --replace */
	REASON_DEPOSED,	   /* an old object of a create-first replacement */
	REASON_DESTROY,	   /* destroy was asked for */
};
struct reason {
	enum reason_kind kind;
	const char *subject; /* address, operation; NULL: none */
};

/* One property that differs. Paths are CFN's: "RedrivePolicy.maxReceiveCount", Tags["team"]. */
struct difference {
	const char *path;
	const struct prop *prop;    /* the row it belongs to; NULL below documents */
	const struct value *before; /* live; NULL: absent */
	const struct value *after;  /* wanted; NULL: back to AWS's default */
	enum reason_kind reason;    /* of a create or delete: the change's first one */
	const char *subject;
	bool unknown;	/* after, or a part of it, is known after apply */
	bool sensitive; /* never print before or after */
	bool replaces;	/* changing it replaces the resource */
	bool drifted;	/* live differs from recorded, whatever else changed */
};

struct differences {
	struct difference *items;
	size_t len, cap;
};

/* What refresh found out about one recorded or expected object. */
struct observed {
	bool absent;
	const char *id, *incarnation;
	const struct value *live, *attributes;
};

/* A resource as the state remembers it (state/state.h converts to this). */
struct recorded {
	const char *address, *id, *incarnation;
	const struct type *type; /* NULL: a type this version does not know */
	const char *type_name;
	const struct value *props, *attributes;
	const char *const *depends; /* addresses, NULL-terminated */
	bool protect, retain, empty_on_destroy;
	const char *pending_operation; /* unfinished work on it, NULL: none */
	bool unmarked;		       /* the provider's mark is not on it yet: an update puts it */
	const char *deposed;	       /* an old object: its key; NULL: the current one */
	/* id NULL: there is no current object; an unfinished replacement (pending_operation) deleted
	 * the old one. Planned as absent. */
};

struct change {
	const char *address;
	const struct type *type; /* wanted's; recorded->type may be another on REPLACE */
	const char *type_name;
	enum action action;
	bool delete_first; /* REPLACE */
	bool loses_data;
	bool excluded; /* not a target: nothing of it is done, its state entry stays as it is */
	bool stale;    /* its state entry is out of date: apply writes it, also on NOOP */
	bool done;     /* set by apply, see plan_resolve */
	const char *deposed; /* DELETE, FORGET of a deposed object: its key */
	VEC(struct reason) reasons;
	struct differences differences;
	const struct resource *wanted;	 /* NULL: delete, forget */
	const struct recorded *recorded; /* NULL: create */
	const struct observed *observed; /* NULL: not read */
	const struct value *after;	 /* wanted properties with what is known now */
	const struct value *attributes;	 /* as they will be, VALUE_UNKNOWN members for later */
	/* What must be there before this one is created or updated. Of a create-first replacement the
	 * new object suffices; a delete among them (it frees a name) must be over. */
	VEC(struct change *) needs;
	/* DELETE, REPLACE: what must be over before the (old) object is deleted. Of a delete-first
	 * replacement that its old object is gone suffices, everything else must be done whole.
	 * Create-first: after the own new object. needs and delete_needs never make a cycle. */
	VEC(struct change *) delete_needs;
	/* Addresses that the wanted resource refers to or names in depends_on: for the state. */
	VEC(const char *) depends;
	size_t index; /* in plan.changes */
};

enum verdict {
	VERDICT_EMPTY,
	VERDICT_CHANGES,
	VERDICT_DRIFT,
	VERDICT_IN_PROGRESS,
	VERDICT_UNFINISHED,
};

struct output_change {
	const char *name;
	const struct value *before, *after;
	bool sensitive;
};

struct plan {
	const char *stack, *stage;
	struct provider *provider;
	const struct account *account;
	const struct stack *source; /* NULL: as in plan_input */
	const struct value *recorded_outputs;
	bool destroy;
	VEC(struct change *) changes; /* every resource, no-ops too, in dependency order */
	VEC(struct output_change) outputs;
	struct map *by_address; /* current objects; deposed ones are only in changes */
	size_t to_add, to_change, to_destroy;
	enum verdict verdict;
	const char *operation;	 /* the other or the unfinished one; NULL */
	VEC(const char *) notes; /* "packages were not built: ..." */
};

struct plan_input {
	const struct stack *stack;	    /* NULL: destroy without evaluating the stack */
	const struct resource_list *wanted; /* empty: destroy */
	const struct recorded *const *recorded;
	size_t recorded_len;
	/* Observations by address, deposed ones by "address\ndeposed-key". */
	struct map *observed;
	struct provider *provider;
	const struct account *account;
	/* As in the state: name -> {value, sensitive}; or NULL. */
	const struct value *recorded_outputs;
	/* --target, --exclude, --replace: addresses or prefixes ("functions.http"). */
	const char *const *targets, *const *excludes, *const *replaces;
	bool destroy;
	bool unfinished;  /* a dead operation was found */
	bool in_progress; /* another run is at work */
	const char *operation;
};

/* Make the plan. Adds errors (cycles as the path that makes them, protected deletes, unknown
 * targets) and returns -1; the plan then holds what could be planned. */
int plan_make(struct arena *a, const struct plan_input *in, struct plan **ret, struct diags *d);

/* Evaluate a resource's properties with what the finished changes say (apply time): ignored
 * properties are as they are live, secrets are marked, nothing is unknown; else -1 with an error
 * that names what is missing. When a change is finished, apply sets its `after` (as resolved),
 * `attributes` and `observed` to what is there now, and `done`. */
int plan_resolve(struct arena *a, const struct plan *p, const struct change *c, struct value **ret,
		 struct diags *d);
/* The stack's outputs with what the finished changes say, as the state keeps them: name -> {value,
 * sensitive}. VALUE_UNKNOWN before that; as recorded where what they need was excluded. */
int plan_outputs(struct arena *a, const struct plan *p, struct value **ret, struct diags *d);
/* A property or attribute of a change as seen now: wanted, live, derived or the default;
 * VALUE_UNKNOWN when only apply will tell, VALUE_NULL when it is not set. NULL: no such. */
struct value *plan_attribute(struct arena *a, const struct plan *p, const char *address,
			     const char *property);
/* 0 nothing, 2 changes, 3 drift only, 4 in progress or unfinished. */
int plan_exit_code(const struct plan *p);

#endif
