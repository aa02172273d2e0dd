/*
 * stamp.c
 *	  Sets column tx of a row that is about to be stored.
 *
 * COPY hands over rows that are formed already, with a null there.  To form
 * them anew would cost a tenth of the COPY; eight bytes are pushed in instead,
 * where everything before them has a fixed length and everything behind stays
 * aligned: so it is in the tables of fireiot.  The result is what forming would
 * give, byte for byte.
 */
#include "ledger/stamp.h"

#include "access/htup_details.h"
#include "access/tupmacs.h"
#include "utils/xid8.h"

#define TX_BYTES ((int) sizeof(uint64))

/* The slot's values lie in its arrays, not in a tuple. */
static bool
is_unformed(TupleTableSlot *slot)
{
	if (TTS_IS_VIRTUAL(slot))
		return true;
	if (TTS_IS_HEAPTUPLE(slot) || TTS_IS_BUFFERTUPLE(slot))
		return ((HeapTupleTableSlot *) slot)->tuple == NULL;
	return false;
}

/* A tuple that belongs to the slot, in one piece, and has all columns. */
static HeapTuple
own_tuple(TupleTableSlot *slot)
{
	HeapTuple	tuple;

	if (!TTS_SHOULDFREE(slot) ||
		!(TTS_IS_HEAPTUPLE(slot) || TTS_IS_BUFFERTUPLE(slot)))
		return NULL;
	tuple = ((HeapTupleTableSlot *) slot)->tuple;
	if ((char *) tuple->t_data != (char *) tuple + HEAPTUPLESIZE ||
		HeapTupleHeaderGetNatts(tuple->t_data) != slot->tts_tupleDescriptor->natts)
		return NULL;
	return tuple;
}

static bool
is_null(HeapTupleHeader header, int column)
{
	return (header->t_infomask & HEAP_HASNULL) != 0 &&
		att_isnull(column, header->t_bits);
}

/*
 * Where column tx is in the data, or would be; -1: behind something of variable
 * length, or where it would shift the alignment of the rest.
 */
static int
offset_of(HeapTupleHeader header, TupleDesc columns, int tx)
{
	int			offset = 0;

	for (int i = 0; i < tx; i++)
	{
		Form_pg_attribute column = TupleDescAttr(columns, i);

		if (is_null(header, i))
			continue;
		if (column->attlen <= 0)
			return -1;
		offset = att_align_nominal(offset, column->attalign) + column->attlen;
	}
	return offset % MAXIMUM_ALIGNOF == 0 ? offset : -1;
}

static bool
has_other_null(HeapTupleHeader header, int columns, int tx)
{
	for (int i = 0; i < columns; i++)
		if (i != tx && att_isnull(i, header->t_bits))
			return true;
	return false;
}

/* Room for tx, which was null, at an offset of the data. */
static HeapTuple
push_in(HeapTuple tuple, int columns, int tx, int offset)
{
	HeapTupleHeader header = tuple->t_data;
	bool		nulls = has_other_null(header, columns, tx);
	int			old_start = header->t_hoff;
	int			start = nulls ? old_start : MAXALIGN(SizeofHeapTupleHeader);
	int			bytes = tuple->t_len - old_start;
	int			length = start + bytes + TX_BYTES;

	tuple = repalloc(tuple, HEAPTUPLESIZE + Max(length, tuple->t_len));
	header = tuple->t_data = (HeapTupleHeader) ((char *) tuple + HEAPTUPLESIZE);
	/* the data move to the front when there is no bitmap any more */
	memmove((char *) header + start, (char *) header + old_start, offset);
	memmove((char *) header + start + offset + TX_BYTES,
			(char *) header + old_start + offset, bytes - offset);
	if (nulls)
		header->t_bits[tx >> 3] |= 1 << (tx & 7);
	else
	{
		header->t_infomask &= ~HEAP_HASNULL;
		memset((char *) header + SizeofHeapTupleHeader, 0,
			   start - SizeofHeapTupleHeader);
	}
	header->t_hoff = start;
	tuple->t_len = length;
	HeapTupleHeaderSetDatumLength(header, length);
	return tuple;
}

/* False: it is not that easy. */
static bool
stamp_tuple(TupleTableSlot *slot, int tx, FullTransactionId now)
{
	HeapTupleTableSlot *place = (HeapTupleTableSlot *) slot;
	TupleDesc	columns = slot->tts_tupleDescriptor;
	HeapTuple	tuple = own_tuple(slot);
	int			offset;

	if (tuple == NULL)
		return false;
	offset = offset_of(tuple->t_data, columns, tx);
	if (offset < 0)
		return false;
	if (is_null(tuple->t_data, tx))
		tuple = push_in(tuple, columns->natts, tx, offset);
	memcpy((char *) tuple->t_data + tuple->t_data->t_hoff + offset, &now,
		   TX_BYTES);
	place->tuple = tuple;
	/* values that were taken apart before may have moved */
	place->off = 0;
	slot->tts_nvalid = 0;
	return true;
}

/* Any tuple. */
static void
form_anew(TupleTableSlot *slot, AttrNumber column, Datum value)
{
	TupleDesc	columns = slot->tts_tupleDescriptor;
	bool		owned;
	bool		is_null = false;
	int			number = column;
	HeapTuple	tuple = ExecFetchSlotHeapTuple(slot, false, &owned);
	HeapTuple	stamped = heap_modify_tuple_by_cols(tuple, columns, 1, &number,
													&value, &is_null);

	if (owned)
		heap_freetuple(tuple);
	/* of a slot of heap tuples it lives as long as the caller's context; others
	 * copy it */
	ExecForceStoreHeapTuple(stamped, slot, !TTS_IS_HEAPTUPLE(slot));
}

void
stamp_row(TupleTableSlot *slot, AttrNumber column, FullTransactionId tx)
{
	if (is_unformed(slot))
	{
		slot->tts_values[column - 1] = FullTransactionIdGetDatum(tx);
		slot->tts_isnull[column - 1] = false;
	}
	else if (!stamp_tuple(slot, column - 1, tx))
		form_anew(slot, column, FullTransactionIdGetDatum(tx));
}
