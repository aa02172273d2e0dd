/*
 * judge.h
 *	  What becomes of a frame: stored, a repeat, or refused and why.
 */
#ifndef FIREIOT_JUDGE_H
#define FIREIOT_JUDGE_H

#include "base/compat.h"

#include "ingest/batch.h"

/*
 * Fill verdict, refused, duplicate, quarantine and answer of every frame, in
 * the order of arrival.  The senders are known: registry, ownership and what
 * they sent last.  What is not a repeat is remembered as seen.
 */
extern void judge(batch *b);

#endif							/* FIREIOT_JUDGE_H */
