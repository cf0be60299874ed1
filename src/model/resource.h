/* resource.h - the stack after reading (entries) and after expansion (resources). */
#ifndef MODEL_RESOURCE_H
#define MODEL_RESOURCE_H

#include "base/map.h"
#include "base/vec.h"
#include "model/schema.h"
#include "model/value.h"

enum replace_mode { REPLACE_AUTO, REPLACE_CREATE_FIRST, REPLACE_DELETE_FIRST };

/* What every entry may say about how it is managed. */
struct lifecycle {
	VEC(const char *) depends_on; /* addresses as written */
	struct span depends_on_span;
	bool protect, retain;
	VEC(const char *) ignore_changes; /* properties, CFN's names; "*" is all */
	enum replace_mode replace;
	struct value *timeouts; /* {create update delete: seconds}, NULL: the type's */
};

/* One entry of a section: queues.jobs, or queues.jobs["a"] under for_each. */
struct entry {
	const char *section, *key, *each_key; /* each_key NULL without for_each */
	const char *address;
	struct span span; /* of its key */
	/* As written, less the common words; defaults merged, early names evaluated. */
	struct value *body;
	const char *name; /* `name:` as written, NULL when absent */
	struct span name_span;
	bool name_unknown;	  /* `name:` is there, and not known before apply */
	const char *description;  /* NULL when absent */
	struct value *tags;	  /* a map or NULL */
	struct value *properties; /* raw CloudFormation properties, merged last; or NULL */
	struct lifecycle life;
	const struct kind *kind; /* NULL: an entry of `resources` */
	struct value *type;	 /* `resources` only: the type's name */
};

struct output {
	const char *name;
	struct span span;
	struct value *value;
	const char *description;
	bool sensitive;
};

struct random_value {
	const char *name;
	int length;
	bool upper, special;
};

struct stack {
	const char *name, *stage; /* stage NULL when there is none */
	struct span name_span;
	const char *file, *dir; /* path of the file, and its folder */
	struct value *aws;	/* {region profile role account tags}, or NULL */
	struct value *state;	/* {s3: ...}, or NULL */
	struct value *packages; /* {s3: {bucket prefix account}}, or NULL */
	VEC(struct entry *) entries;
	struct map *by_address;	 /* address -> struct entry * */
	struct value *overrides; /* address -> properties; NULL without any */
	VEC(struct output *) outputs;
	VEC(struct random_value) random;
	struct map *secrets; /* names of variables that are sensitive */
};

/* A resource the stack wants. */
struct resource {
	const char *address;
	const struct type *type;
	struct span span;
	struct value *props; /* CFN's names; VALUE_EXPR leaves refer to other resources */
	struct lifecycle life;
	const char *description;
	/* Work before its calls, or NULL: a code package to build and zip. */
	struct package *package;
	/* Empty a bucket before it is deleted. Recorded in state. */
	bool empty_on_destroy;
};

/* Code of a function or layer: the digest is a property (see docs/ARCHITECTURE.md). */
struct package {
	const char *address; /* of the resource it belongs to */
	const char *path;    /* folder or file, as resolved */
	const char *const *ignore;
	const char *build_command, *build_dir; /* NULL: none */
	struct value *build_env;	       /* map or NULL */
	const char *const *build_sources;      /* patterns or NULL: everything */
	const struct value *s3;		       /* where a large one goes: bucket prefix account */
	struct span span;
	const char *zip_path; /* set once it is packed */
	char digest[65];      /* content digest; "" until planned */
	bool large;	      /* the zip may be too large for a call */
};

struct resource_list {
	struct resource **items;
	size_t len, cap;
};

#endif
