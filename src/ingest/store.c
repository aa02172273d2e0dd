/*
 * store.c
 *	  A batch into the tables: the one door to the record tables.
 */
#include "ingest/store.h"

#include "access/xact.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"

#include "base/log_once.h"
#include "ingest/judge.h"
#include "ingest/now_tables.h"
#include "ingest/ownership.h"
#include "ingest/records.h"
#include "ingest/registry.h"

static void
begin_attempt(batch *b)
{
	b->stored = b->observations = b->duplicates = b->quarantined = 0;
	b->part_changes_written = 0;
	b->following = false;
	memset(b->refused, 0, sizeof(b->refused));
	part_changes_begin(b->parts, b->memory);
	alarm_signals_begin(b->signals, b->memory);
}

static int
compare_devices(const void *x, const void *y)
{
	device_addr a = (*(session *const *) x)->device;
	device_addr b = (*(session *const *) y)->device;

	return a < b ? -1 : a > b;
}

/*
 * Rows go in by device, and of each device in the order of arrival: keys then
 * go into one leaf of an index after the other, and who reads a device finds
 * its rows together.  Frames whose sender cannot be read come last.
 */
static void
arrange(batch *b)
{
	int			place = 0;

	qsort(b->senders, b->sender_count, sizeof(session *), compare_devices);
	for (int i = 0; i < b->sender_count; i++)
	{
		b->senders[i]->place = place;
		place += b->senders[i]->burst;
	}
	for (int i = 0; i < b->count; i++)
	{
		session    *s = b->frames[i].session;

		b->order[s != NULL ? s->place++ : place++] = i;
	}
}

/* Rows of the frames at order[from .. to - 1]. */
static void
write_rows(batch *b, int from, int to)
{
	records    *r;

	PushActiveSnapshot(GetTransactionSnapshot());
	r = records_begin(b);
	for (int i = from; i < to; i++)
		records_put(r, &b->frames[b->order[i]]);
	records_end(r);
	PopActiveSnapshot();
}

bool
store_error_is_transient(const batch *b, int sqlstate)
{
	switch (ERRCODE_TO_CATEGORY(sqlstate))
	{
		case ERRCODE_CONNECTION_EXCEPTION:
		case ERRCODE_INVALID_TRANSACTION_STATE:
		case ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION:
		case ERRCODE_INVALID_CATALOG_NAME:
		case ERRCODE_INVALID_SCHEMA_NAME:
		case ERRCODE_TRANSACTION_ROLLBACK:
		case ERRCODE_INSUFFICIENT_RESOURCES:
		case ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE:
		case ERRCODE_OPERATOR_INTERVENTION:
		case ERRCODE_SYSTEM_ERROR:
			return true;
		case ERRCODE_SYNTAX_ERROR_OR_ACCESS_RULE_VIOLATION:
			/* of the record tables somebody must put it right */
			return !b->following;
		default:
			return false;
	}
}

typedef struct counts
{
	uint64		stored;
	uint64		observations;
	uint64		quarantined;
} counts;

static counts
counts_of(const batch *b)
{
	counts		c = {b->stored, b->observations, b->quarantined};

	return c;
}

/*
 * Rows of a range in a subtransaction.  Returns the error that rolled it
 * back, NULL when there was none; raises an error of the moment again.
 */
static ErrorData *
try_rows(batch *b, int from, int to)
{
	MemoryContext memory = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	counts		before = counts_of(b);
	int			mark = part_changes_mark(b->parts);
	int			signals = alarm_signals_mark(b->signals);
	ErrorData *volatile error = NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(memory);
	PG_TRY();
	{
		write_rows(b, from, to);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(memory);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		part_changes_return(b->parts, mark);
		alarm_signals_return(b->signals, signals);
		b->stored = before.stored;
		b->observations = before.observations;
		b->quarantined = before.quarantined;
	}
	PG_END_TRY();
	MemoryContextSwitchTo(memory);
	CurrentResourceOwner = owner;
	if (error != NULL && store_error_is_transient(b, error->sqlerrcode))
		ReThrowError(error);
	return error;
}

static void
log_poison(const batch_frame *f)
{
	uint64		repeats;
	char	   *text = psprintf("quarantine: %s", f->poison);

	if (log_once(text, &repeats))
		ereport(LOG,
				(errcode(f->poison_state),
				 errmsg("a frame of device %012llx cannot be stored and goes to fireiot.quarantine: %s",
						(unsigned long long) batch_sender(f), f->poison),
				 errdetail("%llu more since this was last logged.",
						   (unsigned long long) repeats)));
}

/*
 * Halve what does not go in until the frame is found that is the cause, and
 * quarantine that one.  If even that cannot be written, it is not the frame.
 */
static void
bisect(batch *b, int from, int to)
{
	ErrorData  *error = try_rows(b, from, to);
	batch_frame *f = &b->frames[b->order[from]];

	if (error == NULL)
		return;
	if (to - from > 1)
	{
		int			middle = from + (to - from) / 2;

		FreeErrorData(error);
		bisect(b, from, middle);
		bisect(b, middle, to);
		return;
	}
	if (f->poison != NULL)
		ReThrowError(error);
	f->poison_state = error->sqlerrcode;
	f->poison = MemoryContextStrdup(b->memory, error->message);
	log_poison(f);
	FreeErrorData(error);
	bisect(b, from, to);
}

/* What follows from the rows: alarms; then what is so now, and commands. */
static void
follow_alarms(batch *b)
{
	alarm_signals_write(b->signals, &b->ids);
}

static void
follow_now(batch *b)
{
	b->part_changes_written = part_now_write(b->parts, &b->ids);
	if (b->follow != NULL)
		b->follow(b);
}

static void
keep_alarms(batch *b)
{
	alarm_signals_keep(b->signals, &b->ids, b->problem);
}

static void
follow(batch *b)
{
	b->following = true;
	follow_alarms(b);
	follow_now(b);
	b->following = false;
}

/*
 * A step in a subtransaction.  Returns the error that rolled it back, NULL when
 * there was none; raises an error of the moment again.
 */
static ErrorData *
try_step(batch *b, void (*step) (batch *b))
{
	MemoryContext memory = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	ErrorData *volatile error = NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(memory);
	PG_TRY();
	{
		step(b);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(memory);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		if (store_error_is_transient(b, error->sqlerrcode))
			ReThrowError(error);
	}
	PG_END_TRY();
	MemoryContextSwitchTo(memory);
	CurrentResourceOwner = owner;
	return error;
}

/* The alarms of the batch gave an error: keep what they are to be made of. */
static void
keep_carefully(batch *b, const ErrorData *error)
{
	ErrorData  *another;

	b->problem = error->message;
	another = try_step(b, keep_alarms);
	ereport(LOG,
			(errcode(error->sqlerrcode),
			 errmsg("alarms cannot be written: %s", error->message),
			 another != NULL ?
			 errdetail("Nor can their signals be kept: %s.", another->message) :
			 errdetail("Their signals are kept in fireiot.alarm_backlog."),
			 errhint("Remove what is in the way, then SELECT fireiot.recheck_alarms().")));
}

/*
 * What alarms, part_now or command cannot take must not keep records from
 * being stored: all of it can be made again from them.
 */
static void
follow_carefully(batch *b)
{
	ErrorData  *error;

	b->following = true;
	error = try_step(b, follow_alarms);
	if (error != NULL)
		keep_carefully(b, error);
	error = try_step(b, follow_now);
	if (error != NULL)
	{
		part_cache_clear(b->parts);
		ereport(LOG,
				(errcode(error->sqlerrcode),
				 errmsg("fireiot.part_now or fireiot.command cannot be written: %s",
						error->message),
				 errhint("Remove what was added to the table, then SELECT fireiot.rebuild_now().")));
	}
	b->following = false;
}

static void
know_senders(batch *b)
{
	registry_resolve(b->sessions, b->senders, b->sender_count, &b->ids,
					 b->profile);
	ownership_take(b->senders, b->sender_count);
	for (int i = 0; i < b->sender_count; i++)
		seen_fit(&b->senders[i]->seen, b->senders[i]->burst,
				 session_memory(b->sessions));
	registry_read_back(b->sessions, b->senders, b->sender_count, &b->ids);
}

/*
 * What is repeated was committed before, but perhaps not durably: by a
 * transaction that did not wait for the disk or for the standby.  A commit
 * waits for all that came before it only if it has something to write itself.
 */
static void
wait_for_repeated(const batch *b)
{
	if (b->duplicates > 0 && b->stored + b->quarantined == 0)
		log_mark("fireiot");
}

void
store_batch(batch *b)
{
	MemoryContext old = MemoryContextSwitchTo(b->memory);

	begin_attempt(b);
	know_senders(b);
	judge(b);
	arrange(b);
	if (b->careful)
	{
		bisect(b, 0, b->count);
		follow_carefully(b);
	}
	else
	{
		write_rows(b, 0, b->count);
		follow(b);
	}
	wait_for_repeated(b);
	MemoryContextSwitchTo(old);
}

static void
note_seen(session *s, const batch_frame *f)
{
	if (f->refused != REFUSAL_NONE)
		return;
	if (s->frames == 0)
		s->first_seen = f->received_at;
	s->last_seen = f->received_at;
	s->widest = Max(s->widest, s->burst);
	s->frames++;
	s->unflushed = true;
	s->peer = f->source->at;
}

static void
publish(const session *s)
{
	device_slot *slot = s->slot;

	if (slot == NULL ||
		pg_atomic_read_u64(&slot->key) != (s->device | DEVICE_KEY_USED))
		return;
	if (slot->first_seen == 0)
		slot->first_seen = s->last_seen;
	slot->last_seen = s->last_seen;
	slot->frames += s->burst;
	slot->skew_ms = s->skew_known ? s->skew_ms : PG_INT32_MIN;
	slot->peer = s->peer;
	slot->disconnected_at = 0;
	slot->closed_at = 0;
	slot->heard_at = ticks_now();
	/* the keeper sets the flag, then looks at heard_at once more */
	pg_memory_barrier();
	if (pg_atomic_read_u32(&slot->silent) != 0)
		shared_note_return();
}

void
store_committed(batch *b)
{
	uint64	   *count = b->stat->counters;

	ownership_end_batch();
	alarm_signals_committed(b->signals);
	count[COUNT_STORED] += b->stored;
	count[COUNT_OBSERVATIONS] += b->observations;
	count[COUNT_DUPLICATES] += b->duplicates;
	count[COUNT_QUARANTINED] += b->quarantined;
	count[COUNT_PART_CHANGES] += b->part_changes_written;
	count[COUNT_BATCHES]++;
	for (int i = 0; i < REFUSAL_COUNT; i++)
		b->stat->refused[i] += b->refused[i];
	for (int i = 0; i < b->count; i++)
		note_seen(b->frames[i].session, &b->frames[i]);
	for (int i = 0; i < b->sender_count; i++)
		if (b->senders[i]->refused == REFUSAL_NONE && b->senders[i]->unflushed)
			publish(b->senders[i]);
}

void
store_retry(batch *b)
{
	ownership_end_batch();
	part_cache_clear(b->parts);
	for (int i = 0; i < b->sender_count; i++)
		session_forget(b->senders[i]);
	for (int i = 0; i < b->count; i++)
		b->frames[i].poison = NULL;
	MemoryContextReset(b->memory);
}
