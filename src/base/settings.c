/*
 * settings.c
 *	  The settings (GUCs) of fireiot.
 */
#include "base/settings.h"

#include "utils/guc.h"

static char *time_zone_name;
static pg_tz *time_zone;

/*
 * A zone by its name in the time zone database.  pg_tzset also takes POSIX
 * rules such as UTC+8, which mean the opposite of what people mean by them;
 * they are told by their digits.
 */
static bool
check_time_zone(char **newval, void **extra, GucSource source)
{
	bool		is_rule = strpbrk(*newval, "0123456789") != NULL &&
		strncmp(*newval, "Etc/", 4) != 0;
	pg_tz	   *zone = is_rule ? NULL : pg_tzset(*newval);

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
