/*
 * good.h
 *	  A header of floor 0.
 */
#ifndef GOOD_H
#define GOOD_H

#include <stdint.h>

extern int	good_sum(const uint8_t *p, int n);

#endif							/* GOOD_H */
