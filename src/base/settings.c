/*
 * settings.c
 *	  The settings (GUCs) of fireiot: tables of what each is, and the checks
 *	  of those that are texts.
 */
#include "base/settings.h"

#include "miscadmin.h"
#include "utils/guc.h"
#include "utils/varlena.h"

/* Limits of durations, which are counted in int milliseconds elsewhere. */
#define A_DAY_S 86400
#define TEN_MINUTES_S 600

fireiot_settings settings;

static char *time_zone_name;
static pg_tz *time_zone;

static const struct config_enum_entry admission_modes[] = {
	{"registered", ADMISSION_REGISTERED, false},
	{"pending", ADMISSION_PENDING, false},
	{"open", ADMISSION_OPEN, false},
	{NULL, 0, false}
};

static const struct config_enum_entry tls_modes[] = {
	{"off", TLS_OFF, false},
	{"allow", TLS_ALLOW, false},
	{"require", TLS_REQUIRE, false},
	{NULL, 0, false}
};

static const struct config_enum_entry tls_versions[] = {
	{"TLSv1.2", TLS_VERSION_1_2, false},
	{"TLSv1.3", TLS_VERSION_1_3, false},
	{NULL, 0, false}
};

/* The numbers are those of ledger/digest.h, a floor above. */
static const struct config_enum_entry ledger_algorithms[] = {
	{"sha256", 1, false},
	{"sm3", 2, false},
	{NULL, 0, false}
};

/* The names that fireiot.from_wgs84() knows. */
static const struct config_enum_entry coordinate_systems[] = {
	{"wgs84", 0, false},
	{"cgcs2000", 1, false},
	{"gcj02", 2, false},
	{"bd09", 3, false},
	{NULL, 0, false}
};

static bool check_name(char **newval, void **extra, GucSource source);
static bool check_addresses(char **newval, void **extra, GucSource source);

typedef struct switch_setting
{
	const char *name;
	const char *summary;
	bool	   *value;
	bool		initial;
} switch_setting;

static const switch_setting switches[] = {
	{"fireiot.listen", "Listens for devices.", &settings.listen, true},
	{"fireiot.udp", "Takes frames by UDP, too, one a datagram.",
	&settings.udp, false},
	{"fireiot.tls_require_certificate",
		"Demands a certificate of fireiot.tls_ca_file's from every device.",
	&settings.tls_require_certificate, false},
};

typedef struct number_setting
{
	const char *name;
	const char *summary;
	int		   *value;
	int			initial;
	int			min;
	int			max;
	int			flags;
} number_setting;

static const number_setting numbers[] = {
	{"fireiot.port", "Port on which devices are listened for.",
	&settings.port, 26875, 1, 65535, 0},
	{"fireiot.max_pending_devices",
		"Devices that may wait for admission; more are denied.",
	&settings.max_pending_devices, 1000, 0, 10000000, 0},
	{"fireiot.max_connections_per_address",
		"Connections that a listener takes from one address; 0 is any number.",
	&settings.max_connections_per_address, 0, 0, 1000000, 0},
	{"fireiot.idle_timeout",
		"Time without a frame after which a connection is ended; 0 is never.",
	&settings.idle_timeout_s, 1800, 0, A_DAY_S, GUC_UNIT_S},
	{"fireiot.handshake_timeout",
		"Time that a connection has for the TLS handshake.",
	&settings.handshake_timeout_s, 10, 1, TEN_MINUTES_S, GUC_UNIT_S},
	{"fireiot.frame_timeout",
		"Time that the rest of a frame has to arrive.",
	&settings.frame_timeout_s, 10, 1, TEN_MINUTES_S, GUC_UNIT_S},
	{"fireiot.quarantine_per_minute",
		"Rows that a connection may add to fireiot.quarantine in a minute.",
	&settings.quarantine_per_minute, 60, 0, 1000000, 0},
	{"fireiot.batch_frames", "Frames that are stored in one transaction.",
	&settings.batch_frames, 16384, 1, 65536, 0},
	{"fireiot.batch_age",
		"Longest time that a frame waits for others to be stored with.",
	&settings.batch_age_ms, 10, 0, 10000, GUC_UNIT_MS},
	{"fireiot.flush_interval",
		"Time between two writes of fireiot.device_now.",
	&settings.flush_interval_s, 5, 1, 3600, GUC_UNIT_S},
	{"fireiot.partitions_ahead",
		"Days for which partitions are made ahead.",
	&settings.partitions_ahead_days, 7, 1, 366, 0},
	{"fireiot.seal_interval",
		"Time between two blocks of the ledger.",
	&settings.seal_interval_ms, 1000, 10, A_DAY_S * 1000 / 24, GUC_UNIT_MS},
	{"fireiot.seal_part_rows",
		"Rows of a table that a part of a block has at most.",
	&settings.seal_part_rows, 65536, 16, 1000000, 0},
	{"fireiot.checkpoint_interval",
		"Time between two signed checkpoints of the ledger.",
	&settings.checkpoint_interval_s, 3600, 1, A_DAY_S, GUC_UNIT_S},
	{"fireiot.sync_clock_above",
		"Clock error above which a device is told the time; 0 is never.",
	&settings.sync_clock_above_s, 60, 0, A_DAY_S, GUC_UNIT_S},
	{"fireiot.command_timeout",
		"Time that a device has to answer a command before it is repeated.",
	&settings.command_timeout_s, 10, 1, TEN_MINUTES_S, GUC_UNIT_S},
	{"fireiot.command_repeats",
		"How often an unanswered command is sent again.",
	&settings.command_repeats, 3, 0, 10, 0},
	{"fireiot.offline_after",
		"Time without a datagram after which a device counts as offline.",
	&settings.offline_after_s, 180, 1, A_DAY_S, GUC_UNIT_S},
};

/* These size shared memory. */
static const number_setting sizes[] = {
	{"fireiot.listeners", "Processes that listen for devices.",
	&settings.listeners, 1, 1, 64, 0},
	{"fireiot.max_connections", "Connections that a listener takes.",
	&settings.max_connections, 10000, 1, 1000000, 0},
	{"fireiot.max_devices",
		"Devices, connected or not, that the listeners keep in memory.",
	&settings.max_devices, 20000, 16, 10000000, 0},
};

typedef struct choice_setting
{
	const char *name;
	const char *summary;
	int		   *value;
	int			initial;
	const struct config_enum_entry *options;
} choice_setting;

static const choice_setting choices[] = {
	{"fireiot.admission", "Which devices may store.",
	&settings.admission, ADMISSION_REGISTERED, admission_modes},
	{"fireiot.ledger_algorithm", "Digest of a ledger that is begun.",
	&settings.ledger_algorithm, 1, ledger_algorithms},
	{"fireiot.tls", "Whether devices may or must speak TLS.",
	&settings.tls, TLS_OFF, tls_modes},
	{"fireiot.tls_min_version", "Oldest version of TLS that is spoken.",
	&settings.tls_min_version, TLS_VERSION_1_2, tls_versions},
};

typedef struct text_setting
{
	const char *name;
	const char *summary;
	char	  **value;
	const char *initial;
	int			flags;
	GucStringCheckHook check;
} text_setting;

static const text_setting texts[] = {
	{"fireiot.database", "Database that the listeners store in.",
	&settings.database, "postgres", 0, check_name},
	{"fireiot.role", "Role as which the listeners store.",
	&settings.role, "fireiot_listener", 0, check_name},
	{"fireiot.listen_addresses",
		"Addresses or host names on which devices are listened for.",
		&settings.listen_addresses, "localhost", GUC_LIST_INPUT,
	check_addresses},
	{"fireiot.tls_cert_file",
		"File of the certificate, and those that lead to its root.",
	&settings.tls_cert_file, "", 0, NULL},
	{"fireiot.tls_key_file", "File of the certificate's private key.",
	&settings.tls_key_file, "", 0, NULL},
	{"fireiot.tls_ca_file",
		"File of the certificates that devices' certificates must lead to.",
	&settings.tls_ca_file, "", 0, NULL},
	{"fireiot.checkpoint_key_file",
		"File of the private key that signs checkpoints of the ledger.",
	&settings.checkpoint_key_file, "", 0, NULL},
	{"fireiot.checkpoint_directory",
		"Directory to which checkpoints of the ledger are written.",
	&settings.checkpoint_directory, "", 0, NULL},
};

/* A name of a database or role; one too long would be no object's. */
static bool
check_name(char **newval, void **extra, GucSource source)
{
	size_t		length = strlen(*newval);

	if (length > 0 && length < NAMEDATALEN)
		return true;
	GUC_check_errdetail("A name has 1 to %d bytes.", NAMEDATALEN - 1);
	return false;
}

/* A host name may not exist yet, so only the listener can look it up. */
static bool
check_addresses(char **newval, void **extra, GucSource source)
{
	char	   *copy = pstrdup(*newval);
	List	   *addresses = NIL;
	bool		is_list = SplitGUCList(copy, ',', &addresses);
	bool		is_empty = addresses == NIL;

	list_free(addresses);
	pfree(copy);
	if (is_list && !is_empty)
		return true;
	GUC_check_errdetail("Addresses and host names are separated by commas, and there is at least one.");
	if (is_list)
		GUC_check_errhint("To listen nowhere, set fireiot.listen = off.");
	return false;
}

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

static void
define_time_zone(void)
{
	DefineCustomStringVariable("fireiot.time_zone",
							   "Time zone in which devices tell the time.",
							   "Time tags of GB/T 26875.3 carry no zone.",
							   &time_zone_name,
							   "Asia/Shanghai",
							   PGC_SUSET, 0,
							   check_time_zone, assign_time_zone, NULL);
}

static void
define_numbers(const number_setting *table, int count, GucContext context)
{
	for (int i = 0; i < count; i++)
		DefineCustomIntVariable(table[i].name, table[i].summary, NULL,
								table[i].value, table[i].initial,
								table[i].min, table[i].max, context,
								table[i].flags, NULL, NULL, NULL);
}

/*
 * The server refuses to define a PGC_POSTMASTER setting after its start.  A
 * session that loads the library by itself has no shared memory to size, but
 * must know the names: they may stand in postgresql.conf, and a name that is
 * not known below a reserved prefix is a warning at each load.
 */
static GucContext
context_of_sizes(void)
{
	return process_shared_preload_libraries_in_progress ?
		PGC_POSTMASTER : PGC_SIGHUP;
}

/* Decided in the server's file and by a restart, for all to see. */
static void
define_allow_decommission(void)
{
	DefineCustomBoolVariable("fireiot.allow_decommission",
							 "Allows fireiot.decommission() to give up all records.",
							 NULL, &settings.allow_decommission, false,
							 context_of_sizes(), 0, NULL, NULL, NULL);
}

static void
define_switches(void)
{
	for (int i = 0; i < lengthof(switches); i++)
		DefineCustomBoolVariable(switches[i].name, switches[i].summary, NULL,
								 switches[i].value, switches[i].initial,
								 PGC_SIGHUP, 0, NULL, NULL, NULL);
}

/* Of a role, so that it fits the map that its client draws below. */
static void
define_map_coordinate_system(void)
{
	DefineCustomEnumVariable("fireiot.map_coordinate_system",
							 "Coordinate system of tiles and of the layers *_shifted.",
							 NULL, &settings.map_coordinate_system, 0,
							 coordinate_systems, PGC_USERSET, 0,
							 NULL, NULL, NULL);
}

static void
define_choices(void)
{
	for (int i = 0; i < lengthof(choices); i++)
		DefineCustomEnumVariable(choices[i].name, choices[i].summary, NULL,
								 choices[i].value, choices[i].initial,
								 choices[i].options, PGC_SIGHUP, 0,
								 NULL, NULL, NULL);
}

static void
define_texts(void)
{
	for (int i = 0; i < lengthof(texts); i++)
		DefineCustomStringVariable(texts[i].name, texts[i].summary, NULL,
								   texts[i].value, texts[i].initial,
								   PGC_SIGHUP, texts[i].flags,
								   texts[i].check, NULL, NULL);
}

void
settings_define(void)
{
	define_time_zone();
	define_numbers(sizes, lengthof(sizes), context_of_sizes());
	define_numbers(numbers, lengthof(numbers), PGC_SIGHUP);
	define_allow_decommission();
	define_switches();
	define_choices();
	define_texts();
	define_map_coordinate_system();
	MarkGUCPrefixReserved("fireiot");
}

pg_tz *
settings_device_zone(void)
{
	return time_zone;
}
