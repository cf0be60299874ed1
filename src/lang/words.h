/* words.h - the words of the language that belong to no kind, as schema rows: validation and the
 * JSON Schema read the same. */
#ifndef LANG_WORDS_H
#define LANG_WORDS_H

#include "model/schema.h"

extern const struct prop words_entry[];	   /* what every entry takes */
extern const struct prop words_resource[]; /* beside them: an entry of `resources` */
extern const struct prop words_timeouts[];
extern const struct prop words_variable[];
extern const struct prop words_aws[];
extern const struct prop words_state[];
extern const struct prop words_packages[];
extern const struct prop words_random[];
extern const struct prop words_output[];

/* Keys of the top level that are no kind's section. */
struct top_word {
	const char *name, *doc;
};
extern const struct top_word words_top[]; /* ends with a NULL name */

/* Sections that the language has but this version does not. */
extern const char *const words_later[]; /* NULL-terminated */

/* Advice on a top-level key from another tool (CloudFormation's, Serverless', ...); NULL: none. */
const char *words_foreign(const char *key);

#endif
