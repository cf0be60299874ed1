/* owner.h - which process holds an operation, told apart from later ones with the same pid. */
#ifndef STATE_OWNER_H
#define STATE_OWNER_H

#include "model/value.h"

enum owner_status {
	OWNER_ALIVE,
	OWNER_GONE,	 /* it ran on this host and is no more */
	OWNER_ELSEWHERE, /* on another host, or before this one was restarted: nobody can tell */
};

/* {boot_id pid_namespace pid start_time} of this process. */
struct value *owner_self(struct arena *a);
enum owner_status owner_status(const struct value *owner);

#endif
