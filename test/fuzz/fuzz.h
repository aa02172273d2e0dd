/*
 * fuzz.h
 *	  What the fuzz targets share.
 *
 * A target states properties of the codec and aborts when one is broken.  All
 * buffers it hands to the codec are heap copies of exact size, so that the
 * sanitizers see any step outside.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdio.h>
#include <stdlib.h>

#include "codec/profile.h"

#include "unit/exact.h"

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PROPERTY(condition) \
	((condition) ? (void) 0 : fuzz_broken(#condition, __FILE__, __LINE__))

static inline void
fuzz_broken(const char *condition, const char *file, int line)
{
	fprintf(stderr, "%s:%d: property broken: %s\n", file, line, condition);
	abort();
}

/* 0 and whatever is past the last profile: the plain standard. */
static inline const gb_profile *
fuzz_profile(uint8_t number)
{
	return gb_profile_at(number - 1);
}

/* Bytes of the input, taken one by one; zeros when there are no more. */
typedef struct fuzz_source
{
	const uint8_t *at;
	size_t		left;
} fuzz_source;

static inline uint8_t
fuzz_byte(fuzz_source *source)
{
	if (source->left == 0)
		return 0;
	source->left--;
	return *source->at++;
}

/* Up to size bytes, low byte first. */
static inline uint64_t
fuzz_number(fuzz_source *source, int size)
{
	uint64_t	number = 0;

	for (int i = 0; i < size; i++)
		number |= (uint64_t) fuzz_byte(source) << (8 * i);
	return number;
}

#endif							/* FUZZ_H */
