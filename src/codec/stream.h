/*
 * stream.h
 *	  Cut a byte stream into frames.
 *
 * Only the length field finds the end of a frame: 40 40 and 23 23 may stand
 * anywhere inside (clause 6.6).  The cutter works on the caller's buffer, in
 * place, and gives the same pieces however the bytes arrive.  It looks at
 * most GB_FRAME_MAX bytes ahead, so a buffer of that size always goes on.
 */
#ifndef GB_STREAM_H
#define GB_STREAM_H

#include <stdbool.h>

#include "codec/frame.h"

typedef enum gb_piece_kind
{
	GB_PIECE_NONE = 0,			/* wait for more bytes (or: all is cut) */
	GB_PIECE_FRAME,
	GB_PIECE_GARBAGE,			/* a stretch that belongs to no frame */
	GB_PIECE_BAD_CHECKSUM,		/* a whole frame */
	GB_PIECE_UNKNOWN_COMMAND	/* a whole frame */
} gb_piece_kind;

typedef struct gb_piece
{
	gb_piece_kind kind;
	uint64_t	offset;			/* in the stream, from 0 */
	uint64_t	len;
} gb_piece;

/* Start with all zero. */
typedef struct gb_cutter
{
	uint64_t	consumed;		/* bytes of the stream that need not be kept */
	uint64_t	garbage;		/* skipped bytes right before, not reported */
} gb_cutter;

/*
 * Cut the next piece.  buf holds len bytes of the stream, the first of them
 * is byte cutter->consumed.  On return cutter->consumed may have grown, by
 * len at most; the caller drops that many bytes from the front of its buffer
 * and calls again until the kind is GB_PIECE_NONE.  eof says that no byte
 * will follow; then everything is consumed in the end.
 *
 * For GB_PIECE_FRAME and GB_PIECE_UNKNOWN_COMMAND *frame is read; it points
 * into buf.  A stretch of garbage is reported when it ends, since only then
 * its length is known; gb_cutter_flush reports what is open.
 */
extern gb_piece gb_cutter_next(gb_cutter *cutter, const uint8_t *buf,
							   size_t len, bool eof,
							   const gb_profile *profile, gb_frame *frame);

/* The open stretch of garbage, or GB_PIECE_NONE.  It is then closed. */
extern gb_piece gb_cutter_flush(gb_cutter *cutter);

/*
 * The next piece of a stream that lies whole in memory: stream is byte 0, len
 * all there is for now, eof as above.  Garbage open at the end is reported,
 * too.  GB_PIECE_NONE: all is cut, up to cutter->consumed.
 */
extern gb_piece gb_cutter_walk(gb_cutter *cutter, const uint8_t *stream,
							   size_t len, bool eof,
							   const gb_profile *profile, gb_frame *frame);

/* Public key of an event, for example "garbage"; "frame" for a frame. */
extern const char *gb_piece_key(gb_piece_kind kind);

#endif							/* GB_STREAM_H */
