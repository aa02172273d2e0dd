/*
 * due.c
 *	  How long until a deadline, for somebody who sleeps until then.
 */
#include "clockwork/due.h"

int64_t
due_sleep_ms(int64_t now, int64_t due, int64_t longest)
{
	if (due <= now)
		return 0;
	/* the difference of two instants may be more than an int64 holds */
	if ((now < 0 && due > INT64_MAX + now) || due - now > longest * 1000)
		return longest;
	return (due - now + 999) / 1000;
}
