/*
 * ingest_sql.c
 *	  fireiot.ingest(): frames that come by file, bridge or test.
 */
#include "base/compat.h"

#include "access/xact.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "storage/proc.h"
#include "tcop/utility.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/timestamp.h"

#include "base/settings.h"
#include "codec/stream.h"
#include "ingest/batch.h"
#include "ingest/ownership.h"
#include "ingest/store.h"
#include "types/bytes_in.h"
#include "types/device_addr.h"

/* A transaction that has ingested may wait for its client this long. */
#define IDLE_LIMIT "10s"
#define IDLE_LIMIT_MS 10000

#define BATCH_FRAMES 4096
#define PARTS_REMEMBERED 4096

static void
end_with_transaction(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT ||
		event == XACT_EVENT_PREPARE)
		ownership_end_batch();
}

/*
 * Devices belong to this transaction until it ends, and a listener may wait
 * for it: so it must not be left open.
 */
static void
bound_transaction(void)
{
	static bool registered = false;

	if (!registered)
		RegisterXactCallback(end_with_transaction, NULL);
	registered = true;
	if (IdleInTransactionSessionTimeout == 0 ||
		IdleInTransactionSessionTimeout > IDLE_LIMIT_MS)
		(void) set_config_option("idle_in_transaction_session_timeout",
								 IDLE_LIMIT, PGC_USERSET, PGC_S_SESSION,
								 GUC_ACTION_LOCAL, true, 0, false);
}

/*
 * Are the frames from the device that the caller says?  Asked behind the
 * registry, which knows how a device writes its address.
 */
static void
check_device(const batch *b, const device_addr *device)
{
	for (int i = 0; i < b->count; i++)
	{
		const session *s = b->frames[i].session;

		if (s == NULL || s->device == *device)
			continue;
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a frame is from device %012llx, not from %012llx",
						(unsigned long long) s->device,
						(unsigned long long) *device),
				 errdetail("Nothing of these bytes was stored."),
				 errhint("Leave device out to store frames of any device.")));
	}
}

static void
store(batch *b, const device_addr *device, ingest_stat *stat)
{
	if (b->count == 0)
		return;
	b->careful = true;
	store_batch(b);
	if (device != NULL)
		check_device(b, device);
	for (int i = 0; i < REFUSAL_COUNT; i++)
		stat->refused[i] += b->refused[i];
	stat->counters[COUNT_STORED] += b->stored;
	stat->counters[COUNT_DUPLICATES] += b->duplicates;
	stat->counters[COUNT_QUARANTINED] += b->quarantined;
	batch_reset(b);
}

static void
walk(batch *b, bytes_in in, const device_addr *device, TimestampTz at,
	 ingest_stat *stat, source *src)
{
	gb_cutter	cutter = {0};
	gb_frame	frame;
	gb_piece	piece;

	while ((piece = gb_cutter_walk(&cutter, in.bytes, in.len, true, in.profile,
								   &frame)).kind != GB_PIECE_NONE)
	{
		const uint8 *bytes = in.bytes + piece.offset;

		CHECK_FOR_INTERRUPTS();
		if (piece.kind == GB_PIECE_GARBAGE)
		{
			stat->counters[COUNT_GARBAGE_BYTES] += piece.len;
			continue;
		}
		if (batch_full(b))
			store(b, device, stat);
		stat->counters[COUNT_FRAMES]++;
		batch_add(b, piece.kind, bytes, (uint16) piece.len, src, at);
	}
	store(b, device, stat);
}

static Datum
result_row(FunctionCallInfo fcinfo, const ingest_stat *stat)
{
	TupleDesc	columns;
	Datum		values[6];
	bool		nulls[6] = {false};
	uint64		refused = 0;

	for (int i = 0; i < REFUSAL_COUNT; i++)
		refused += stat->refused[i];
	if (get_call_result_type(fcinfo, NULL, &columns) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "fireiot.ingest() must return a row");
	values[0] = Int64GetDatum((int64) stat->counters[COUNT_FRAMES]);
	values[1] = Int64GetDatum((int64) stat->counters[COUNT_STORED]);
	values[2] = Int64GetDatum((int64) stat->counters[COUNT_DUPLICATES]);
	values[3] = Int64GetDatum((int64) refused);
	values[4] = Int64GetDatum((int64) stat->counters[COUNT_QUARANTINED]);
	values[5] = Int64GetDatum((int64) stat->counters[COUNT_GARBAGE_BYTES]);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(columns), values,
											 nulls));
}

PG_FUNCTION_INFO_V1(fireiot_ingest);
Datum
fireiot_ingest(PG_FUNCTION_ARGS)
{
	ingest_stat *stat = palloc0(sizeof(ingest_stat));
	source	   *src = palloc(sizeof(source));
	device_addr device = PG_ARGISNULL(1) ? 0 : PG_GETARG_DEVICE_ADDR(1);
	TimestampTz at = PG_ARGISNULL(2) ? GetCurrentTransactionStartTimestamp() :
		PG_GETARG_TIMESTAMPTZ(2);
	bytes_in	in;
	batch	   *b;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (IsolationUsesXactSnapshot())
		ereport(ERROR,
				(errcode(ERRCODE_ACTIVE_SQL_TRANSACTION),
				 errmsg("fireiot.ingest() cannot run in a transaction of isolation level \"%s\"",
						XactIsoLevel == XACT_REPEATABLE_READ ?
						"repeatable read" : "serializable"),
				 errdetail("Its snapshot may be older than what a listener has stored of the same device."),
				 errhint("BEGIN ISOLATION LEVEL READ COMMITTED, or call it outside of a transaction block.")));
	/* what writes rows here is not the executor, which would ask */
	PreventCommandIfReadOnly("fireiot.ingest()");
	in = bytes_in_get(fcinfo, 0, 3);
	bound_transaction();
	source_set_sql(src);
	b = batch_create(BATCH_FRAMES, PARTS_REMEMBERED, stat);
	b->profile = in.profile;
	catalog_look_up(&b->ids);
	walk(b, in, PG_ARGISNULL(1) ? NULL : &device, at, stat, src);
	return result_row(fcinfo, stat);
}

PG_FUNCTION_INFO_V1(fireiot_registry_changed);
Datum
fireiot_registry_changed(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("fireiot.registry_changed() was not called as a trigger"),
				 errhint("It is the trigger of the registry's own tables.")));
	shared_announce_at_commit(NEWS_REGISTRY);
	return PointerGetDatum(NULL);
}

PG_FUNCTION_INFO_V1(fireiot_alarm_changed);
Datum
fireiot_alarm_changed(PG_FUNCTION_ARGS)
{
	shared_announce_at_commit(NEWS_ALARM);
	PG_RETURN_VOID();
}

PG_FUNCTION_INFO_V1(fireiot_wake_listeners);
Datum
fireiot_wake_listeners(PG_FUNCTION_ARGS)
{
	shared_announce_at_commit(NEWS_COMMAND);
	PG_RETURN_VOID();
}
