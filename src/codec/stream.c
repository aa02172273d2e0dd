/*
 * stream.c
 *	  The stream cutter.
 */
#include "codec/stream.h"

#include "codec/bytes.h"

/* What stands at one position of the stream. */
typedef enum verdict
{
	NO_FRAME,					/* none begins here: step one byte on */
	UNDECIDED,					/* more bytes are wanted */
	WHOLE_FRAME					/* start, length and end fit */
} verdict;

static verdict
look_at(const uint8_t *p, size_t left, size_t *frame_len)
{
	size_t		n;

	if (p[0] != '@' || (left > 1 && p[1] != '@'))
		return NO_FRAME;
	if (left < GB_FRAME_MIN)
		return UNDECIDED;
	n = gb_load16(p + GB_AT_LENGTH);
	if (n > GB_MAX_APP)
		return NO_FRAME;
	if (left < GB_FRAME_MIN + n)
		return UNDECIDED;
	if (p[GB_AT_APP + n + 1] != '#' || p[GB_AT_APP + n + 2] != '#')
		return NO_FRAME;
	*frame_len = GB_FRAME_MIN + n;
	return WHOLE_FRAME;
}

/*
 * Bytes from p to the first position where a frame stands or may come to
 * stand; all that are left when there is none.
 */
static size_t
skip_garbage(const uint8_t *p, size_t left, bool eof, verdict *found,
			 size_t *frame_len)
{
	size_t		at = 0;

	*found = NO_FRAME;
	while (at < left)
	{
		*found = look_at(p + at, left - at, frame_len);
		if (*found == WHOLE_FRAME || (*found == UNDECIDED && !eof))
			break;
		at++;
	}
	return at;
}

static gb_piece
take_frame(gb_cutter *cutter, const uint8_t *p, size_t len,
		   const gb_profile *profile, gb_frame *frame)
{
	gb_piece	piece = {GB_PIECE_FRAME, cutter->consumed, len};

	cutter->consumed += len;
	if (gb_checksum(p + GB_AT_SEQ, len - 5) != p[len - 3])
	{
		piece.kind = GB_PIECE_BAD_CHECKSUM;
		return piece;
	}
	gb_frame_read(frame, p, profile);
	if (!gb_profile_command(profile, frame->command))
		piece.kind = GB_PIECE_UNKNOWN_COMMAND;
	return piece;
}

gb_piece
gb_cutter_next(gb_cutter *cutter, const uint8_t *buf, size_t len, bool eof,
			   const gb_profile *profile, gb_frame *frame)
{
	gb_piece	none = {GB_PIECE_NONE, 0, 0};
	size_t		frame_len = 0;
	verdict		found;
	size_t		skipped = skip_garbage(buf, len, eof, &found, &frame_len);

	cutter->consumed += skipped;
	cutter->garbage += skipped;
	if (found == WHOLE_FRAME)
	{
		/* the frame stays in the buffer until its garbage is reported */
		if (cutter->garbage > 0)
			return gb_cutter_flush(cutter);
		return take_frame(cutter, buf, frame_len, profile, frame);
	}
	if (eof)
		return gb_cutter_flush(cutter);
	return none;
}

gb_piece
gb_cutter_flush(gb_cutter *cutter)
{
	gb_piece	piece = {GB_PIECE_NONE, 0, 0};

	if (cutter->garbage > 0)
	{
		piece.kind = GB_PIECE_GARBAGE;
		piece.offset = cutter->consumed - cutter->garbage;
		piece.len = cutter->garbage;
		cutter->garbage = 0;
	}
	return piece;
}

gb_piece
gb_cutter_walk(gb_cutter *cutter, const uint8_t *stream, size_t len, bool eof,
			   const gb_profile *profile, gb_frame *frame)
{
	gb_piece	piece = gb_cutter_next(cutter, stream + cutter->consumed,
									   len - (size_t) cutter->consumed, eof,
									   profile, frame);

	return piece.kind != GB_PIECE_NONE ? piece : gb_cutter_flush(cutter);
}

const char *
gb_piece_key(gb_piece_kind kind)
{
	static const char *const keys[] = {
		[GB_PIECE_NONE] = "none",
		[GB_PIECE_FRAME] = "frame",
		[GB_PIECE_GARBAGE] = "garbage",
		[GB_PIECE_BAD_CHECKSUM] = "bad_checksum",
		[GB_PIECE_UNKNOWN_COMMAND] = "unknown_command",
	};

	return keys[kind];
}
