/* A keyed hash for tables that strangers choose the keys of. */
#ifndef KOV_SIPHASH_H
#define KOV_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

#define SIPHASH_KEY 16 /* bytes */

/* SipHash-2-4 (Aumasson and Bernstein, 2012): who does not know the key can
 * not aim two inputs at one value. */
uint64_t siphash(const uint8_t key[SIPHASH_KEY], const void *, size_t);

#endif
