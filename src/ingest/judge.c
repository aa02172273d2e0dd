/*
 * judge.c
 *	  What becomes of a frame: stored, a repeat, or refused and why.
 */
#include "ingest/judge.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/mix.h"
#include "base/settings.h"

#define VERDICT_ACCEPTED 0
#define VERDICT_PENDING 1

/* Is the source in one of the networks that the device may come from? */
static bool
network_allowed(const session *s, const source *src)
{
	ArrayIterator networks;
	Datum		network;
	Datum		peer;
	bool		isnull;
	bool		found = false;

	if (s->networks == NULL || src->at.transport == TRANSPORT_SQL)
		return true;
	if (!source_inet(src, &peer))
		return false;
	networks = array_create_iterator(s->networks, 0, NULL);
	while (!found && array_iterate(networks, &network, &isnull))
		found = !isnull &&
			DatumGetBool(DirectFunctionCall2(network_subeq, peer, network));
	array_free_iterator(networks);
	return found;
}

static bool
certificate_allowed(const session *s, const source *src)
{
	return s->certificate_name == NULL ||
		src->at.transport == TRANSPORT_SQL ||
		(src->tls != NULL && tls_peer_is(src->tls, s->certificate_name));
}

/* What the registry says of the device at this source; asked once for each. */
static refusal
source_refusal(session *s, const source *src)
{
	if (s->source_serial == src->serial && src->serial != 0)
		return s->source_refused;
	s->source_serial = src->serial;
	if (!network_allowed(s, src))
		s->source_refused = REFUSAL_NETWORK;
	else if (!certificate_allowed(s, src))
		s->source_refused = REFUSAL_CERTIFICATE;
	else
		s->source_refused = REFUSAL_NONE;
	return s->source_refused;
}

static refusal
refusal_of(batch_frame *f)
{
	session    *s = f->session;

	if (f->kind == GB_PIECE_BAD_CHECKSUM)
		return REFUSAL_BAD_CHECKSUM;
	if (s->refused != REFUSAL_NONE)
		return s->refused;
	if (!gb_profile_command(s->profile, f->bytes[GB_AT_COMMAND]))
		return REFUSAL_UNKNOWN_COMMAND;
	return source_refusal(s, f->source);
}

/* May this address cause another row of quarantine in this minute? */
static bool
quarantine_allowed(batch *b, const source *src, TimestampTz now)
{
	uint64		low = 0;
	uint64		high = 0;
	quarantine_bucket *bucket;

	memcpy(&low, src->at.ip, 8);
	memcpy(&high, src->at.ip + 8, 8);
	bucket = &b->buckets[mix64(low ^ mix64(high)) % QUARANTINE_BUCKETS];
	if (bucket->minute != now / USECS_PER_MINUTE)
	{
		bucket->minute = now / USECS_PER_MINUTE;
		bucket->rows = 0;
	}
	return bucket->rows++ < settings.quarantine_per_minute;
}

/*
 * Answers and what only the sender gives a meaning are not answered; a
 * request cannot be: the centre has nothing to tell.
 */
static uint8
answer_to(uint8 command, bool refused)
{
	switch (command)
	{
		case GB_CMD_CONFIRM:
		case GB_CMD_RESPONSE:
		case GB_CMD_DENY:
			return 0;
		case GB_CMD_REQUEST:
			return GB_CMD_DENY;
		default:
			if (refused)
				return GB_CMD_DENY;
			return command < GB_CMD_USER ? GB_CMD_CONFIRM : 0;
	}
}

static void
judge_frame(batch *b, batch_frame *f)
{
	session    *s = f->session;
	seen_key	key;

	f->verdict = s != NULL && s->pending ? VERDICT_PENDING : VERDICT_ACCEPTED;
	f->duplicate = false;
	f->refused = (uint8) refusal_of(f);
	f->answer = answer_to(f->bytes[GB_AT_COMMAND],
						  f->refused != REFUSAL_NONE);
	if (f->refused != REFUSAL_NONE)
	{
		b->refused[f->refused]++;
		f->quarantine = quarantine_allowed(b, f->source, f->received_at);
		return;
	}
	key = seen_key_of(f->bytes);
	f->duplicate = seen_has(&s->seen, key);
	if (f->duplicate)
		b->duplicates++;
	else
		seen_add(&s->seen, key);
}

void
judge(batch *b)
{
	for (int i = 0; i < b->count; i++)
		judge_frame(b, &b->frames[i]);
}
