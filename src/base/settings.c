/*
 * settings.c
 *	  The settings (GUCs) of fireiot.
 */
#include "base/settings.h"

#include "utils/guc.h"

static char *time_zone_name;
static pg_tz *time_zone;

/* Is this the name of a zone in the server's time zone database? */
static bool
is_listed_zone(const char *name)
{
	pg_tzenum  *zones = pg_tzenumerate_start();
	pg_tz	   *zone;
	bool		found = false;

	while (!found && (zone = pg_tzenumerate_next(zones)) != NULL)
		found = strcmp(pg_get_timezone_name(zone), name) == 0;
	pg_tzenumerate_end(zones);
	return found;
}

/*
 * pg_tzset also takes POSIX rules such as UTC+8, which mean the opposite of
 * what people mean by them.  All rules hold digits, so that the names without
 * one need not be looked for in the whole database.
 */
static bool
check_time_zone(char **newval, void **extra, GucSource source)
{
	bool		is_name = strpbrk(*newval, "0123456789") == NULL ||
		is_listed_zone(*newval);
	pg_tz	   *zone = is_name ? pg_tzset(*newval) : NULL;

	if (zone != NULL && pg_tz_acceptable(zone))
		return true;
	GUC_check_errdetail("\"%s\" is not the name of a time zone without leap seconds.",
						*newval);
	GUC_check_errhint("Names are listed in pg_timezone_names; the standard's devices live in Asia/Shanghai.");
	return false;
}

static void
assign_time_zone(const char *newval, void *extra)
{
	/* in the server's cache since the check, so this cannot fail */
	time_zone = pg_tzset(newval);
}

void
settings_define(void)
{
	DefineCustomStringVariable("fireiot.time_zone",
							   "Time zone in which devices tell the time.",
							   "Time tags of GB/T 26875.3 carry no zone.",
							   &time_zone_name,
							   "Asia/Shanghai",
							   PGC_SUSET, 0,
							   check_time_zone, assign_time_zone, NULL);
	MarkGUCPrefixReserved("fireiot");
}

pg_tz *
settings_device_zone(void)
{
	return time_zone;
}
