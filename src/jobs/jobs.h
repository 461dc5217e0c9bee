/* What the processes of kov-jobs share: the table's row, and how one stops. */
#ifndef KOV_JOBS_H
#define KOV_JOBS_H

#include <stdbool.h>
#include <stdint.h>

#define JOBS_DRAIN_MS 15000 /* from the first signal to SIGKILL */

struct job {
	const char *name;
	void (*run)(void); /* returns once jobs_stopping() and all is settled */
};

void sequencer_run(void);
void courier_run(void);
void clock_run(void);
void projector_run(void);
void curator_run(void);
void keeper_run(void);

/* A job's first call: SIGTERM and SIGINT become readable on jobs_signals()
 * instead of ending it. */
void jobs_listen(void);
int  jobs_signals(void);
bool jobs_stopping(void);

uint64_t jobs_ms(void); /* monotonic */

/* Sleeps until fd (or -1) is readable, a signal came or ms passed. */
void jobs_sleep(int fd, int ms);

#endif
