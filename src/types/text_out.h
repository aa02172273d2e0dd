/*
 * text_out.h
 *	  Texts of devices in the server's encoding, and back.
 *
 * The conversion is PostgreSQL's own, not libc's iconv: it is in every server
 * whatever gconv modules the machine has, it can be asked to stop at a bad
 * byte instead of raising, and it maps all 1.1 million sequences of GB 18030
 * as the test vectors' reference does, where glibc 2.36 differs in 44
 * (docs/protocol.md, "Texts").
 */
#ifndef FIREIOT_TEXT_OUT_H
#define FIREIOT_TEXT_OUT_H

#include "base/compat.h"

#include "codec/profile.h"
#include "codec/status.h"
#include "codec/text.h"

/*
 * A located text (codec/text.h) for people: judged, an incomplete last
 * character dropped, trailing blanks taken off, transcoded.  NULL when it is
 * no text; never raises for what a device sent.  Adds to *warnings what was
 * found.  The result is palloc'd.
 */
extern char *text_from_device(gb_slice text, const gb_profile *profile,
							  gb_warnings *warnings);

/*
 * A text for a device: GB 18030 bytes, or UTF-8 where the profile says so;
 * palloc'd, their number in *len.  Every character of Unicode has a place in
 * GB 18030.
 */
extern uint8 *text_to_device(const char *text, const gb_profile *profile,
							 int *len);

#endif							/* FIREIOT_TEXT_OUT_H */
