/*
 * exact.h
 *	  Heap copies of exactly the bytes that are there.
 *
 * AddressSanitizer and valgrind see a read past the end of such a copy, which
 * they would not in the middle of a larger buffer.
 */
#ifndef EXACT_H
#define EXACT_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static inline void *
exact_room(size_t n)
{
	void	   *room = malloc(n);

	if (room == NULL && n > 0)
		abort();
	return room;
}

/* The caller frees it. */
static inline uint8_t *
exact_copy(const uint8_t *bytes, size_t n)
{
	/* no bytes at all would look uninitialised to the compiler */
	uint8_t    *copy = calloc(n, 1);

	if (copy == NULL && n > 0)
		abort();
	if (n > 0)
		memcpy(copy, bytes, n);
	return copy;
}

#endif							/* EXACT_H */
