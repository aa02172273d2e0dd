/*
 * note.c
 *	  Checkpoints as signed notes.
 */
#include "ledger/note.h"

#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "common/base64.h"
#include "miscadmin.h"
#include "pgtime.h"
#include "storage/fd.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#define SIGNATURE_LINE "\n\xe2\x80\x94 "	/* an em dash */
#define KEY_ID_SIZE 4
#define ED25519_NOTE 0x01
#define OTHER_NOTE 0xff

/* Who signs, by the standards of SM2, when nothing else was agreed. */
#define SM2_SIGNER "1234567812345678"

char *
note_base64(const void *bytes, int length)
{
	int			room = pg_b64_enc_len(length) + 1;
	char	   *text = palloc(room);
	int			written = pg_b64_encode(bytes, length, text, room);

	text[Max(written, 0)] = '\0';
	return text;
}

char *
note_time(TimestampTz time)
{
	pg_time_t	seconds = timestamptz_to_time_t(time);
	char		text[64];

	pg_strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", pg_gmtime(&seconds));
	return pstrdup(text);
}

char *
note_text(const note *n)
{
	return psprintf("%s\n" INT64_FORMAT "\n%s\nalgorithm %s\nprevious %s\ntime %s\n",
					n->origin, n->size, note_base64(n->root, HASH_SIZE),
					digest_name(n->algorithm), note_base64(n->last, HASH_SIZE),
					note_time(n->time));
}

static pg_noreturn void
bad_key_file(const char *path, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_CONFIG_FILE_ERROR),
			 errmsg("key file \"%s\" cannot be used", path),
			 errdetail("%s", detail),
			 errhint("fireiot.checkpoint_key_file names a file outside the data directory that only the server's user can read.")));
}

/* Whoever copies the data directory must not get the key with it. */
static void
check_key_file(const char *path)
{
	char		real[PATH_MAX];
	char		data[PATH_MAX];
	struct stat state;

	if (realpath(path, real) == NULL || realpath(DataDir, data) == NULL ||
		stat(real, &state) != 0)
		bad_key_file(path, "It cannot be found.");
	if (path_is_prefix_of_path(data, real))
		bad_key_file(path, "It lies in the data directory.");
	if (!S_ISREG(state.st_mode))
		bad_key_file(path, "It is no file.");
	if (state.st_uid != geteuid() && state.st_uid != 0)
		bad_key_file(path, "It belongs to another user.");
	if ((state.st_mode & (state.st_uid == 0 ? S_IWGRP | S_IRWXO : S_IRWXG | S_IRWXO)) != 0)
		bad_key_file(path, "Others have access to it.");
}

static EVP_PKEY *
read_key(const char *path)
{
	char		no_password[] = "";
	FILE	   *file;
	EVP_PKEY   *key;

	check_key_file(path);
	file = AllocateFile(path, "r");
	if (file == NULL)
		bad_key_file(path, "It cannot be opened.");
	/* an empty password: nobody is there to be asked */
	key = PEM_read_PrivateKey(file, NULL, NULL, no_password);
	FreeFile(file);
	if (key == NULL)
		bad_key_file(path, "It holds no private key without a password, in PEM.");
	if (!EVP_PKEY_is_a(key, "ED25519") && !EVP_PKEY_is_a(key, "SM2"))
	{
		EVP_PKEY_free(key);
		bad_key_file(path, "Its key is neither of Ed25519 nor of SM2.");
	}
	return key;
}

/* A context that signs or verifies; NULL: OpenSSL failed. */
static EVP_MD_CTX *
start_signature(EVP_PKEY *key, EVP_PKEY_CTX **key_context, bool verify)
{
	bool		sm2 = EVP_PKEY_is_a(key, "SM2");
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	int			ok;

	*key_context = NULL;
	if (context == NULL)
		return NULL;
	if (sm2)
	{
		*key_context = EVP_PKEY_CTX_new(key, NULL);
		if (*key_context == NULL ||
			EVP_PKEY_CTX_set1_id(*key_context, SM2_SIGNER, strlen(SM2_SIGNER)) != 1)
		{
			EVP_MD_CTX_free(context);
			return NULL;
		}
		EVP_MD_CTX_set_pkey_ctx(context, *key_context);
	}
	ok = verify ?
		EVP_DigestVerifyInit(context, NULL, sm2 ? EVP_sm3() : NULL, NULL, key) :
		EVP_DigestSignInit(context, NULL, sm2 ? EVP_sm3() : NULL, NULL, key);
	if (ok == 1)
		return context;
	EVP_MD_CTX_free(context);
	return NULL;
}

/* The first bytes of a hash over name and key, as signed notes have it. */
static bool
key_id(EVP_PKEY *key, const char *name, uint8 id[KEY_ID_SIZE])
{
	StringInfoData form;
	digest	   *d = digest_open(DIGEST_SHA256);
	uint8		hash[HASH_SIZE];
	uint8		raw[32];
	size_t		raw_length = sizeof(raw);
	unsigned char *der = NULL;
	int			der_length;

	initStringInfo(&form);
	appendStringInfo(&form, "%s\n", name);
	if (EVP_PKEY_is_a(key, "ED25519"))
	{
		appendStringInfoChar(&form, ED25519_NOTE);
		if (EVP_PKEY_get_raw_public_key(key, raw, &raw_length) != 1)
			return false;
		appendBinaryStringInfo(&form, (char *) raw, (int) raw_length);
	}
	else
	{
		appendStringInfoChar(&form, (char) OTHER_NOTE);
		appendStringInfoString(&form, "sm2");
		der_length = i2d_PUBKEY(key, &der);
		if (der_length <= 0)
			return false;
		appendBinaryStringInfo(&form, (char *) der, der_length);
		OPENSSL_free(der);
	}
	if (d == NULL || !digest_of(d, form.data, form.len, hash))
		return false;
	memcpy(id, hash, KEY_ID_SIZE);
	return true;
}

/* Key id and signature, in memory that is palloc'd; 0: OpenSSL failed. */
static size_t
sign(EVP_PKEY *key, const char *name, const char *text, uint8 **signature)
{
	EVP_PKEY_CTX *key_context;
	EVP_MD_CTX *context = start_signature(key, &key_context, false);
	size_t		length = EVP_PKEY_get_size(key);
	bool		ok;

	*signature = palloc(KEY_ID_SIZE + length);
	ok = context != NULL && key_id(key, name, *signature) &&
		EVP_DigestSign(context, *signature + KEY_ID_SIZE, &length,
					   (const uint8 *) text, strlen(text)) == 1;
	EVP_MD_CTX_free(context);
	EVP_PKEY_CTX_free(key_context);
	return ok ? KEY_ID_SIZE + length : 0;
}

char *
note_sign_text(const char *name, const char *text, const char *key_file)
{
	EVP_PKEY   *key = read_key(key_file);
	uint8	   *signature;
	size_t		length = sign(key, name, text, &signature);

	EVP_PKEY_free(key);
	if (length == 0)
		ereport(ERROR,
				(errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
				 errmsg("OpenSSL could not sign with the key of \"%s\"", key_file)));
	return psprintf("%s" SIGNATURE_LINE "%s %s\n", text, name,
					note_base64(signature, (int) length));
}

char *
note_sign(const note *n, const char *key_file)
{
	return note_sign_text(n->origin, note_text(n), key_file);
}

/* One line, and the start of the next; NULL: there is none. */
static char *
next_line(const char **at)
{
	const char *end = strchr(*at, '\n');
	char	   *line;

	if (end == NULL)
		return NULL;
	line = pnstrdup(*at, end - *at);
	*at = end + 1;
	return line;
}

static bool
read_hash(const char *text, uint8 hash[HASH_SIZE])
{
	char		bytes[HASH_SIZE + 3];

	return strlen(text) == 44 &&
		pg_b64_decode(text, 44, (void *) bytes, sizeof(bytes)) == HASH_SIZE &&
		memcpy(hash, bytes, HASH_SIZE) != NULL;
}

bool
note_parse(const char *signed_note, note *n)
{
	char	   *size;
	char	   *root;
	char	   *line;
	char	   *end;

	n->origin = next_line(&signed_note);
	size = next_line(&signed_note);
	root = next_line(&signed_note);
	if (root == NULL || !read_hash(root, n->root))
		return false;
	n->size = strtoi64(size, &end, 10);
	if (end == size || *end != '\0' || n->size < 1)
		return false;
	line = next_line(&signed_note);
	return line != NULL && strncmp(line, "algorithm ", 10) == 0 &&
		digest_by_name(line + 10, &n->algorithm);
}

/* The bytes of the last signature; 0: there is none. */
static int
find_signature(const char *signed_note, int *text_length, uint8 **signature)
{
	const char *dash = strstr(signed_note, SIGNATURE_LINE);
	const char *space = dash != NULL ?
		strchr(dash + strlen(SIGNATURE_LINE), ' ') : NULL;
	int			length;
	int			room;

	if (space == NULL)
		return 0;
	*text_length = dash - signed_note;
	length = strcspn(space + 1, "\n");
	room = pg_b64_dec_len(length);
	*signature = palloc(room + 1);
	length = pg_b64_decode(space + 1, length, (void *) *signature, room);
	return length > KEY_ID_SIZE ? length : 0;
}

bool
note_is_signed_by(const char *signed_note, const char *pem)
{
	BIO		   *bio = BIO_new_mem_buf(pem, -1);
	EVP_PKEY   *key = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
	EVP_PKEY_CTX *key_context = NULL;
	EVP_MD_CTX *context;
	uint8	   *signature = NULL;
	int			text_length = 0;
	int			length = find_signature(signed_note, &text_length, &signature);
	bool		ok;

	BIO_free(bio);
	if (key == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("this is no public key"),
				 errhint("\"openssl pkey -in KEY -pubout\" prints the public key of a private one.")));
	context = start_signature(key, &key_context, true);
	ok = context != NULL && length > 0 &&
		EVP_DigestVerify(context, signature + KEY_ID_SIZE, length - KEY_ID_SIZE,
						 (const uint8 *) signed_note, text_length) == 1;
	EVP_MD_CTX_free(context);
	EVP_PKEY_CTX_free(key_context);
	EVP_PKEY_free(key);
	return ok;
}
