/*
 * settings.h
 *	  The settings (GUCs) of fireiot.
 */
#ifndef FIREIOT_SETTINGS_H
#define FIREIOT_SETTINGS_H

#include "base/compat.h"

#include "pgtime.h"

/* Define all settings; called once, from _PG_init. */
extern void settings_define(void);

/*
 * fireiot.time_zone: the zone in which devices tell the time.  The standard's
 * time tag carries none; never the session's own zone.  Valid until the
 * setting changes.
 */
extern pg_tz *settings_device_zone(void);

#endif							/* FIREIOT_SETTINGS_H */
