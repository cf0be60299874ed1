/* banned.h - functions that must not be used, after git's: calling one does not compile.
 *
 * Include it last, after every other header: headers of the system may use these names.
 * Instead: str_add and arena_printf for strings, gmtime_r and clock.h for time, strtok_r or a
 * loop for words, arena_alloc for memory, posix_spawn for processes.
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

/* The C library may define some of them as macros; poisoning a macro is a warning. */
#undef strcpy
#undef strcat
#undef sprintf
#undef vsprintf
#undef strtok
#undef gets
#undef localtime
#undef gmtime
#undef ctime
#undef asctime
#undef alloca
#undef system
#undef popen

#pragma GCC poison strcpy strcat sprintf vsprintf strtok gets
#pragma GCC poison localtime gmtime ctime asctime
#pragma GCC poison alloca system popen

#endif
