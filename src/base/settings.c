/*
 * settings.c
 *	  The settings (GUCs) of fireiot.
 */
#include "base/settings.h"

#include "utils/guc.h"

static char *time_zone_name;
static pg_tz *time_zone;

static bool
check_time_zone(char **newval, void **extra, GucSource source)
{
	if (pg_tzset(*newval) != NULL)
		return true;
	GUC_check_errdetail("\"%s\" is no time zone that the server knows.",
						*newval);
	GUC_check_errhint("Zones are listed in pg_timezone_names; the standard's devices live in Asia/Shanghai.");
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
