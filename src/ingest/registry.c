/*
 * registry.c
 *	  What the database says of devices: who they are, what they said last.
 */
#include "ingest/registry.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "base/settings.h"
#include "ingest/statements.h"

static statement look_up = {
	"SELECT d.device, d.profile, d.admission, d.enabled, d.networks,"
	" d.certificate_name"
	" FROM fireiot.device AS d WHERE d.device OPERATOR(fireiot.=) ANY ($1)"
};

static statement enlist = {
	"INSERT INTO fireiot.device (device, admission, note)"
	" SELECT u.device, 'pending', 'spoke first at ' || now()::text"
	" FROM unnest($1) AS u (device)"
	" LIMIT greatest(0, $2 - (SELECT count(*) FROM fireiot.device AS d"
	"  WHERE d.admission = 'pending'))"
	" ON CONFLICT DO NOTHING RETURNING device"
};

/*
 * A month back: an index probe a partition.  What a device repeats is among
 * its last frames, however long ago they were; also if it could not be stored
 * as a frame.
 *
 * What was stored while our clock was ahead is in the future now that it is
 * right.  Which were the last to arrive is not known: the last of the past and
 * the last of the future are taken in turn, so that both are kept.
 */
#define LAST_OF(table, condition, when) \
	"(SELECT g.received_at, g.id, g.bytes FROM fireiot." table " AS g" \
	"  WHERE g.device OPERATOR(fireiot.=) u.device AND " condition " AND " when \
	"  ORDER BY g.received_at DESC, g.id DESC LIMIT $2)"
#define LAST(when) \
	"SELECT row_number() OVER (ORDER BY g.received_at DESC, g.id DESC) AS place, g.bytes" \
	" FROM (" LAST_OF("frame", "NOT g.outgoing", when) \
	"  UNION ALL " LAST_OF("quarantine", "g.sqlstate IS NOT NULL", when) ") AS g"

static statement last_frames = {
	"SELECT u.n, f.bytes FROM unnest($1) WITH ORDINALITY AS u (device, n)"
	" CROSS JOIN LATERAL ("
	LAST("g.received_at > now() - make_interval(days => 31) AND g.received_at <= now()")
	"  UNION ALL " LAST("g.received_at > now()") ") AS f"
	" ORDER BY u.n, f.place DESC"
};

static statement partitions = {"SELECT fireiot.make_partitions()"};

enum
{
	LOOKED_UP_DEVICE = 1,
	LOOKED_UP_PROFILE,
	LOOKED_UP_ADMISSION,
	LOOKED_UP_ENABLED,
	LOOKED_UP_NETWORKS,
	LOOKED_UP_CERTIFICATE
};

static uint64
registry_version(void)
{
	return shared_ready() ? shared_news_version(NEWS_REGISTRY) : 1;
}

static char *
column_text(int row, int column)
{
	return SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column);
}

/* Does the row, whose device is known by an address, name this session? */
static bool
is_row_of(const session *s, device_addr device, const gb_profile *profile)
{
	return gb_profile_has(profile, GB_P_ADDRESS_WIRE) ?
		gb_swap48(s->wire) == device : s->wire == device;
}

static refusal
admission_of(const char *admission, bool enabled, bool *pending)
{
	*pending = false;
	if (!enabled)
		return REFUSAL_DISABLED;
	if (strcmp(admission, "admitted") == 0)
		return REFUSAL_NONE;
	if (strcmp(admission, "pending") != 0 ||
		settings.admission == ADMISSION_REGISTERED)
		return REFUSAL_NOT_ADMITTED;
	*pending = true;
	return REFUSAL_NONE;
}

static void
take_row(session *s, int row, device_addr device, const gb_profile *profile,
		 MemoryContext memory)
{
	bool		isnull;
	Datum		networks;
	char	   *certificate = column_text(row, LOOKED_UP_CERTIFICATE);
	char	   *enabled = column_text(row, LOOKED_UP_ENABLED);
	MemoryContext old;

	s->device = device;
	s->profile = profile;
	s->refused = admission_of(column_text(row, LOOKED_UP_ADMISSION),
							  enabled != NULL && enabled[0] == 't',
							  &s->pending);
	networks = SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc,
							 LOOKED_UP_NETWORKS, &isnull);
	old = MemoryContextSwitchTo(memory);
	if (!isnull)
		s->networks = DatumGetArrayTypePCopy(networks);
	if (certificate != NULL)
		s->certificate_name = pstrdup(certificate);
	MemoryContextSwitchTo(old);
}

/* Not registered, as far as is known by now. */
static void
take_nothing(session *s, const gb_profile *profile)
{
	s->profile = profile;
	s->device = gb_profile_has(profile, GB_P_ADDRESS_WIRE) ?
		gb_swap48(s->wire) : s->wire;
	s->pending = false;
	s->refused = settings.admission == ADMISSION_OPEN ?
		REFUSAL_NONE : REFUSAL_NOT_REGISTERED;
}

typedef struct by_address
{
	uint64		wire;
	session    *session;
} by_address;

static int
compare_wire(const void *a, const void *b)
{
	uint64		x = ((const by_address *) a)->wire;
	uint64		y = ((const by_address *) b)->wire;

	return x < y ? -1 : x > y;
}

static session *
find(const by_address *sorted, int count, uint64 wire)
{
	by_address	key = {wire, NULL};
	const by_address *found = bsearch(&key, sorted, count, sizeof(by_address),
									  compare_wire);

	return found != NULL ? found->session : NULL;
}

/* A row may be of the session with its address, or with that turned round. */
static void
take_rows(const by_address *sorted, int count, MemoryContext memory)
{
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		bool		isnull;
		device_addr device =
			DatumGetDeviceAddr(SPI_getbinval(SPI_tuptable->vals[row],
											 SPI_tuptable->tupdesc,
											 LOOKED_UP_DEVICE, &isnull));
		char	   *name = column_text((int) row, LOOKED_UP_PROFILE);
		const gb_profile *profile = name != NULL ? gb_profile_find(name) : NULL;
		session    *s = find(sorted, count,
							 gb_profile_has(profile, GB_P_ADDRESS_WIRE) ?
							 gb_swap48(device) : device);

		if (s != NULL && is_row_of(s, device, profile))
			take_row(s, (int) row, device, profile, memory);
	}
}

static Datum
addresses(session **sessions, int count, bool both, Oid type)
{
	array_builder a;

	array_begin(&a, 2 * count);
	for (int i = 0; i < count; i++)
	{
		array_add(&a, DeviceAddrGetDatum(sessions[i]->wire), false);
		if (both)
			array_add(&a, DeviceAddrGetDatum(gb_swap48(sessions[i]->wire)),
					  false);
	}
	return array_end(&a, type);
}

/* Ask for approval of those that are not registered. */
static void
enlist_unknown(session **sessions, int count, const by_address *sorted,
			   const catalog_ids *ids)
{
	Oid			types[2] = {get_array_type(ids->device_addr), INT8OID};
	Datum		values[2];
	session   **unknown = palloc(count * sizeof(session *));
	int			n = 0;

	for (int i = 0; i < count; i++)
		if (sessions[i]->refused == REFUSAL_NOT_REGISTERED)
		{
			sessions[i]->refused = REFUSAL_TOO_MANY_PENDING;
			unknown[n++] = sessions[i];
		}
	if (n == 0)
		return;
	values[0] = addresses(unknown, n, false, ids->device_addr);
	values[1] = Int64GetDatum(settings.max_pending_devices);
	statement_run(&enlist, 2, types, values, NULL);
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		bool		isnull;
		session    *s = find(sorted, count,
							 DatumGetDeviceAddr(SPI_getbinval(SPI_tuptable->vals[row],
															  SPI_tuptable->tupdesc,
															  1, &isnull)));

		if (s == NULL)
			continue;
		s->refused = REFUSAL_NONE;
		s->pending = true;
	}
}

static void
resolve(session_table *table, session **stale, int count,
		const catalog_ids *ids, const gb_profile *profile)
{
	Oid			types[1] = {get_array_type(ids->device_addr)};
	Datum		values[1];
	by_address *sorted = palloc(count * sizeof(by_address));

	for (int i = 0; i < count; i++)
	{
		sorted[i].wire = stale[i]->wire;
		sorted[i].session = stale[i];
	}
	qsort(sorted, count, sizeof(by_address), compare_wire);
	SPI_connect();
	values[0] = addresses(stale, count, true, ids->device_addr);
	statement_run(&look_up, 1, types, values, NULL);
	take_rows(sorted, count, session_memory(table));
	if (settings.admission == ADMISSION_PENDING)
		enlist_unknown(stale, count, sorted, ids);
	SPI_finish();
}

void
registry_resolve(session_table *table, session **sessions, int count,
				 const catalog_ids *ids, const gb_profile *profile)
{
	/* before looking, so that a change behind it is seen next time */
	uint64		version = registry_version();
	session   **stale = palloc(count * sizeof(session *));
	int			n = 0;

	for (int i = 0; i < count; i++)
		if (sessions[i]->registry_version != version)
			stale[n++] = sessions[i];
	if (n == 0)
		return;
	for (int i = 0; i < n; i++)
	{
		device_addr before = stale[i]->device;

		session_forget_registry(stale[i]);
		take_nothing(stale[i], profile);
		if (stale[i]->device != before)
			stale[i]->slot = NULL;
	}
	resolve(table, stale, n, ids, profile);
	for (int i = 0; i < n; i++)
	{
		if (stale[i]->device != stale[i]->wire)
			stale[i]->slot = NULL;
		stale[i]->registry_version = version;
	}
}

static void
remember(session *s, Datum bytes)
{
	bytea	   *value = DatumGetByteaPP(bytes);
	const uint8 *frame = (const uint8 *) VARDATA_ANY(value);

	if (VARSIZE_ANY_EXHDR(value) >= GB_FRAME_MIN)
		seen_add(&s->seen, seen_key_of(frame));
}

static void
read_back(session_table *table, session **fresh, int count,
		  const catalog_ids *ids)
{
	Oid			types[2] = {get_array_type(ids->device_addr), INT8OID};
	Datum		values[2];
	array_builder devices;

	array_begin(&devices, count);
	for (int i = 0; i < count; i++)
		array_add(&devices, DeviceAddrGetDatum(fresh[i]->device), false);
	values[0] = array_end(&devices, ids->device_addr);
	values[1] = Int64GetDatum(SEEN_MAX);
	SPI_connect();
	statement_run(&last_frames, 2, types, values, NULL);
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		bool		isnull;
		HeapTuple	tuple = SPI_tuptable->vals[row];
		TupleDesc	columns = SPI_tuptable->tupdesc;
		session    *s = fresh[DatumGetInt64(SPI_getbinval(tuple, columns, 1,
														  &isnull)) - 1];

		seen_fit(&s->seen, s->seen.count / 2 + 1, session_memory(table));
		remember(s, SPI_getbinval(tuple, columns, 2, &isnull));
	}
	SPI_finish();
}

void
registry_read_back(session_table *table, session **sessions, int count,
				   const catalog_ids *ids)
{
	session   **fresh = palloc(count * sizeof(session *));
	int			n = 0;

	for (int i = 0; i < count; i++)
		if (!sessions[i]->read_back && sessions[i]->refused == REFUSAL_NONE)
			fresh[n++] = sessions[i];
	if (n == 0)
		return;
	read_back(table, fresh, n, ids);
	for (int i = 0; i < n; i++)
		fresh[i]->read_back = true;
}

void
registry_make_partitions(void)
{
	SPI_connect();
	statement_run(&partitions, 0, NULL, NULL, NULL);
	SPI_finish();
}

void
registry_forget_plans(void)
{
	statement_forget(&partitions);
	statement_forget(&look_up);
	statement_forget(&enlist);
	statement_forget(&last_frames);
}
