/*
 * digest.c
 *	  SHA-256 and SM3 by OpenSSL, each fetched once a process.
 *
 * A lookup of the algorithm costs more than the digest of a row, hence the
 * fetch.  A context is used again and again; to copy one that is started is
 * faster than to start it.
 */
#include "ledger/digest.h"

#include <string.h>

#include <openssl/evp.h>

struct digest
{
	digest_algorithm algorithm;
	const char *name;
	const char *openssl_name;
	EVP_MD	   *md;
	EVP_MD_CTX *started;
	EVP_MD_CTX *context;
};

static digest digests[] = {
	{DIGEST_SHA256, "sha256", "SHA256", NULL, NULL, NULL},
	{DIGEST_SM3, "sm3", "SM3", NULL, NULL, NULL},
};

#define DIGESTS (sizeof(digests) / sizeof(digests[0]))

static digest *
find(digest_algorithm algorithm)
{
	for (size_t i = 0; i < DIGESTS; i++)
		if (digests[i].algorithm == algorithm)
			return &digests[i];
	return NULL;
}

static bool
start(digest *d)
{
	EVP_MD_CTX *started;

	if (d->started != NULL)
		return true;
	started = EVP_MD_CTX_new();
	if (started == NULL || EVP_DigestInit_ex2(started, d->md, NULL) != 1)
	{
		EVP_MD_CTX_free(started);
		return false;
	}
	d->started = started;
	return true;
}

digest *
digest_open(digest_algorithm algorithm)
{
	digest	   *d = find(algorithm);

	if (d == NULL)
		return NULL;
	if (d->md == NULL)
		d->md = EVP_MD_fetch(NULL, d->openssl_name, NULL);
	if (d->context == NULL)
		d->context = EVP_MD_CTX_new();
	return d->md != NULL && d->context != NULL && start(d) ? d : NULL;
}

digest_algorithm
digest_algorithm_of(const digest *d)
{
	return d->algorithm;
}

const char *
digest_name(digest_algorithm algorithm)
{
	digest	   *d = find(algorithm);

	return d != NULL ? d->name : NULL;
}

bool
digest_by_name(const char *name, digest_algorithm *algorithm)
{
	for (size_t i = 0; i < DIGESTS; i++)
		if (strcmp(digests[i].name, name) == 0)
		{
			*algorithm = digests[i].algorithm;
			return true;
		}
	return false;
}

bool
digest_of(digest *d, const void *bytes, size_t length,
		  uint8_t hash[HASH_SIZE])
{
	return EVP_MD_CTX_copy_ex(d->context, d->started) == 1 &&
		EVP_DigestUpdate(d->context, bytes, length) == 1 &&
		EVP_DigestFinal_ex(d->context, hash, NULL) == 1;
}
