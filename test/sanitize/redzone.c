/*
 * redzone.c
 *	  Makes PostgreSQL's memory visible to AddressSanitizer and memcheck.
 *
 * palloc cuts pieces out of large malloc'd blocks, so that neither tool sees
 * a read or write behind the end of one.  Test builds of fireiot are linked
 * with --wrap for the functions below: while a function of fireiot runs, each
 * piece that it allocates, and each argument that it detoasts, is followed by
 * a red zone, and starts with contents that nobody may depend on.
 *
 * The server's own code knows nothing of red zones and may give a piece to
 * others once it has been freed.  They are therefore taken away when the
 * function returns or raises, which fmgr_hook tells, and not set outside of
 * functions.  Loaded by shared_preload_libraries, before fireiot.
 */
#include "base/compat.h"

#include <sanitizer/asan_interface.h>
#include <valgrind/memcheck.h>

#include "access/htup_details.h"
#include "catalog/pg_language_d.h"
#include "catalog/pg_proc.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

PG_MODULE_MAGIC;

extern PGDLLEXPORT void _PG_init(void);
extern PGDLLEXPORT void *__wrap_palloc(Size size);
extern PGDLLEXPORT void *__wrap_palloc0(Size size);
extern PGDLLEXPORT void *__wrap_repalloc(void *piece, Size size);
extern PGDLLEXPORT void __wrap_pfree(void *piece);
extern PGDLLEXPORT char *__wrap_text_to_cstring(const text *t);
extern PGDLLEXPORT struct varlena *__wrap_pg_detoast_datum(struct varlena *datum);
extern PGDLLEXPORT struct varlena *__wrap_pg_detoast_datum_packed(struct varlena *datum);

/* Under memcheck there is no AddressSanitizer. */
#pragma weak __asan_poison_memory_region
#pragma weak __asan_unpoison_memory_region

#define REDZONE_BYTES 32
#define FRESH_BYTE 0x7f

typedef struct guarded_piece
{
	char	   *start;
	Size		size;
} guarded_piece;

static guarded_piece *pieces;
static int	piece_count;
static int	piece_room;

/* Functions of fireiot that are running, one inside the other. */
static int	depth;

static Size
with_redzone(Size size)
{
	return MAXALIGN(size) + REDZONE_BYTES;
}

static void
set_redzone(const guarded_piece *piece)
{
	char	   *end = piece->start + piece->size;
	Size		len = with_redzone(piece->size) - piece->size;

	if (__asan_poison_memory_region)
		__asan_poison_memory_region(end, len);
	(void) VALGRIND_MAKE_MEM_NOACCESS(end, len);
}

static void
clear_redzone(const guarded_piece *piece)
{
	char	   *end = piece->start + piece->size;
	Size		len = with_redzone(piece->size) - piece->size;

	if (__asan_unpoison_memory_region)
		__asan_unpoison_memory_region(end, len);
	(void) VALGRIND_MAKE_MEM_UNDEFINED(end, len);
}

static void *
guard(void *start, Size size)
{
	if (piece_count == piece_room)
	{
		piece_room = Max(2 * piece_room, 1024);
		pieces = realloc(pieces, piece_room * sizeof(guarded_piece));
		if (pieces == NULL)
			elog(FATAL, "out of memory for red zones");
	}
	pieces[piece_count].start = start;
	pieces[piece_count].size = size;
	set_redzone(&pieces[piece_count]);
	piece_count++;
	return start;
}

/* Forget a piece, if it is guarded; the latest are freed first. */
static void
unguard(const void *start)
{
	int			i = piece_count - 1;

	while (i >= 0 && pieces[i].start != start)
		i--;
	if (i < 0)
		return;
	clear_redzone(&pieces[i]);
	pieces[i] = pieces[--piece_count];
}

static void
unguard_all(void)
{
	while (piece_count > 0)
		clear_redzone(&pieces[--piece_count]);
}

/* A size that palloc refuses is left to it. */
static bool
guarding(Size size)
{
	return depth > 0 && AllocSizeIsValid(size) &&
		AllocSizeIsValid(with_redzone(size));
}

void *
__wrap_palloc(Size size)
{
	char	   *start;

	if (!guarding(size))
		return palloc(size);
	start = palloc(with_redzone(size));
	memset(start, FRESH_BYTE, size);
	(void) VALGRIND_MAKE_MEM_UNDEFINED(start, size);
	return guard(start, size);
}

void *
__wrap_palloc0(Size size)
{
	if (!guarding(size))
		return palloc0(size);
	return guard(palloc0(with_redzone(size)), size);
}

void *
__wrap_repalloc(void *piece, Size size)
{
	unguard(piece);
	if (!guarding(size))
		return repalloc(piece, size);
	return guard(repalloc(piece, with_redzone(size)), size);
}

void
__wrap_pfree(void *piece)
{
	unguard(piece);
	pfree(piece);
}

/* A copy with a red zone. */
static void *
guarded_copy(const void *from, Size size)
{
	void	   *copy = __wrap_palloc(size);

	memcpy(copy, from, size);
	return copy;
}

char *
__wrap_text_to_cstring(const text *t)
{
	char	   *str = text_to_cstring(t);

	return guarded_copy(str, strlen(str) + 1);
}

struct varlena *
__wrap_pg_detoast_datum(struct varlena *datum)
{
	datum = pg_detoast_datum(datum);
	return guarded_copy(datum, VARSIZE_ANY(datum));
}

struct varlena *
__wrap_pg_detoast_datum_packed(struct varlena *datum)
{
	datum = pg_detoast_datum_packed(datum);
	return guarded_copy(datum, VARSIZE_ANY(datum));
}

/*
 * Does it call back into the server's executor, which resets the contexts that
 * red zones are in?
 */
static bool
runs_statements(const char *name)
{
	static const char *const names[] = {"ingest", "seal", "verify_ledger", "export_note",
		"prove", "checkpoint", "verify_against", "make_ledger",
	"drop_purged_partition", "decommission", "log_rows", "log_truncate",
	"note_roles", "add_working_days", "working_days_due",
	"working_days_between", "is_working_day"};

	for (int i = 0; i < lengthof(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* C functions of fireiot's libraries that stay inside of them. */
static bool
needs_hook(Oid fn_oid)
{
	HeapTuple	proc = SearchSysCache1(PROCOID, ObjectIdGetDatum(fn_oid));
	bool		is_ours = false;

	if (!HeapTupleIsValid(proc))
		return false;
	if (((Form_pg_proc) GETSTRUCT(proc))->prolang == ClanguageId)
	{
		bool		isnull;
		Datum		file = SysCacheGetAttr(PROCOID, proc,
										   Anum_pg_proc_probin, &isnull);

		is_ours = !isnull &&
			strstr(TextDatumGetCString(file), "fireiot") != NULL &&
			!runs_statements(NameStr(((Form_pg_proc) GETSTRUCT(proc))->proname));
	}
	ReleaseSysCache(proc);
	return is_ours;
}

/*
 * The server also calls this for functions with settings or owner's rights
 * that needs_hook does not ask for; *arg remembers which are meant, since at
 * an abort no catalog can be read.
 */
static void
hook(FmgrHookEventType event, FmgrInfo *flinfo, Datum *arg)
{
	if (event == FHET_START)
		*arg = BoolGetDatum(needs_hook(flinfo->fn_oid));
	if (!DatumGetBool(*arg))
		return;
	if (event == FHET_START)
		depth++;
	else if (--depth == 0)
		unguard_all();
}

void
_PG_init(void)
{
	needs_fmgr_hook = needs_hook;
	fmgr_hook = hook;
}
