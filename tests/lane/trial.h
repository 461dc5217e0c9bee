/* One small trial of a lane: asks, waits, and looks at what became of it. */
#ifndef TESTS_LANE_TRIAL_H
#define TESTS_LANE_TRIAL_H

#include <stdbool.h>
#include <stdio.h>

#include "lane.h"

#define TRIAL_MOST 4096			       /* asks */
enum { CREATE, READ, CREATE_PLURAL, CREATES }; /* the statements */

struct one {
	int64_t		 id;
	int		 end; /* enum lane_end; -1: not answered */
	int		 answers;
	long		 said;	   /* the id in its reply */
	char		 state[6]; /* SQLSTATE */
	struct lane_ask *ask;
};

struct trial_case {
	const char *rule;
	bool (*holds)(void);
};

extern const struct trial_case fate_cases[], limit_cases[], link_cases[],
    set_cases[], db_cases[]; /* each ends with a NULL rule */

/* False, and says where, when a condition does not hold. */
#define CHECK(condition)                                            \
	do {                                                        \
		if (!(condition)) {                                 \
			printf("# %s:%d: %s\n", __FILE__, __LINE__, \
			    #condition);                            \
			return (false);                             \
		}                                                   \
	} while (0)

extern struct lane     *lane;	/* of this trial */
extern struct lane_plan plan;	/* what trial_begin makes it from */
extern struct one	ones[]; /* what was asked, in order */
extern unsigned		asked;

bool trial_begin(void); /* a lane by plan; it need not be up */
bool trial_up(void);	/* … and waits until it is up */

/* act is what api.create_note is told; NULL: full. More: rows to lock. */
struct one *trial_ask(int statement, int64_t organisation, const char *subject,
    const char *act);
struct one *trial_ask_more(int statement, int64_t organisation,
    const char *subject, const char *act, const char *rows, const char *text);
bool	    trial_settle(void);		/* until all are answered */
unsigned    trial_count(enum lane_end); /* of those asked */
bool	    trial_until(bool (*)(void *), void *);
bool trial_turns(const char *sql, long wanted); /* until SQL says wanted */
long trial_sql(const char *sql); /* as superuser: the first value, or 0 */
void trial_cluster(const char *verb);

#endif
