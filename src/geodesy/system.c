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

gd_place
gd_from_wgs84(gd_place place, gd_system target)
{
	if (target < GD_GCJ02 || !gd_in_mainland(place.lon, place.lat))
		return place;
	place = gd_wgs84_to_gcj02(place);
	return target == GD_BD09 ? gd_gcj02_to_bd09(place) : place;
}

gd_place
gd_to_wgs84(gd_place place, gd_system source)
{
	gd_place	moved = place;

	if (source < GD_GCJ02 || !gd_near_mainland(place.lon, place.lat))
		return place;
	if (source == GD_BD09)
		moved = gd_bd09_to_gcj02(moved);
	moved = gd_gcj02_to_wgs84(moved);
	return gd_in_mainland(place.lon, place.lat) ||
		gd_in_mainland(moved.lon, moved.lat) ? moved : place;
}
