/*
 * system.c
 *	  Names of coordinate systems; which places are moved, and how.
 */
#include "geodesy/system.h"

#include <string.h>

#include "geodesy/mainland.h"

#define SYSTEMS 4
#define NAME_SIZE 9				/* of "cgcs2000" and a final zero */

static const char names[SYSTEMS][NAME_SIZE] = {
	"wgs84", "cgcs2000", "gcj02", "bd09"
};

static const char *const titles[SYSTEMS] = {
	"WGS84", "CGCS2000", "GCJ-02", "BD-09"
};

const char *
gd_system_title(gd_system system)
{
	return titles[system];
}

bool
gd_system_named(const char *name, size_t length, gd_system *system)
{
	char		plain[NAME_SIZE] = "";
	size_t		used = 0;

	for (size_t i = 0; i < length; i++)
	{
		char		c = name[i];

		if (c == ' ' || c == '-' || c == '_')
			continue;
		if (used == NAME_SIZE - 1)
			return false;
		plain[used++] = c >= 'A' && c <= 'Z' ? (char) (c - 'A' + 'a') : c;
	}
	for (int i = 0; i < SYSTEMS; i++)
		if (strlen(names[i]) == used && memcmp(plain, names[i], used) == 0)
		{
			*system = (gd_system) i;
			return true;
		}
	return false;
}

static inline bool
in_mainland(gd_place place)
{
	return gd_in_mainland(place.lon, place.lat);
}

static inline bool
near_mainland(gd_place place)
{
	return gd_near_mainland(place.lon, place.lat);
}

/* What is not moved takes part as a place that surely can be. */
static const gd_place somewhere = {105, 35};

static void
from_wgs84_two(gd_place *first, gd_place *second, gd_system target)
{
	bool		move_first = in_mainland(*first);
	bool		move_second = in_mainland(*second);
	gd_place	two[2] = {
		move_first ? *first : somewhere, move_second ? *second : somewhere
	};

	if (!move_first && !move_second)
		return;
	gd_wgs84_to_gcj02(two);
	if (target == GD_BD09)
		gd_gcj02_to_bd09(two);
	if (move_first)
		*first = two[0];
	if (move_second)
		*second = two[1];
}

static void
to_wgs84_two(gd_place *first, gd_place *second, gd_system source)
{
	bool		try_first = near_mainland(*first);
	bool		try_second = near_mainland(*second);
	gd_place	two[2] = {
		try_first ? *first : somewhere, try_second ? *second : somewhere
	};

	if (!try_first && !try_second)
		return;
	if (source == GD_BD09)
		gd_bd09_to_gcj02(two);
	gd_gcj02_to_wgs84(two);
	if (try_first && (in_mainland(*first) || in_mainland(two[0])))
		*first = two[0];
	if (try_second && (in_mainland(*second) || in_mainland(two[1])))
		*second = two[1];
}

void
gd_from_wgs84(gd_place *places, size_t count, gd_system target)
{
	gd_place	none = {0, 0};

	if (target < GD_GCJ02)
		return;
	for (size_t i = 0; i < count; i += 2)
		from_wgs84_two(&places[i], i + 1 < count ? &places[i + 1] : &none, target);
}

void
gd_to_wgs84(gd_place *places, size_t count, gd_system source)
{
	gd_place	none = {0, 0};

	if (source < GD_GCJ02)
		return;
	for (size_t i = 0; i < count; i += 2)
		to_wgs84_two(&places[i], i + 1 < count ? &places[i + 1] : &none, source);
}
