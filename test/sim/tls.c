/*
 * tls.c
 *	  OpenSSL.
 */
#include "tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sys/epoll.h>

#include "util.h"

struct sim_tls
{
	SSL_CTX    *context;
	const char *name;			/* in the centre's certificate; NULL: any */
};

static void
die_of_file(const char *option, const char *file)
{
	sim_die(SIM_USAGE, "--%s %s: %s", option, file,
			ERR_reason_error_string(ERR_peek_last_error()));
}

static void
load_certificates(SSL_CTX *context, const sim_options *options)
{
	if (options->certificate != NULL &&
		SSL_CTX_use_certificate_chain_file(context, options->certificate) != 1)
		die_of_file("cert", options->certificate);
	if (options->key != NULL &&
		SSL_CTX_use_PrivateKey_file(context, options->key,
									SSL_FILETYPE_PEM) != 1)
		die_of_file("key", options->key);
	if (options->ca == NULL)
		return;
	if (SSL_CTX_load_verify_locations(context, options->ca, NULL) != 1)
		die_of_file("ca", options->ca);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
}

sim_tls *
sim_tls_make(const sim_options *options)
{
	sim_tls    *tls = sim_alloc(1, sizeof(*tls));

	tls->context = SSL_CTX_new(TLS_client_method());
	if (tls->context == NULL)
		sim_die(SIM_USAGE, "TLS: %s",
				ERR_reason_error_string(ERR_peek_last_error()));
	SSL_CTX_set_mode(tls->context, SSL_MODE_ENABLE_PARTIAL_WRITE |
					 SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
					 SSL_MODE_RELEASE_BUFFERS);
	load_certificates(tls->context, options);
	if (options->ca != NULL)
		tls->name = options->server_name != NULL ? options->server_name :
			options->host;
	return tls;
}

void
sim_tls_free(sim_tls *tls)
{
	SSL_CTX_free(tls->context);
	free(tls);
}

static int
is_address(const char *name)
{
	struct in6_addr address;

	return inet_pton(AF_INET, name, &address) == 1 ||
		inet_pton(AF_INET6, name, &address) == 1;
}

sim_tls_wire *
sim_tls_begin(sim_tls *tls, int fd)
{
	SSL		   *wire = SSL_new(tls->context);

	if (wire == NULL || SSL_set_fd(wire, fd) != 1)
		sim_die(SIM_USAGE, "TLS: no memory for a connection");
	SSL_set_connect_state(wire);
	if (tls->name != NULL && is_address(tls->name))
		X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(wire), tls->name);
	else if (tls->name != NULL)
	{
		SSL_set_tlsext_host_name(wire, tls->name);
		SSL_set1_host(wire, tls->name);
	}
	return wire;
}

int
sim_tls_handshake(sim_tls_wire *wire, uint32_t *wants)
{
	int			result;

	ERR_clear_error();
	errno = 0;
	result = SSL_do_handshake(wire);
	if (result == 1)
		return 1;
	switch (SSL_get_error(wire, result))
	{
		case SSL_ERROR_WANT_READ:
			*wants = EPOLLIN;
			return 0;
		case SSL_ERROR_WANT_WRITE:
			*wants = EPOLLOUT;
			return 0;
		default:
			return -1;
	}
}

static ssize_t
outcome(sim_tls_wire *wire, int result)
{
	if (result > 0)
		return result;
	switch (SSL_get_error(wire, result))
	{
		case SSL_ERROR_WANT_READ:
		case SSL_ERROR_WANT_WRITE:
			return 0;
		case SSL_ERROR_ZERO_RETURN:
			errno = 0;
			return -1;
		default:
			return -1;
	}
}

ssize_t
sim_tls_send(sim_tls_wire *wire, const uint8_t *bytes, size_t n)
{
	ERR_clear_error();
	errno = 0;
	return outcome(wire, SSL_write(wire, bytes, (int) n));
}

ssize_t
sim_tls_receive(sim_tls_wire *wire, uint8_t *bytes, size_t n)
{
	ERR_clear_error();
	errno = 0;
	return outcome(wire, SSL_read(wire, bytes, (int) n));
}

void
sim_tls_end(sim_tls_wire *wire, bool rough)
{
	if (!rough && SSL_is_init_finished(wire))
		SSL_shutdown(wire);
	SSL_free(wire);
	ERR_clear_error();
}

const char *
sim_tls_error(void)
{
	unsigned long error = ERR_get_error();

	return error != 0 ? ERR_reason_error_string(error) : NULL;
}
