/*
 * cutter_fuzzer.c
 *	  Cut any stream under any profile, whole and in any parts.
 *
 * Input: number of the profile, split pattern, the stream.  The pieces tile
 * the stream, are those of a second cutter, and do not depend on the parts.
 */
#include "fuzz/fuzz.h"
#include "unit/pieces.h"

typedef struct input
{
	const gb_profile *profile;
	uint8_t		pattern;		/* 0: byte by byte, else the longest part */
	const uint8_t *stream;
	size_t		len;
} input;

static void
pieces_tile_the_stream(const piece_list *list, size_t len)
{
	uint64_t	at = 0;

	for (size_t i = 0; i < list->n; i++)
	{
		const gb_piece *piece = &list->piece[i];

		PROPERTY(piece->offset == at);
		PROPERTY(piece->len > 0);
		if (piece->kind == GB_PIECE_GARBAGE)
			PROPERTY(i == 0 || piece[-1].kind != GB_PIECE_GARBAGE);
		else
			PROPERTY(piece->len >= GB_FRAME_MIN && piece->len <= GB_FRAME_MAX);
		at += piece->len;
	}
	PROPERTY(at == len);
	PROPERTY(list->consumed == len);
}

/* A single frame is judged as the cutter judged it. */
static void
frames_are_frames(const piece_list *list, const input *in)
{
	static const gb_error error_of[] = {
		[GB_PIECE_FRAME] = GB_OK,
		[GB_PIECE_BAD_CHECKSUM] = GB_BAD_CHECKSUM,
		[GB_PIECE_UNKNOWN_COMMAND] = GB_UNKNOWN_COMMAND,
	};

	for (size_t i = 0; i < list->n; i++)
	{
		const gb_piece *piece = &list->piece[i];
		uint8_t    *copy;
		gb_frame	frame;
		uint8_t		computed;

		if (piece->kind == GB_PIECE_GARBAGE)
			continue;
		copy = exact_copy(in->stream + piece->offset, (size_t) piece->len);
		PROPERTY(gb_frame_check(&frame, copy, (size_t) piece->len, in->profile,
								&computed) == error_of[piece->kind]);
		free(copy);
	}
}

/* Lengths of the parts: a small generator seeded by the pattern. */
static size_t
next_part(const input *in, uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return in->pattern == 0 ? 1 : 1 + (*state >> 16) % in->pattern;
}

static void
cut_in_parts(piece_list *list, const input *in, bool eof)
{
	gb_cutter	cutter = {0};
	uint32_t	state = in->pattern;
	size_t		arrived = 0;

	while (arrived < in->len)
	{
		size_t		part = next_part(in, &state);

		arrived += part < in->len - arrived ? part : in->len - arrived;
		PROPERTY(pieces_take(list, &cutter, in->stream, arrived, false,
							 in->profile) < GB_FRAME_MAX);
	}
	if (eof)
		PROPERTY(pieces_take(list, &cutter, in->stream, arrived, true,
							 in->profile) == 0);
}

static void
compare(const input *in, bool eof)
{
	piece_list	want = piece_list_for(in->len);
	piece_list	whole = piece_list_for(in->len);
	piece_list	parts = piece_list_for(in->len);
	gb_cutter	cutter = {0};

	reference_cut(&want, in->stream, in->len, eof, in->profile);
	pieces_take(&whole, &cutter, in->stream, in->len, eof, in->profile);
	cut_in_parts(&parts, in, eof);
	PROPERTY(piece_list_differ(&whole, &want) == -1);
	PROPERTY(piece_list_differ(&parts, &want) == -1);
	if (eof)
	{
		pieces_tile_the_stream(&whole, in->len);
		frames_are_frames(&whole, in);
	}
	whole.n = want.n = 0;
	reference_walk(&want, in->stream, in->len, eof, in->profile);
	pieces_walk(&whole, in->stream, in->len, eof, in->profile);
	PROPERTY(piece_list_differ(&whole, &want) == -1);
	free(want.piece);
	free(whole.piece);
	free(parts.piece);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	input		in;

	if (size < 2)
		return 0;
	in.profile = fuzz_profile(data[0]);
	in.pattern = data[1];
	in.stream = data + 2;
	in.len = size - 2;
	compare(&in, true);
	compare(&in, false);
	return 0;
}
