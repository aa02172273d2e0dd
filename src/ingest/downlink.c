/*
 * downlink.c
 *	  Commands to devices: sent, repeated, answered (clauses 6.1 to 6.4).
 */
#include "ingest/downlink.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "storage/proc.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/instant.h"
#include "base/settings.h"
#include "base/ticks.h"
#include "base/worker.h"
#include "ingest/statements.h"

/* At most so many are under way at once; the rest stays queued. */
#define UNDER_WAY 1024

#define TYPE_SYNC_CLOCK 90

#define CLOCK_EVERY (INT64CONST(3600) * USECS_PER_SEC)

/* What a frame means for the command whose sequence number it has. */
typedef enum answer
{
	ANSWER_NONE,
	ANSWER_CONFIRMED,
	ANSWER_DATA,
	ANSWER_DENIED,
	ANSWER_WRONG
} answer;

/* As a step, and as the state of a command that is done with it. */
static const char *const answer_keys[] = {
	NULL, "confirmed", "answered", "denied", "wrong_answer"
};

/* A command that was sent and is not done. */
typedef struct under_way
{
	int64		id;
	device_addr device;
	const gb_profile *profile;
	uint32		route_serial;
	endpoint	to;				/* of the last attempt */
	uint16		seq;
	uint8		command;
	uint8		type;
	int16		attempt;
	TimestampTz built_at;		/* the frame's time tag */
	ticks		sent_at;
	answer		heard;			/* to the last attempt */
	uint64		heard_in;		/* batch */
	bool		done;			/* with that */
	uint16		len;
	uint8		bytes[GB_FRAME_MAX];
} under_way;

static struct
{
	batch	   *batch;
	downlink_sender send;
	under_way  *list[UNDER_WAY];
	int			count;
	uint64		version;		/* of the commands, when last looked at */
	bool		any_open;		/* rows that are queued, or sent */
	ticks		looked_at;
	uint16		next_seq;
	uint64		followed;		/* the last batch, and when */
	TimestampTz followed_at;
}			me;

static statement queued = {
	"SELECT c.id, c.device, c.command, c.type, c.app FROM fireiot.command AS c"
	" WHERE c.state = 'queued' AND c.expires_at > now() ORDER BY c.id"
};

/* What nobody sends or answers any more; says how much is left open. */
static statement settle = {
	"WITH late AS (UPDATE fireiot.command AS c SET"
	"  state = CASE c.state WHEN 'queued' THEN 'expired' ELSE 'failed' END, done_at = now()"
	"  WHERE c.state = 'queued' AND c.expires_at <= now()"
	"   OR c.state = 'sent' AND c.sent_at < now() - make_interval(secs => $1)"
	"  RETURNING c.id, c.device, c.attempt, c.state),"
	" step AS (INSERT INTO fireiot.command_step (device, command_id, tx, attempt, step)"
	"  SELECT l.device, l.id, pg_current_xact_id(), l.attempt,"
	"   CASE l.state WHEN 'failed' THEN 'lost' ELSE l.state END FROM late AS l)"
	" SELECT count(*) FROM fireiot.command AS c WHERE c.state IN ('queued', 'sent')"
};

/* The row, the frame and the step of an attempt; no row: somebody else's. */
static statement attempt = {
	"WITH taken AS (UPDATE fireiot.command AS c SET state = 'sent', attempt = $2, seq = $3,"
	"  sent_at = $4 WHERE c.id = $1 AND c.state IN ('queued', 'sent') AND c.attempt = $2 - 1"
	"  RETURNING c.id, c.device, c.command, c.type),"
	" stored AS (INSERT INTO fireiot.frame (received_at, device, sent_at, tx, seq, verdict,"
	"   command, type, outgoing, profile, bytes)"
	"  SELECT $4, t.device, $7, pg_current_xact_id(), $3, 0, t.command, t.type, true, $6, $5"
	"  FROM taken AS t RETURNING id)"
	" INSERT INTO fireiot.command_step (received_at, device, command_id, frame_id, tx, attempt, step)"
	" SELECT $4, t.device, t.id, s.id, pg_current_xact_id(), $2, 'sent'"
	" FROM taken AS t, stored AS s"
};

/* state null: only the step. */
static statement step = {
	"WITH done AS (UPDATE fireiot.command AS c SET state = coalesce($2, c.state),"
	"  done_at = CASE WHEN $2 IS NULL THEN NULL ELSE now() END,"
	"  answer_frame_id = coalesce($5, c.answer_frame_id),"
	"  answer = coalesce(fireiot.explain_frame($6, $7) -> 'objects', c.answer)"
	"  WHERE c.id = $1 AND c.state = 'sent' RETURNING c.id, c.device)"
	" INSERT INTO fireiot.command_step (device, command_id, frame_id, tx, attempt, step)"
	" SELECT d.device, d.id, $5, pg_current_xact_id(), $3, $4 FROM done AS d"
};

/* A request from the future is of a clock of ours that was wrong. */
static statement order_clock = {
	"INSERT INTO fireiot.command (device, command, type, requested_by, expires_at, note)"
	" SELECT $1, 1, 90, 'fireiot', now() + make_interval(mins => 1), $2"
	" WHERE NOT EXISTS (SELECT FROM fireiot.command AS c"
	"  WHERE c.device OPERATOR(fireiot.=) $1 AND c.type = 90"
	"   AND c.requested_at BETWEEN now() - make_interval(hours => 1)"
	"    AND now() + make_interval(hours => 1))"
};

/* ---- connections ---- */

/* Did it speak to another listener since, over a newer connection? */
static bool
is_heard_elsewhere(const session *s)
{
	uint32		owner;

	if (s->slot == NULL ||
		pg_atomic_read_u64(&s->slot->key) != (s->device | DEVICE_KEY_USED))
		return false;
	owner = pg_atomic_read_u32(&s->slot->owner);
	if (owner == (uint32) my_proc_number() + 1)
		return false;
	for (int i = 0; i < settings.listeners; i++)
	{
		const worker_slot *listener = &shared_listener(i)->worker;

		if (listener->pid != 0 && (uint32) listener->proc_number + 1 == owner)
			return true;
	}
	return false;
}

/* Is the connection that the device spoke over last still there, and would
 * frames from it be taken now? */
static bool
is_reached_here(const session *s)
{
	return s != NULL && s->route != NULL &&
		s->route->serial == s->route_serial &&
		s->refused == REFUSAL_NONE &&
		!(s->source_serial == s->route_serial &&
		  s->source_refused != REFUSAL_NONE) &&
		!is_heard_elsewhere(s);
}

/* Looked up each time: an idle session may be dropped meanwhile. */
static source *
route_of(const under_way *u)
{
	session    *s = session_find_device(me.batch->sessions, u->device);

	return is_reached_here(s) && s->route_serial == u->route_serial ?
		s->route : NULL;
}

/* ---- answers, inside the batch's transaction ---- */

static under_way *
find(const batch_frame *f)
{
	uint16		seq = gb_load16(f->bytes + GB_AT_SEQ);

	for (int i = 0; i < me.count; i++)
	{
		under_way  *u = me.list[i];

		if (u->device == f->session->device && u->seq == seq &&
			u->attempt > 0 && u->route_serial == f->source->serial &&
			memcmp(&u->to, &f->source->at, sizeof(endpoint)) == 0)
			return u;
	}
	return NULL;
}

/* Any data answer a request of a type that only the site knows. */
static bool
is_answer_type(const under_way *u, uint8 type)
{
	const gb_layout *layout = gb_profile_layout(u->profile, u->type);

	return layout == NULL || layout->answered_by == type;
}

static answer
meaning(const under_way *u, const batch_frame *f)
{
	bool		control = u->command == GB_CMD_CONTROL;

	switch (f->bytes[GB_AT_COMMAND])
	{
		case GB_CMD_CONFIRM:
			return control ? ANSWER_CONFIRMED : ANSWER_WRONG;
		case GB_CMD_DENY:
			return ANSWER_DENIED;
		case GB_CMD_RESPONSE:
			return !control && gb_load16(f->bytes + GB_AT_LENGTH) > 0 &&
				is_answer_type(u, f->bytes[GB_AT_APP]) ?
				ANSWER_DATA : ANSWER_WRONG;
		default:
			return ANSWER_NONE;
	}
}

static bool
may_repeat(const under_way *u)
{
	return u->attempt <= settings.command_repeats;
}

/*
 * Add a step; state is what the command ends as, NULL: it goes on.  f is the
 * frame that says so; one that is known already has no row of its own.
 */
static void
run_step(const under_way *u, const char *state, const char *what,
		 const batch_frame *f)
{
	Oid			types[7] = {INT8OID, TEXTOID, INT2OID, TEXTOID, INT8OID,
	BYTEAOID, TEXTOID};
	bool		data = strcmp(what, answer_keys[ANSWER_DATA]) == 0;
	char		nulls[8] = "       ";
	Datum		values[7] = {0};

	values[0] = Int64GetDatum(u->id);
	values[2] = Int16GetDatum(u->attempt);
	values[3] = CStringGetTextDatum(what);
	if (state != NULL)
		values[1] = CStringGetTextDatum(state);
	else
		nulls[1] = 'n';
	if (f != NULL && f->id != 0)
		values[4] = Int64GetDatum(f->id);
	else
		nulls[4] = 'n';
	if (data)
		values[5] = PointerGetDatum(f->bytes - VARHDRSZ);
	else
		nulls[5] = 'n';
	if (u->profile != NULL)
		values[6] = CStringGetTextDatum(u->profile->name);
	else
		nulls[6] = 'n';
	SPI_connect();
	statement_run(&step, 7, types, values, nulls);
	SPI_finish();
}

/*
 * A denial ends a command only when it may not be repeated any more.  Behind a
 * wrong answer the right one may still come, until the time is over.
 */
static void
note_answer(under_way *u, const batch_frame *f)
{
	answer		heard = meaning(u, f);

	if (heard == ANSWER_NONE || (heard == ANSWER_WRONG && f->duplicate))
		return;
	if (heard == ANSWER_WRONG)
	{
		run_step(u, NULL, answer_keys[heard], f);
		return;
	}
	u->heard = heard;
	u->heard_in = me.batch->number;
	u->done = heard != ANSWER_DENIED || !may_repeat(u);
	run_step(u, u->done ? answer_keys[heard] : NULL, answer_keys[heard], f);
}

/*
 * A repeated denial may be the same bytes as the one before, and so count as
 * a retransmission.  What was heard in an attempt at this batch that was
 * rolled back has not been heard.
 */
static void
follow_answers(batch *b)
{
	for (int i = 0; i < me.count; i++)
		if (me.list[i]->heard_in == b->number)
			me.list[i]->heard = ANSWER_NONE;
	for (int i = 0; i < b->count && me.count > 0; i++)
	{
		const batch_frame *f = &b->frames[i];
		under_way  *u = f->refused == REFUSAL_NONE ? find(f) : NULL;

		if (u != NULL && u->heard == ANSWER_NONE)
			note_answer(u, f);
	}
}

/* A clock that was set back does not make it longer. */
static bool
is_over(TimestampTz since, int64 duration, TimestampTz now)
{
	return now < since || now - since >= duration;
}

static bool
clock_is_off(const session *s)
{
	int64		limit = settings.sync_clock_above_s * INT64CONST(1000);

	return settings.sync_clock_above_s > 0 && s->skew_known &&
		!s->pending && s->refused == REFUSAL_NONE &&
		(s->skew_ms > limit || s->skew_ms < -limit);
}

static void
set_clock(session *s, const catalog_ids *ids)
{
	Oid			types[2] = {ids->device_addr, TEXTOID};
	Datum		values[2];

	values[0] = DeviceAddrGetDatum(s->device);
	values[1] = CStringGetTextDatum(psprintf("the clock is off by %d ms",
											 s->skew_ms));
	SPI_connect();
	statement_run(&order_clock, 2, types, values, NULL);
	SPI_finish();
	shared_announce_at_commit(NEWS_COMMAND);
}

/* A clock that this batch has set was not: the attempt was rolled back. */
static void
follow_clocks(batch *b)
{
	if (me.followed != b->number)
		me.followed_at = GetCurrentTimestamp();
	me.followed = b->number;
	for (int i = 0; i < b->sender_count; i++)
	{
		session    *s = b->senders[i];

		if (!clock_is_off(s) || (s->clock_sent_at != me.followed_at &&
								 !is_over(s->clock_sent_at, CLOCK_EVERY,
										  me.followed_at)))
			continue;
		s->clock_sent_at = me.followed_at;
		set_clock(s, &b->ids);
	}
}

static void
follow(batch *b)
{
	follow_answers(b);
	follow_clocks(b);
}

/* ---- sending ---- */

static void
drop(int i)
{
	pfree(me.list[i]);
	me.list[i] = me.list[--me.count];
}

/* app NULL: the time of now. */
static void
build(under_way *u, const session *s, const uint8 *app, uint16 app_len,
	  TimestampTz now)
{
	uint8		clock[2 + GB_TIME_SIZE] = {TYPE_SYNC_CLOCK, 1};
	gb_frame	frame = {0};

	frame.time = tag_of_instant(now);
	u->built_at = now - now % USECS_PER_SEC;
	if (app == NULL)
	{
		gb_time_write(&frame.time, gb_profile_time(u->profile), clock + 2);
		app = clock;
		app_len = sizeof(clock);
	}
	frame.seq = u->seq;
	frame.ver_main = 1;
	frame.ver_user = 1;
	frame.src = gb_profile_has(u->profile, GB_P_ADDRESS_WIRE) ?
		gb_swap48(s->centre) : s->centre;
	frame.dst = s->device;
	frame.command = u->command;
	frame.app = app;
	frame.app_len = app_len;
	u->len = (uint16) gb_frame_build(&frame, u->profile, u->bytes);
}

/* Put the next attempt into the tables; false: it is not ours to send. */
static bool
record_attempt(under_way *u, TimestampTz now)
{
	const gb_profile *profile = u->profile;
	Oid			types[7] = {INT8OID, INT2OID, INT4OID, TIMESTAMPTZOID, BYTEAOID,
	TEXTOID, TIMESTAMPTZOID};
	Datum		values[7];
	bytea	   *bytes = palloc(VARHDRSZ + u->len);
	bool		taken;

	SET_VARSIZE(bytes, VARHDRSZ + u->len);
	memcpy(VARDATA(bytes), u->bytes, u->len);
	values[0] = Int64GetDatum(u->id);
	values[1] = Int16GetDatum(u->attempt + 1);
	values[2] = Int32GetDatum(u->seq);
	values[3] = TimestampTzGetDatum(now);
	values[4] = PointerGetDatum(bytes);
	values[5] = profile != NULL ? CStringGetTextDatum(profile->name) : (Datum) 0;
	values[6] = TimestampTzGetDatum(u->built_at);
	SPI_connect();
	statement_run(&attempt, 7, types, values,
				  profile != NULL ? "       " : "     n ");
	taken = SPI_processed > 0;
	SPI_finish();
	return taken;
}

/* A queued row becomes one under way if its device is connected here. */
static void
take_row(HeapTuple row, TupleDesc columns, TimestampTz now)
{
	bool		isnull;
	device_addr device = DatumGetDeviceAddr(SPI_getbinval(row, columns, 2,
														  &isnull));
	session    *s = session_find_device(me.batch->sessions, device);
	under_way  *u;
	Datum		app;

	if (!is_reached_here(s))
		return;
	u = MemoryContextAllocZero(TopMemoryContext, sizeof(under_way));
	u->id = DatumGetInt64(SPI_getbinval(row, columns, 1, &isnull));
	u->command = (uint8) DatumGetInt16(SPI_getbinval(row, columns, 3, &isnull));
	u->type = (uint8) DatumGetInt16(SPI_getbinval(row, columns, 4, &isnull));
	u->device = device;
	u->profile = s->profile;
	u->route_serial = s->route_serial;
	u->seq = me.next_seq++;
	app = SPI_getbinval(row, columns, 5, &isnull);
	if (isnull)
		build(u, s, NULL, 0, now);
	else
		build(u, s, (uint8 *) VARDATA_ANY(DatumGetByteaPP(app)),
			  (uint16) VARSIZE_ANY_EXHDR(DatumGetByteaPP(app)), now);
	me.list[me.count++] = u;
}

static void
take_queued(TimestampTz now)
{
	SPI_connect();
	statement_run(&queued, 0, NULL, NULL, NULL);
	for (uint64 i = 0; i < SPI_processed && me.count < UNDER_WAY; i++)
		take_row(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, now);
	SPI_finish();
}

static void
settle_late(void)
{
	Oid			types[1] = {FLOAT8OID};
	Datum		values[1];
	bool		isnull;

	values[0] = Float8GetDatum((settings.command_repeats + 2.0) *
							   settings.command_timeout_s);
	SPI_connect();
	statement_run(&settle, 1, types, values, NULL);
	me.any_open = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0],
											  SPI_tuptable->tupdesc, 1,
											  &isnull)) > 0;
	SPI_finish();
}

static bool
is_due(const under_way *u, ticks now)
{
	return u->attempt == 0 || u->heard == ANSWER_DENIED ||
		ticks_passed(u->sent_at, now,
					 settings.command_timeout_s * INT64CONST(1000));
}

/*
 * Record what is due: an attempt, or the end.  due[] says which are to be
 * sent when that is committed, gone[] which are no longer under way.
 */
static void
record_due(ticks tick, TimestampTz now, bool *due, bool *gone)
{
	for (int i = 0; i < me.count; i++)
	{
		under_way  *u = me.list[i];

		due[i] = gone[i] = false;
		if (route_of(u) == NULL)
		{
			run_step(u, "failed", "disconnected", NULL);
			gone[i] = true;
		}
		else if (!is_due(u, tick))
			continue;
		else if (!may_repeat(u))
		{
			run_step(u, "failed", "timeout", NULL);
			gone[i] = true;
		}
		else
		{
			due[i] = record_attempt(u, now);
			gone[i] = !due[i];
		}
	}
}

static void
send_due(ticks tick, const bool *due, const bool *gone)
{
	for (int i = me.count - 1; i >= 0; i--)
	{
		under_way  *u = me.list[i];
		source	   *to = due[i] ? route_of(u) : NULL;

		if (due[i])
		{
			u->attempt++;
			u->sent_at = tick;
			u->heard = ANSWER_NONE;
		}
		if (to != NULL)
		{
			u->to = to->at;
			me.send(to, (char *) u->bytes, u->len);
			me.batch->stat->counters[COUNT_COMMANDS]++;
		}
		if (gone[i])
			drop(i);
	}
}

/* Nothing was recorded: rows that were taken are still queued. */
static void
try_again(void)
{
	for (int i = me.count - 1; i >= 0; i--)
		if (me.list[i]->attempt == 0)
			drop(i);
	me.any_open = true;
	downlink_forget_plans();
}

/* The time is that of behind the batch, so that steps are in order. */
static void
work(worker_slot *slot)
{
	TimestampTz now = GetCurrentTimestamp();
	ticks		tick = ticks_now();
	bool		due[UNDER_WAY];
	bool		gone[UNDER_WAY];
	volatile bool done = false;

	PG_TRY();
	{
		worker_begin("fireiot: sending commands");
		settle_late();
		if (me.any_open)
			take_queued(now);
		record_due(tick, now, due, gone);
		worker_commit();
		done = true;
	}
	PG_CATCH();
	{
		worker_forgive(slot, slot->state);
	}
	PG_END_TRY();
	if (done)
		send_due(tick, due, gone);
	else
		try_again();
}

/* What a committed batch has answered is done. */
static void
drop_answered(void)
{
	for (int i = me.count - 1; i >= 0; i--)
		if (me.list[i]->heard != ANSWER_NONE && me.list[i]->done)
			drop(i);
}

static bool
any_denied(void)
{
	for (int i = 0; i < me.count; i++)
		if (me.list[i]->heard == ANSWER_DENIED)
			return true;
	return false;
}

void
downlink_turn(worker_slot *slot, ticks now)
{
	uint64		version = shared_news_version(NEWS_COMMAND);
	bool		second = ticks_passed(me.looked_at, now, 1000);

	drop_answered();
	if (version == me.version && !any_denied() &&
		!(second && (me.any_open || me.count > 0)))
		return;
	me.looked_at = now;
	me.version = version;
	work(slot);
}

void
downlink_begin(batch *b, downlink_sender send)
{
	me.batch = b;
	me.send = send;
	me.next_seq = (uint16) (GetCurrentTimestamp() / USECS_PER_SEC);
	b->follow = follow;
}

void
downlink_drop_all(void)
{
	while (me.count > 0)
		drop(me.count - 1);
	me.version = 0;
}

void
downlink_forget_plans(void)
{
	statement_forget(&queued);
	statement_forget(&settle);
	statement_forget(&attempt);
	statement_forget(&step);
	statement_forget(&order_clock);
}
