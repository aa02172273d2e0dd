/*
 * log_once.c
 *	  The same message in the log once a minute, with how often it came.
 */
#include "base/log_once.h"

#include "base/ticks.h"

#define REPEAT_AFTER_MS 60000
#define TEXT_SIZE 256
#define TEXTS 8

typedef struct logged
{
	char		text[TEXT_SIZE];
	ticks		at;
	uint64		repeats;
} logged;

static logged texts[TEXTS];

/* The text's place, or the oldest one's. */
static logged *
place_of(const char *text)
{
	logged	   *oldest = &texts[0];

	for (int i = 0; i < TEXTS; i++)
	{
		if (strcmp(texts[i].text, text) == 0)
			return &texts[i];
		if (texts[i].at < oldest->at)
			oldest = &texts[i];
	}
	return oldest;
}

bool
log_once(const char *text, uint64 *repeats)
{
	ticks		now = ticks_now();
	char		shown[TEXT_SIZE];
	logged	   *place;

	strlcpy(shown, text, sizeof(shown));
	place = place_of(shown);
	if (strcmp(place->text, shown) != 0)
	{
		strlcpy(place->text, shown, sizeof(place->text));
		place->repeats = 0;
	}
	else if (!ticks_passed(place->at, now, REPEAT_AFTER_MS))
	{
		place->repeats++;
		return false;
	}
	place->at = now;
	*repeats = place->repeats;
	place->repeats = 0;
	return true;
}
