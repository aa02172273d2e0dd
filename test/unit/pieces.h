/*
 * pieces.h
 *	  Lists of stream pieces, and a second cutter to compare with.
 *
 * reference_cut does the seven steps of stream cutting to the letter, over a
 * whole stream, with no thought of speed.
 */
#ifndef PIECES_H
#define PIECES_H

#include "codec/stream.h"

#include "unit/exact.h"
#include "unit/sample.h"

typedef struct piece_list
{
	gb_piece   *piece;			/* on the heap */
	size_t		n;
	uint64_t	consumed;
} piece_list;

/* A stream of len bytes has at most this many pieces. */
static inline piece_list
piece_list_for(size_t len)
{
	piece_list	list = {exact_room((len + 2) * sizeof(gb_piece)), 0, 0};

	return list;
}

static inline void
piece_list_add(piece_list *list, gb_piece_kind kind, uint64_t offset,
			   uint64_t len)
{
	list->piece[list->n].kind = kind;
	list->piece[list->n].offset = offset;
	list->piece[list->n].len = len;
	list->n++;
}

/* The first place where two lists differ; -1 when they are the same. */
static inline long
piece_list_differ(const piece_list *a, const piece_list *b)
{
	size_t		i;

	for (i = 0; i < a->n && i < b->n; i++)
		if (a->piece[i].kind != b->piece[i].kind ||
			a->piece[i].offset != b->piece[i].offset ||
			a->piece[i].len != b->piece[i].len)
			return (long) i;
	return a->n == b->n && a->consumed == b->consumed ? -1 : (long) i;
}

/* 0: no frame begins here; 1: wait; else the length of the frame. */
static inline size_t
reference_look(const uint8_t *s, size_t left)
{
	size_t		n;

	if (s[0] != 0x40 || (left >= 2 && s[1] != 0x40))
		return 0;
	if (left < 30)
		return 1;
	n = s[24] + 256 * (size_t) s[25];
	if (n > 1024)
		return 0;
	if (left < 30 + n)
		return 1;
	if (s[28 + n] != 0x23 || s[29 + n] != 0x23)
		return 0;
	return 30 + n;
}

static inline gb_piece_kind
reference_kind(const uint8_t *s, size_t len, const gb_profile *profile)
{
	int			command = s[26];

	if (naive_sum(s + 2, len - 5) != s[len - 3])
		return GB_PIECE_BAD_CHECKSUM;
	if ((command >= 1 && command <= 6) || command >= 128)
		return GB_PIECE_FRAME;
	if (profile != NULL && command < 8 &&
		(profile->commands & (1 << command)) != 0)
		return GB_PIECE_FRAME;
	return GB_PIECE_UNKNOWN_COMMAND;
}

static inline void
reference_cut(piece_list *list, const uint8_t *s, size_t len, bool eof,
			  const gb_profile *profile)
{
	size_t		at = 0;
	size_t		garbage = 0;	/* where the open stretch began */

	while (at < len)
	{
		size_t		found = reference_look(s + at, len - at);

		if (found == 1 && !eof)
			break;
		if (found <= 1)
		{
			at++;
			continue;
		}
		if (garbage < at)
			piece_list_add(list, GB_PIECE_GARBAGE, garbage, at - garbage);
		piece_list_add(list, reference_kind(s + at, found, profile), at,
					   found);
		at += found;
		garbage = at;
	}
	if (eof && garbage < at)
		piece_list_add(list, GB_PIECE_GARBAGE, garbage, at - garbage);
	list->consumed = at;
}

/* The same, and behind it the garbage that is open where the bytes end. */
static inline void
reference_walk(piece_list *list, const uint8_t *s, size_t len, bool eof,
			   const gb_profile *profile)
{
	uint64_t	at = 0;

	reference_cut(list, s, len, eof, profile);
	if (list->n > 0)
		at = list->piece[list->n - 1].offset + list->piece[list->n - 1].len;
	if (at < list->consumed)
		piece_list_add(list, GB_PIECE_GARBAGE, at, list->consumed - at);
}

/* The walk under test, over an exact copy of a stream. */
static inline void
pieces_walk(piece_list *list, const uint8_t *stream, size_t len, bool eof,
			const gb_profile *profile)
{
	uint8_t    *copy = exact_copy(stream, len);
	gb_cutter	cutter = {0};
	gb_frame	frame;
	gb_piece	piece;

	while ((piece = gb_cutter_walk(&cutter, copy, len, eof, profile,
								   &frame)).kind != GB_PIECE_NONE)
		piece_list_add(list, piece.kind, piece.offset, piece.len);
	list->consumed = cutter.consumed;
	free(copy);
}

/*
 * The cutter under test, over the first arrived bytes of a stream.  Each call
 * sees an exact copy of what is kept.  Returns the bytes kept at the end.
 */
static inline size_t
pieces_take(piece_list *list, gb_cutter *cutter, const uint8_t *stream,
			size_t arrived, bool eof, const gb_profile *profile)
{
	gb_piece	piece;

	do
	{
		size_t		left = arrived - (size_t) cutter->consumed;
		uint8_t    *kept = exact_copy(stream + cutter->consumed, left);
		gb_frame	frame;

		piece = gb_cutter_next(cutter, kept, left, eof, profile, &frame);
		if (piece.kind != GB_PIECE_NONE)
			piece_list_add(list, piece.kind, piece.offset, piece.len);
		free(kept);
	} while (piece.kind != GB_PIECE_NONE);
	list->consumed = cutter->consumed;
	return arrived - (size_t) cutter->consumed;
}

#endif							/* PIECES_H */
