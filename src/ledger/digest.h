/*
 * digest.h
 *	  SHA-256 and SM3 by OpenSSL, each fetched once a process.
 *
 * libc and OpenSSL only.  A digest belongs to the process; it is not for
 * several threads.
 */
#ifndef FIREIOT_DIGEST_H
#define FIREIOT_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HASH_SIZE 32

/* The numbers stand in block headers: never change one. */
typedef enum digest_algorithm
{
	DIGEST_SHA256 = 1,
	DIGEST_SM3 = 2
} digest_algorithm;

typedef struct digest digest;

/* NULL: OpenSSL does not have it (no default provider, for example). */
extern digest *digest_open(digest_algorithm algorithm);

extern digest_algorithm digest_algorithm_of(const digest *d);

/* "sha256", "sm3"; NULL for another number. */
extern const char *digest_name(digest_algorithm algorithm);

/* False: there is none of this name. */
extern bool digest_by_name(const char *name, digest_algorithm *algorithm);

/* False: OpenSSL failed, hash is not set. */
extern bool digest_of(digest *d, const void *bytes, size_t length,
					  uint8_t hash[HASH_SIZE]);

#endif							/* FIREIOT_DIGEST_H */
