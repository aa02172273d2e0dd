/*
 * instant.c
 *	  A wall clock of the devices as an instant, and back.
 */
#include "base/instant.h"

#include "pgtime.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "base/settings.h"

/* Minute and second stand lowest in a tag; the rest is the hour. */
#define TAG_HOUR(tag) (gb_load64((const uint8_t *) (tag)) & ~UINT64CONST(0xffff))

static bool
instant_of_hour(const gb_time *tag, pg_tz *zone, TimestampTz *instant)
{
	struct pg_tm tm = {0};
	int			offset;

	tm.tm_year = tag->year + 2000;
	tm.tm_mon = tag->month;
	tm.tm_mday = tag->day;
	tm.tm_hour = tag->hour;
	tm.tm_min = tag->minute;
	tm.tm_sec = tag->second;
	offset = DetermineTimeZoneOffset(&tm, zone);
	return tm2timestamp(&tm, 0, &offset, instant) == 0;
}

/*
 * The last hour is kept where the zone's offset is whole hours all through
 * it, so that nearly every tag costs an addition.
 */
bool
instant_of_tag(const gb_time *tag, TimestampTz *instant)
{
	static uint64 known_hour;
	static pg_tz *known_zone;
	static TimestampTz hour_start;
	pg_tz	   *zone = settings_device_zone();
	TimestampTz first;
	TimestampTz last;
	gb_time		edge = *tag;

	if (!tag->known)
		return false;
	if (TAG_HOUR(tag) == known_hour && zone == known_zone)
	{
		*instant = hour_start +
			(tag->minute * SECS_PER_MINUTE + tag->second) * USECS_PER_SEC;
		return true;
	}
	edge.minute = edge.second = 0;
	if (!instant_of_hour(&edge, zone, &first))
		return false;
	edge.minute = edge.second = 59;
	if (instant_of_hour(&edge, zone, &last) &&
		last - first == USECS_PER_HOUR - USECS_PER_SEC)
	{
		known_hour = TAG_HOUR(tag);
		known_zone = zone;
		hour_start = first;
	}
	return instant_of_hour(tag, zone, instant);
}

gb_time
tag_of_instant(TimestampTz instant)
{
	gb_time		tag = {0};
	struct pg_tm tm;
	fsec_t		fsec;
	int			offset;

	if (timestamp2tm(instant, &offset, &tm, &fsec, NULL,
					 settings_device_zone()) != 0 ||
		tm.tm_year < 2000 || tm.tm_year > 2099)
		return tag;
	tag.year = (uint8) (tm.tm_year - 2000);
	tag.month = (uint8) tm.tm_mon;
	tag.day = (uint8) tm.tm_mday;
	tag.hour = (uint8) tm.tm_hour;
	tag.minute = (uint8) tm.tm_min;
	tag.second = (uint8) tm.tm_sec;
	tag.known = true;
	return tag;
}
