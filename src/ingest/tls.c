/*
 * tls.c
 *	  TLS of the listener: one server context, non-blocking connections.
 *
 * Every call that may fail begins with an empty error queue of OpenSSL and
 * leaves it empty: what is left there would be taken for the failure of
 * another connection.  Nothing is kept of a connection for the next one, no
 * session and no ticket: resumption would pass over the peer's certificate,
 * which may have expired since.
 */
#include "ingest/tls.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/settings.h"

/* A warning is given from so many days before the certificate's end on. */
#define WARN_DAYS 30

/* Certificates that a peer may send: memory that strangers can ask for. */
#define MAX_CHAIN_BYTES 32768

struct tls_conn
{
	SSL		   *ssl;
	unsigned long error;		/* OpenSSL's code; 0: none */
	int			error_number;	/* errno of a failed system call */
	bool		open;			/* shaken hands, and not failed since */
};

static SSL_CTX *context;

/* Text of an error code of OpenSSL, into the buffer if need be. */
static const char *
reason_of(unsigned long code, char *buffer, size_t size)
{
	const char *reason = NULL;

	if (ERR_SYSTEM_ERROR(code))
		return strerror(ERR_GET_REASON(code));
	if (code != 0)
		reason = ERR_reason_error_string(code);
	if (reason != NULL)
		return reason;
	snprintf(buffer, size, "OpenSSL error %lX", code);
	return buffer;
}

/* "could not load fireiot.x "file": reason", of the oldest error. */
static char *
file_complaint(const char *setting, const char *file)
{
	char		buffer[64];
	char	   *complaint = psprintf("could not load %s \"%s\": %s",
									 setting, file,
									 reason_of(ERR_get_error(), buffer,
											   sizeof(buffer)));

	ERR_clear_error();
	return complaint;
}

/* Nobody is there to type a passphrase. */
static int
no_passphrase(char *buffer, int size, int writing, void *asked)
{
	*(bool *) asked = true;
	return -1;
}

/* NULL, or why this file must not be used as private key. */
static char *
key_file_complaint(const char *file)
{
	struct stat st;

	if (stat(file, &st) != 0)
		return psprintf("could not load fireiot.tls_key_file \"%s\": %m", file);
	if (!S_ISREG(st.st_mode))
		return psprintf("fireiot.tls_key_file \"%s\" is not a regular file", file);
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return psprintf("fireiot.tls_key_file \"%s\" must be owned by the server's user or root",
						file);
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) == 0 ||
		(st.st_uid == 0 && (st.st_mode & (S_IWGRP | S_IXGRP | S_IRWXO)) == 0))
		return NULL;
	return psprintf("fireiot.tls_key_file \"%s\" can be read by others: its mode must be 0600, or 0640 if root owns it",
					file);
}

static char *
load_key(SSL_CTX *ctx)
{
	const char *file = settings.tls_key_file;
	char	   *complaint = key_file_complaint(file);
	bool		encrypted = false;
	bool		loaded;

	if (complaint != NULL)
		return complaint;
	SSL_CTX_set_default_passwd_cb(ctx, no_passphrase);
	SSL_CTX_set_default_passwd_cb_userdata(ctx, &encrypted);
	loaded = SSL_CTX_use_PrivateKey_file(ctx, file, SSL_FILETYPE_PEM) == 1 &&
		SSL_CTX_check_private_key(ctx) == 1;
	SSL_CTX_set_default_passwd_cb_userdata(ctx, NULL);
	if (encrypted)
	{
		ERR_clear_error();
		return psprintf("fireiot.tls_key_file \"%s\" is protected by a passphrase",
						file);
	}
	return loaded ? NULL : file_complaint("fireiot.tls_key_file", file);
}

static char *
load_certificate(SSL_CTX *ctx)
{
	const char *file = settings.tls_cert_file;

	if (file[0] == '\0' || settings.tls_key_file[0] == '\0')
		return psprintf("fireiot.tls needs %s",
						file[0] == '\0' ? "fireiot.tls_cert_file" :
						"fireiot.tls_key_file");
	if (SSL_CTX_use_certificate_chain_file(ctx, file) != 1)
		return file_complaint("fireiot.tls_cert_file", file);
	return load_key(ctx);
}

/*
 * What is in the file is trusted, be it a root or not: so a site can name the
 * one authority below a root that issues its devices' certificates.
 */
static char *
load_authorities(SSL_CTX *ctx)
{
	const char *file = settings.tls_ca_file;
	STACK_OF(X509_NAME) * names;

	if (file[0] == '\0')
		return settings.tls_require_certificate ?
			pstrdup("fireiot.tls_require_certificate needs fireiot.tls_ca_file") :
			NULL;
	names = SSL_load_client_CA_file(file);
	if (names == NULL || SSL_CTX_load_verify_file(ctx, file) != 1)
	{
		sk_X509_NAME_pop_free(names, X509_NAME_free);
		return file_complaint("fireiot.tls_ca_file", file);
	}
	SSL_CTX_set_client_CA_list(ctx, names);
	X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(ctx),
								X509_V_FLAG_PARTIAL_CHAIN);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER |
					   (settings.tls_require_certificate ?
						SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), NULL);
	return NULL;
}

/*
 * An end of the connection without TLS's own goodbye is an end like another:
 * a frame has its own length and checksum, and devices are switched off.
 */
static void
set_behaviour(SSL_CTX *ctx)
{
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
						SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE |
						SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_num_tickets(ctx, 0);
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS |
					 SSL_MODE_ENABLE_PARTIAL_WRITE |
					 SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_max_cert_list(ctx, MAX_CHAIN_BYTES);
	SSL_CTX_set_min_proto_version(ctx,
								  settings.tls_min_version == TLS_VERSION_1_3 ?
								  TLS1_3_VERSION : TLS1_2_VERSION);
}

/* NULL, or what is the matter with the certificate's time. */
static char *
time_complaint(const X509 *certificate)
{
	const char *file = settings.tls_cert_file;
	int			days = 0;
	int			seconds = 0;

	if (X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0)
		return psprintf("the certificate of fireiot.tls_cert_file \"%s\" is not valid yet",
						file);
	if (X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0)
		return psprintf("the certificate of fireiot.tls_cert_file \"%s\" has expired",
						file);
	if (ASN1_TIME_diff(&days, &seconds, NULL,
					   X509_get0_notAfter(certificate)) == 1 &&
		days < WARN_DAYS)
		return psprintf("the certificate of fireiot.tls_cert_file \"%s\" expires in %d days",
						file, days);
	return NULL;
}

bool
tls_load(char **complaint)
{
	SSL_CTX    *ctx;

	ERR_clear_error();
	ctx = SSL_CTX_new(TLS_server_method());
	if (ctx == NULL)
	{
		*complaint = pstrdup("could not create a TLS context");
		ERR_clear_error();
		return false;
	}
	set_behaviour(ctx);
	*complaint = load_certificate(ctx);
	if (*complaint == NULL)
		*complaint = load_authorities(ctx);
	if (*complaint != NULL)
	{
		SSL_CTX_free(ctx);
		return false;
	}
	*complaint = time_complaint(SSL_CTX_get0_certificate(ctx));
	ERR_clear_error();
	tls_unload();
	context = ctx;
	return true;
}

bool
tls_ready(void)
{
	return context != NULL;
}

void
tls_unload(void)
{
	/* connections have references of their own */
	SSL_CTX_free(context);
	context = NULL;
}

tls_conn *
tls_accept_start(int sock)
{
	tls_conn   *conn;

	if (context == NULL)
		return NULL;
	conn = OPENSSL_zalloc(sizeof(tls_conn));
	if (conn == NULL)
		return NULL;
	conn->ssl = SSL_new(context);
	if (conn->ssl != NULL && SSL_set_fd(conn->ssl, sock) == 1)
		return conn;
	tls_free(conn);
	return NULL;
}

/* An empty queue of errors, for the outcome of the next call. */
static void
begin(void)
{
	ERR_clear_error();
	errno = 0;
}

/* A failed system call: the peer is gone, or this end cannot go on. */
static tls_result
broken(tls_conn *conn, int error_number)
{
	conn->open = false;
	conn->error_number = error_number;
	return error_number == 0 || error_number == ECONNRESET ||
		error_number == EPIPE ? TLS_CLOSED : TLS_FAILED;
}

/* What a call that returned `returned` means. */
static tls_result
outcome(tls_conn *conn, int returned)
{
	int			error_number = errno;

	switch (SSL_get_error(conn->ssl, returned))
	{
		case SSL_ERROR_NONE:
			return TLS_DONE;
		case SSL_ERROR_WANT_READ:
			return TLS_WANT_READ;
		case SSL_ERROR_WANT_WRITE:
			return TLS_WANT_WRITE;
		case SSL_ERROR_ZERO_RETURN:
			return TLS_CLOSED;
		case SSL_ERROR_SYSCALL:
			ERR_clear_error();
			return broken(conn, error_number);
		default:
			conn->open = false;
			conn->error = ERR_get_error();
			ERR_clear_error();
			return TLS_FAILED;
	}
}

tls_result
tls_handshake(tls_conn *conn)
{
	tls_result	result;

	begin();
	result = outcome(conn, SSL_accept(conn->ssl));
	if (result == TLS_DONE)
		conn->open = true;
	return result;
}

tls_result
tls_read(tls_conn *conn, void *buf, size_t len, size_t *moved)
{
	begin();
	return outcome(conn, SSL_read_ex(conn->ssl, buf, len, moved));
}

tls_result
tls_write(tls_conn *conn, const void *buf, size_t len, size_t *moved)
{
	tls_result	result = TLS_DONE;
	size_t		record = 0;

	/* one record at a time, until the socket takes no more */
	for (*moved = 0; result == TLS_DONE && *moved < len; *moved += record)
	{
		begin();
		record = 0;
		result = outcome(conn, SSL_write_ex(conn->ssl,
											(const char *) buf + *moved,
											len - *moved, &record));
	}
	return *moved > 0 ? TLS_DONE : result;
}

bool
tls_pending(tls_conn *conn)
{
	return SSL_pending(conn->ssl) > 0;
}

/* Equal but for the case of ASCII letters?  A name with a zero byte is none. */
static bool
is_name(const ASN1_STRING *string, const char *name)
{
	unsigned char *utf8 = NULL;
	int			length = ASN1_STRING_to_UTF8(&utf8, string);
	bool		same = length >= 0 && (size_t) length == strlen(name);

	for (int i = 0; same && i < length; i++)
		same = pg_ascii_tolower(utf8[i]) == pg_ascii_tolower((unsigned char) name[i]);
	OPENSSL_free(utf8);
	return same;
}

static bool
has_common_name(const X509 *certificate, const char *name)
{
	const X509_NAME *subject = X509_get_subject_name(certificate);
	int			at = -1;
	bool		found = false;

	while (!found &&
		   (at = X509_NAME_get_index_by_NID(subject, NID_commonName, at)) >= 0)
		found = is_name(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)),
						name);
	return found;
}

static bool
has_alternative_name(const X509 *certificate, const char *name)
{
	GENERAL_NAMES *all = X509_get_ext_d2i(certificate, NID_subject_alt_name,
										  NULL, NULL);
	bool		found = false;

	/* of NULL there are -1 */
	for (int i = 0; !found && i < sk_GENERAL_NAME_num(all); i++)
	{
		const GENERAL_NAME *one = sk_GENERAL_NAME_value(all, i);

		if (one->type == GEN_DNS)
			found = is_name(one->d.dNSName, name);
		else if (one->type == GEN_URI)
			found = is_name(one->d.uniformResourceIdentifier, name);
	}
	GENERAL_NAMES_free(all);
	return found;
}

/* Without fireiot.tls_ca_file none is asked for, so one there is verified. */
bool
tls_peer_is(tls_conn *conn, const char *name)
{
	X509	   *certificate = SSL_get0_peer_certificate(conn->ssl);
	bool		found;

	if (certificate == NULL || SSL_get_verify_result(conn->ssl) != X509_V_OK)
		return false;
	found = has_common_name(certificate, name) ||
		has_alternative_name(certificate, name);
	ERR_clear_error();
	return found;
}

const char *
tls_error(tls_conn *conn)
{
	static char buffer[64];
	long		verified = SSL_get_verify_result(conn->ssl);

	if (verified != X509_V_OK)
		return X509_verify_cert_error_string(verified);
	if (conn->error != 0)
		return reason_of(conn->error, buffer, sizeof(buffer));
	if (conn->error_number != 0)
		return strerror(conn->error_number);
	return "the peer closed the connection";
}

void
tls_free(tls_conn *conn)
{
	ERR_clear_error();
	if (conn->open)
		(void) SSL_shutdown(conn->ssl);
	SSL_free(conn->ssl);
	OPENSSL_free(conn);
	ERR_clear_error();
}
