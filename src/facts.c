/* What the database last said of itself. */
#include "facts.h"

#include <sys/mman.h>

#include <stdatomic.h>
#include <string.h>

#define ROOM (64 * 1024)
#define TRIES 100

/* Odd while it is being written; who reads another number after than before
 * reads again. It has one writer, and seconds lie between two writes. */
struct facts {
	_Atomic uint64_t turn, taken;
	_Atomic size_t	 length;
	char		 json[ROOM];
};

static struct facts *facts;

bool
facts_open(uint64_t now)
{
	void *p = mmap(NULL, sizeof(*facts), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return (false);
	facts = p;
	facts->taken = now;
	return (true);
}

bool
facts_take(const char *json, size_t length, uint64_t now)
{
	if (length == 0 || length > ROOM)
		return (false);
	facts->turn |= 1; /* also where a worker died while it was odd */
	memcpy(facts->json, json, length);
	facts->length = length;
	facts->taken = now;
	facts->turn++;
	return (true);
}

json_t *
facts_read(void)
{
	static char copy[ROOM];
	uint64_t    turn;
	size_t	    length;
	int	    tries;

	for (tries = 0; tries < TRIES; tries++) {
		turn = facts->turn;
		length = facts->length;
		memcpy(copy, facts->json, length);
		atomic_thread_fence(memory_order_acquire);
		if (turn % 2 == 0 && turn == facts->turn)
			return (length == 0 ?
				NULL :
				json_loadb(copy, length, 0, NULL));
	}
	return (NULL);
}

uint64_t
facts_age(uint64_t now)
{
	uint64_t since = facts->taken;

	return (now > since ? now - since : 0);
}
