/*
 * settings.h
 *	  The settings (GUCs) of fireiot.
 *
 * docs/configuration.md has a heading for each.  Durations are in the unit
 * that the name ends with.  Strings are never NULL; an empty one is "not set".
 */
#ifndef FIREIOT_SETTINGS_H
#define FIREIOT_SETTINGS_H

#include "base/compat.h"

#include "pgtime.h"

/* fireiot.admission: which devices may store. */
typedef enum admission_mode
{
	ADMISSION_REGISTERED,		/* rows of fireiot.device that are admitted */
	ADMISSION_PENDING,			/* others, too, marked and listed for approval */
	ADMISSION_OPEN				/* everybody */
} admission_mode;

/* fireiot.tls: what may be spoken on the port. */
typedef enum tls_mode
{
	TLS_OFF,
	TLS_ALLOW,					/* plain or TLS, told by the first byte */
	TLS_REQUIRE
} tls_mode;

/* fireiot.tls_min_version */
typedef enum tls_version
{
	TLS_VERSION_1_2,
	TLS_VERSION_1_3
} tls_version;

typedef struct fireiot_settings
{
	/* for shared memory, so only at server start */
	int			listeners;
	int			max_connections;	/* of a listener */
	int			max_devices;	/* live ones, of all listeners together */

	/* the installation may be given up: only at server start */
	bool		allow_decommission;

	/* where, and as whom: read by the launcher */
	char	   *database;
	char	   *role;
	bool		listen;
	char	   *listen_addresses;
	int			port;
	bool		udp;

	/* transport security */
	int			tls;			/* tls_mode */
	char	   *tls_cert_file;
	char	   *tls_key_file;
	char	   *tls_ca_file;
	bool		tls_require_certificate;
	int			tls_min_version;	/* tls_version */

	/* who may store, and limits on what peers do */
	int			admission;		/* admission_mode */
	int			max_pending_devices;
	int			max_connections_per_address;	/* 0: no limit */
	int			idle_timeout_s; /* 0: none */
	int			handshake_timeout_s;
	int			frame_timeout_s;
	int			quarantine_per_minute;	/* rows, a connection */

	/* batches */
	int			batch_frames;
	int			batch_age_ms;
	int			flush_interval_s;	/* of device_now */
	int			partitions_ahead_days;

	/* ledger */
	int			seal_interval_ms;
	int			seal_part_rows;
	int			ledger_algorithm;	/* the number of digest.h */
	char	   *checkpoint_key_file;
	char	   *checkpoint_directory;
	int			checkpoint_interval_s;

	/* conversation */
	int			sync_clock_above_s; /* 0: never */
	int			command_timeout_s;
	int			command_repeats;
	int			offline_after_s;

	/* maps: read in SQL only */
	int			map_coordinate_system;
} fireiot_settings;

/* The settings in force; changes are seen after ProcessConfigFile. */
extern fireiot_settings settings;

/* Define all settings; called once, from _PG_init. */
extern void settings_define(void);

/*
 * fireiot.time_zone: the zone in which devices tell the time.  The standard's
 * time tag carries none; never the session's own zone.  Valid until the
 * setting changes.
 */
extern pg_tz *settings_device_zone(void);

#endif							/* FIREIOT_SETTINGS_H */
