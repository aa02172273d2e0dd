/*
 * tls.h
 *	  TLS of the listener: one server context, non-blocking connections.
 *
 * OpenSSL is first touched in the worker, never in the postmaster.  Nothing
 * here raises an ERROR on what a peer sends; only tls_load reports, by its
 * return value.
 */
#ifndef FIREIOT_TLS_H
#define FIREIOT_TLS_H

#include "base/compat.h"

typedef struct tls_conn tls_conn;	/* one connection's session */

typedef enum tls_result
{
	TLS_DONE,					/* handshake complete, or bytes moved */
	TLS_WANT_READ,				/* call again when the socket is readable */
	TLS_WANT_WRITE,				/* call again when the socket is writable */
	TLS_CLOSED,					/* the peer ended the session */
	TLS_FAILED					/* protocol or certificate error; tls_error() */
} tls_result;

/*
 * Build a context from the settings (certificate, key, CA, minimum version)
 * and put it in the place of the one in use, whose connections live on.
 * Returns false, with a palloc'd text of what is wrong and in which file in
 * *complaint, and keeps the one in use.  True, with NULL there, or with a
 * warning that the certificate has expired, is about to, or is not valid yet.
 * The private key file is refused when others than its owner (or, for one
 * owned by root, its group) can read it, as the server does for its own.
 */
extern bool tls_load(char **complaint);

/* Is a context loaded? */
extern bool tls_ready(void);

/* Drop the context in use; connections live on. */
extern void tls_unload(void);

/*
 * A session over a non-blocking socket; NULL when memory or context lack.
 * OpenSSL's memory, not a memory context's: tls_free() must be called.
 */
extern tls_conn *tls_accept_start(int sock);

extern tls_result tls_handshake(tls_conn *conn);

/*
 * *moved is how many bytes were read or written when TLS_DONE.  What TLS_WANT_*
 * answered a write is written again, from the same bytes wherever they are now,
 * and at least as many.
 */
extern tls_result tls_read(tls_conn *conn, void *buf, size_t len, size_t *moved);
extern tls_result tls_write(tls_conn *conn, const void *buf, size_t len,
							size_t *moved);

/* Bytes decrypted that no readiness of the socket will announce? */
extern bool tls_pending(tls_conn *conn);

/*
 * Does the verified certificate of the peer carry this name, as common name
 * or as a DNS or URI subject alternative name?  False without a certificate.
 * Case-insensitive; no wildcards.
 */
extern bool tls_peer_is(tls_conn *conn, const char *name);

/*
 * What went wrong on this connection, for the log; never NULL, and valid until
 * the next call.
 */
extern const char *tls_error(tls_conn *conn);

/* Free the session; sends close_notify if that does not block.  The socket
 * stays open. */
extern void tls_free(tls_conn *conn);

#endif							/* FIREIOT_TLS_H */
