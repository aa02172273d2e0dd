/*
 * good.h
 *	  A header of floor 2.
 */
#ifndef TYPES_GOOD_H
#define TYPES_GOOD_H

#include "base/compat.h"

#endif							/* TYPES_GOOD_H */
