/*
 * mainland.h
 *	  Where coordinates are shifted: the mainland without Hong Kong, Macao and
 *	  the islands that Taiwan administers.
 *
 * The outline is mainland.csv, a table of points made for this purpose alone:
 * it tells where map services of the mainland shift coordinates, says nothing
 * of any border, and is not fit to be shown on a map.
 *
 * How exact it is: at border crossings and where cities face each other, some
 * hundred metres; in between on land, 2 km as a rule and up to 12 km in
 * mountains and deserts.  At sea it runs ten to fifty kilometres off the
 * outermost islands and takes in no other coast; islands in the South China
 * Sea south of Hainan are outside.
 */
#ifndef GD_MAINLAND_H
#define GD_MAINLAND_H

#include <stdbool.h>

/* Degrees.  What is no number is nowhere. */
extern bool gd_in_mainland(double lon, double lat);

/* In the box around it, with a margin of more than any shift? */
extern bool gd_near_mainland(double lon, double lat);

#endif							/* GD_MAINLAND_H */
