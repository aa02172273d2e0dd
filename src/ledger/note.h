/*
 * note.h
 *	  Checkpoints as signed notes (the form of the transparency logs' own):
 *	  lines of text, an empty line, and a signature line.
 *
 *		fireiot/7710614992524936912/16384
 *		3
 *		ERrVYGR6po/kddRcUcYybHLY+Nyfr5HCteuOw5WaOcY=
 *		algorithm sha256
 *		previous ...			hash of the last block
 *		time 2026-11-21T05:30:28Z
 *
 *		— fireiot/7710614992524936912/16384 ...
 */
#ifndef FIREIOT_NOTE_H
#define FIREIOT_NOTE_H

#include "base/compat.h"

#include "datatype/timestamp.h"

#include "ledger/digest.h"

typedef struct note
{
	char	   *origin;
	int64		size;
	uint8		root[HASH_SIZE];
	digest_algorithm algorithm;
	uint8		last[HASH_SIZE];	/* hash of the last block */
	TimestampTz time;			/* not set by note_parse */
} note;

/* The lines that are signed. */
extern char *note_text(const note *n);

/*
 * The text with a signature by the key of a file: Ed25519, or SM2.  ERROR when
 * the file lies in the data directory, can be read by others, or has another
 * kind of key.
 */
extern char *note_sign(const note *n, const char *key_file);

/* The same of another text, whose first line is the name. */
extern char *note_sign_text(const char *name, const char *text,
							const char *key_file);

/* As notes have it. */
extern char *note_base64(const void *bytes, int length);
extern char *note_time(TimestampTz time);

/* False: it has another form. */
extern bool note_parse(const char *signed_note, note *n);

/* By a public key, as PEM.  ERROR: it is none. */
extern bool note_is_signed_by(const char *signed_note, const char *pem);

#endif							/* FIREIOT_NOTE_H */
