/* package.h - code packages: run `build:` commands when their sources have changed, zip what they
 * made. `folder` is .cinfra beside the stack. Records lie in .cinfra/build, zips in .cinfra/packages. */
#ifndef CMD_PACKAGE_H
#define CMD_PACKAGE_H

#include "cmd/cli.h"
#include "plan/plan.h"

/* Run the build commands whose inputs differ from those of their last success. *ret_built: any
 * ran, so that packages are to be digested again. */
int package_build_all(struct cli *cli, const char *stack_dir, const char *folder,
		      const struct resource_list *resources, bool *ret_built);
/* Say in the plan's notes which packages' sources have changed since they were built. */
void package_notes(struct arena *a, const char *stack_dir, const char *folder,
		   const struct resource_list *resources, struct plan *plan);
/* Where each package's zip will be: sets zip_path. */
void package_paths(struct arena *a, const char *folder, const struct resource_list *resources);
/* Make the zip unless it is there. Any thread. Code that changed since the plan is an error. */
int package_zip(const struct package *p, struct diags *d);
/* Of the plan's packages, those that are too large to be sent and have nowhere to go are errors.
 * How large a zip will be is known once it is made: large ones are. */
int package_check(const struct plan *plan, struct diags *d);
/* Remove the zips that no resource wants any more. */
void package_clean(const char *folder, const struct resource_list *resources);

#endif
