/*
 * text.c
 *	  Structure of GB 18030: one, two or four bytes a character.
 */
#include "codec/text.h"

#include <stdbool.h>

static bool
is_lead(uint8_t b)
{
	return b >= 0x81 && b <= 0xfe;
}

static bool
is_digit(uint8_t b)
{
	return b >= 0x30 && b <= 0x39;
}

static bool
is_trail(uint8_t b)
{
	return b >= 0x40 && b <= 0xfe && b != 0x7f;
}

/*
 * Length of the character at p, of which left > 0 bytes are there: 1, 2 or 4.
 * 0 when all bytes that are there fit but more are wanted, -1 when they do
 * not fit.
 */
static int
character_length(const uint8_t *p, int left)
{
	if (p[0] < 0x80)
		return 1;
	if (!is_lead(p[0]))
		return -1;
	if (left < 2)
		return 0;
	if (is_trail(p[1]))
		return 2;
	if (!is_digit(p[1]) || (left > 2 && !is_lead(p[2])))
		return -1;
	if (left < 4)
		return 0;
	return is_digit(p[3]) ? 4 : -1;
}

gb_text_verdict
gb_text_settle(gb_slice *text)
{
	gb_text_verdict verdict = GB_TEXT_WHOLE;
	int			at = 0;

	while (at < text->len)
	{
		int			step = character_length(text->at + at, text->len - at);

		if (step < 0)
			return GB_TEXT_INVALID;
		if (step == 0)
		{
			verdict = GB_TEXT_CUT;
			break;
		}
		at += step;
	}
	/* no part of a longer character is a blank, so bytes may be compared */
	while (at > 0 && text->at[at - 1] == ' ')
		at--;
	text->len = (uint16_t) at;
	return verdict;
}
