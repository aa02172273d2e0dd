/*
 * tls.h
 *	  TLS on a connected socket, by OpenSSL; never blocking.
 */
#ifndef SIM_TLS_H
#define SIM_TLS_H

#include <sys/types.h>

#include "options.h"

typedef struct sim_tls sim_tls;
typedef struct ssl_st sim_tls_wire;

/* Certificates and checks as the options say; dies of what is wrong. */
extern sim_tls *sim_tls_make(const sim_options *options);
extern void sim_tls_free(sim_tls *tls);

extern sim_tls_wire *sim_tls_begin(sim_tls *tls, int fd);

/* 1: done, 0: waits for *wants (epoll events), -1: failed. */
extern int	sim_tls_handshake(sim_tls_wire *wire, uint32_t *wants);

/* Bytes, 0: not now, -1: broken or closed. */
extern ssize_t sim_tls_send(sim_tls_wire *wire, const uint8_t *bytes, size_t n);
extern ssize_t sim_tls_receive(sim_tls_wire *wire, uint8_t *bytes, size_t n);

/* Free; says good-bye first unless rough. */
extern void sim_tls_end(sim_tls_wire *wire, bool rough);

/* What OpenSSL last complained of, once; NULL: nothing. */
extern const char *sim_tls_error(void);

#endif							/* SIM_TLS_H */
