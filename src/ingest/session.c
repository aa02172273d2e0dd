/*
 * session.c
 *	  What a process knows of a device: who it is, what it may, what it said
 *	  last.
 */
#include "ingest/session.h"

#include "utils/memutils.h"

#include "base/mix.h"

typedef struct wire_entry
{
	uint64		wire;
	session    *session;
	char		status;
} wire_entry;

/* Sessions that are looked at to make room for one. */
#define SWEEP 64

#define SH_PREFIX by_wire
#define SH_ELEMENT_TYPE wire_entry
#define SH_KEY_TYPE uint64
#define SH_KEY wire
#define SH_HASH_KEY(tb, key) ((uint32) mix64(key))
#define SH_EQUAL(tb, a, b) ((a) == (b))
#define SH_SCOPE static inline
#define SH_DEFINE
#define SH_DECLARE
#include "lib/simplehash.h"

struct session_table
{
	MemoryContext memory;
	by_wire_hash *by_wire;
	session   **all;			/* in no order */
	int			count;
	int			room;
	int			limit;
	int			sweep;			/* where the search for idle ones goes on */
	bool		crowded;
};

session_table *
session_table_create(int limit)
{
	MemoryContext memory = AllocSetContextCreate(CurrentMemoryContext,
												 "fireiot sessions",
												 ALLOCSET_DEFAULT_SIZES);
	session_table *table = MemoryContextAllocZero(memory,
												  sizeof(session_table));

	table->memory = memory;
	table->by_wire = by_wire_create(memory, 64, NULL);
	table->limit = limit;
	table->room = 64;
	table->all = MemoryContextAlloc(memory, table->room * sizeof(session *));
	return table;
}

void
session_forget_registry(session *s)
{
	if (s->networks != NULL)
		pfree(s->networks);
	if (s->certificate_name != NULL)
		pfree(s->certificate_name);
	s->networks = NULL;
	s->certificate_name = NULL;
	s->registry_version = 0;
	s->source_serial = 0;
}

void
session_forget_seen(session *s)
{
	s->read_back = false;
	s->seen.count = 0;
	s->seen.next = 0;
}

void
session_forget(session *s)
{
	session_forget_registry(s);
	session_forget_seen(s);
}

void
session_forget_all(session_table *table)
{
	for (int i = 0; i < table->count; i++)
		session_forget(table->all[i]);
}

static void
drop(session_table *table, int at)
{
	session    *s = table->all[at];

	session_forget(s);
	seen_free(&s->seen);
	if (s->datagram_route != NULL)
		pfree(s->datagram_route);
	by_wire_delete(table->by_wire, s->wire);
	pfree(s);
	table->all[at] = table->all[--table->count];
}

/* Drop one of the next few. */
static bool
drop_some(session_table *table, uint64 keep_batch, bool routed)
{
	for (int i = 0; i < SWEEP && table->count >= table->limit; i++)
	{
		session    *s;

		table->sweep = (table->sweep + 1) % table->count;
		s = table->all[table->sweep];
		if ((routed || s->route == NULL) && s->batch < keep_batch &&
			!s->unflushed && s->pinned == 0)
			drop(table, table->sweep);
	}
	return table->count < table->limit;
}

/* The table grows over its limit by a batch at most: then all is written. */
static void
make_room(session_table *table, uint64 keep_batch)
{
	table->crowded = !drop_some(table, keep_batch, false) &&
		!drop_some(table, keep_batch, true);
}

static session *
add(session_table *table, uint64 wire)
{
	session    *s = MemoryContextAllocZero(table->memory, sizeof(session));

	s->wire = wire;
	s->device = wire;
	if (table->count == table->room)
	{
		table->room *= 2;
		table->all = repalloc_huge(table->all,
								   table->room * sizeof(session *));
	}
	table->all[table->count++] = s;
	return s;
}

session *
session_get(session_table *table, uint64 wire, uint64 keep_batch)
{
	wire_entry *e = by_wire_lookup(table->by_wire, wire);
	bool		found;

	if (e != NULL)
		return e->session;
	table->crowded = false;
	if (table->count >= table->limit)
		make_room(table, keep_batch);
	e = by_wire_insert(table->by_wire, wire, &found);
	e->session = add(table, wire);
	return e->session;
}

int
session_count(const session_table *table)
{
	return table->count;
}

bool
session_crowded(const session_table *table)
{
	return table->crowded;
}

session *
session_find_device(session_table *table, device_addr device)
{
	wire_entry *e = by_wire_lookup(table->by_wire, device);

	if (e != NULL && e->session->device == device)
		return e->session;
	e = by_wire_lookup(table->by_wire, gb_swap48(device));
	return e != NULL && e->session->device == device ? e->session : NULL;
}

session *
session_next(session_table *table, int *at)
{
	return *at < table->count ? table->all[(*at)++] : NULL;
}

MemoryContext
session_memory(session_table *table)
{
	return table->memory;
}
