/*
 * text.h
 *	  Texts of the protocol: where they are, and whether they are whole.
 *
 * Texts are GB 18030 (clause 8.2.1.3) in a fixed field of 31 bytes or behind
 * a length byte.  Padding is not defined; seen are NULs behind, NULs before,
 * blanks, left-overs of the sender's buffer behind the first NUL, and a
 * character cut by the field's end.  Locating a text touches no character;
 * judging it walks the structure of GB 18030.  Transcoding is done one floor
 * up, with the server's own conversion.
 */
#ifndef GB_TEXT_H
#define GB_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "codec/bytes.h"

/* Bytes inside somebody else's buffer. */
typedef struct gb_slice
{
	const uint8_t *at;
	uint16_t	len;
} gb_slice;

typedef enum gb_text_verdict
{
	GB_TEXT_WHOLE = 0,
	GB_TEXT_CUT,				/* the last character is incomplete */
	GB_TEXT_INVALID				/* no GB 18030 */
} gb_text_verdict;

/* The first byte that is not NUL; end when there is none. */
static inline const uint8_t *
gb_skip_nuls(const uint8_t *at, const uint8_t *end)
{
	while (end - at >= 8)
	{
		uint64_t	word = gb_load64(at);

		if (word != 0)
			return at + __builtin_ctzll(word) / 8;
		at += 8;
	}
	while (at < end && *at == 0)
		at++;
	return at;
}

/*
 * The text inside a field: behind leading NULs, up to the next NUL.
 */
static inline gb_slice
gb_text_locate(const uint8_t *field, uint16_t len)
{
	const uint8_t *end = field + len;
	const uint8_t *at = gb_skip_nuls(field, end);
	const uint8_t *nul = at < end ? memchr(at, 0, (size_t) (end - at)) : end;
	gb_slice	text;

	text.at = at;
	text.len = (uint16_t) ((nul != NULL ? nul : end) - at);
	return text;
}

/*
 * Judge a located text by the structure of GB 18030, take an incomplete last
 * character off it and then the blanks at its end.  An invalid text is left
 * as it is.
 */
extern gb_text_verdict gb_text_settle(gb_slice *text);

#endif							/* GB_TEXT_H */
