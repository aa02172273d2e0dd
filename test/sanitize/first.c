/*
 * first.c
 *	  Starts AddressSanitizer before any other library is initialised.
 *
 * It starts at the first malloc.  When that is one inside newlocale, which
 * libp11-kit (under libldap) calls as it is initialised, it asks for a lock
 * that newlocale holds, and every later use of a locale waits for ever.
 * Preloaded behind AddressSanitizer, linked with -z initfirst.
 */
#include <stdlib.h>

static void *volatile anything;

__attribute__((constructor)) static void
start_address_sanitizer(void)
{
	anything = malloc(1);
	free(anything);
}
