#include <openssl/bio.h>
#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>

/* Options that the library declares as macros with arguments, which Swift does not see. */
static const uint64_t ls_tls_no_v1 = SSL_OP_NO_TLSv1;
static const uint64_t ls_tls_no_v1_1 = SSL_OP_NO_TLSv1_1;
static const uint64_t ls_tls_no_v1_2 = SSL_OP_NO_TLSv1_2;
static const uint64_t ls_tls_no_v1_3 = SSL_OP_NO_TLSv1_3;
static const uint64_t ls_tls_no_ticket = SSL_OP_NO_TICKET;
static const uint64_t ls_tls_server_preference = SSL_OP_CIPHER_SERVER_PREFERENCE;
static const uint64_t ls_tls_always =
    SSL_OP_NO_SSLv3 | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_SINGLE_DH_USE |
    SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS;
