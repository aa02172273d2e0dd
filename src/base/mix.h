/*
 * mix.h
 *	  A hash of a 64-bit number, for tables of our own.
 */
#ifndef FIREIOT_MIX_H
#define FIREIOT_MIX_H

#include "base/compat.h"

/* Every bit of the outcome depends on every bit of the number. */
static inline uint64
mix64(uint64 x)
{
	x ^= x >> 33;
	x *= UINT64CONST(0xff51afd7ed558ccd);
	x ^= x >> 33;
	x *= UINT64CONST(0xc4ceb9fe1a85ec53);
	return x ^ x >> 33;
}

#endif							/* FIREIOT_MIX_H */
