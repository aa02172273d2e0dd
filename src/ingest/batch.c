/*
 * batch.c
 *	  Frames gathered for one transaction.
 */
#include "ingest/batch.h"

#include "utils/memutils.h"

#include "base/settings.h"

/* Usual frames are far below the longest; a batch of long ones closes early. */
#define BYTES_PER_FRAME 256

batch *
batch_create(int capacity, int parts, ingest_stat *stat)
{
	batch	   *b = palloc0(sizeof(batch));

	b->memory = AllocSetContextCreate(CurrentMemoryContext, "fireiot batch",
									  ALLOCSET_DEFAULT_SIZES);
	b->sessions = session_table_create(settings.max_devices);
	b->parts = part_cache_create(parts);
	b->signals = alarm_signals_create();
	b->stat = stat;
	b->limit = capacity;
	b->frames = MemoryContextAllocHuge(CurrentMemoryContext,
									   capacity * sizeof(batch_frame));
	b->senders = MemoryContextAllocHuge(CurrentMemoryContext,
										capacity * sizeof(session *));
	b->order = MemoryContextAllocHuge(CurrentMemoryContext,
									  capacity * sizeof(int));
	b->room = MAXALIGN((Size) capacity * BYTES_PER_FRAME + 4 * GB_FRAME_MAX);
	b->bytes = MemoryContextAllocHuge(CurrentMemoryContext, b->room);
	b->number = 1;
	return b;
}

bool
batch_full(const batch *b)
{
	return b->count == b->limit ||
		b->room - b->used < MAXALIGN(VARHDRSZ + GB_FRAME_MAX);
}

static void
add_sender(batch *b, session *s)
{
	if (s->batch != b->number)
	{
		s->batch = b->number;
		s->burst = 0;
		b->senders[b->sender_count++] = s;
	}
	s->burst++;
}

void
batch_add(batch *b, gb_piece_kind kind, const uint8 *bytes, uint16 len,
		  source *src, TimestampTz received_at)
{
	batch_frame *f = &b->frames[b->count++];
	char	   *copy = b->bytes + b->used;

	SET_VARSIZE(copy, VARHDRSZ + len);
	memcpy(copy + VARHDRSZ, bytes, len);
	b->used += MAXALIGN(VARHDRSZ + len);

	memset(f, 0, sizeof(*f));
	f->bytes = (uint8 *) copy + VARHDRSZ;
	f->len = len;
	f->kind = (uint8) kind;
	f->source = src;
	f->received_at = received_at;
	if (kind == GB_PIECE_BAD_CHECKSUM)
		return;					/* whose it is cannot be trusted */
	f->session = session_get(b->sessions, gb_load48(bytes + GB_AT_SRC),
							 b->number);
	/* a device that connects anew may repeat more than is remembered */
	if (f->session->route_serial != src->serial &&
		seen_has_lost(&f->session->seen))
		session_forget_seen(f->session);
	add_sender(b, f->session);
}

device_addr
batch_sender(const batch_frame *f)
{
	return f->session != NULL ? f->session->device :
		gb_load48(f->bytes + GB_AT_SRC);
}

void
batch_reset(batch *b)
{
	b->count = 0;
	b->used = 0;
	b->sender_count = 0;
	b->number++;
	b->careful = false;
	MemoryContextReset(b->memory);
}
