/* A number that one process writes and any may read meanwhile: no lock, and
 * no locked instruction either, for it has one writer. */
#ifndef KOV_CELL_H
#define KOV_CELL_H

#include <stdatomic.h>
#include <stdint.h>

typedef _Atomic uint64_t cell;

static inline uint64_t
cell_get(const cell *c)
{
	return (atomic_load_explicit(c, memory_order_relaxed));
}

static inline void
cell_set(cell *c, uint64_t value)
{
	atomic_store_explicit(c, value, memory_order_relaxed);
}

static inline void
cell_add(cell *c, uint64_t n)
{
	cell_set(c, cell_get(c) + n);
}

#endif
