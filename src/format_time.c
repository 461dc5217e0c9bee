/* Dates, times and durations as RFC 3339 writes them. */
#include <ctype.h>
#include <stdio.h>

#include "format.h"
#include "format_impl.h"

#define DAY_MINUTES 1440

/* What one date-time says: local fields, and minutes east of UTC. */
struct moment {
	int year, month, day, hour, minute, second, millisecond, offset;
};

/* Exactly `digits` digits; false and no step otherwise. */
static bool
format_digits(struct cursor *c, int digits, int *number)
{
	int i;

	if (c->end - c->at < digits)
		return (false);
	for (*number = 0, i = 0; i < digits; i++) {
		if (!isdigit((unsigned char)c->at[i]))
			return (false);
		*number = *number * 10 + (c->at[i] - '0');
	}
	c->at += digits;
	return (true);
}

static int
format_month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };

	if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
		return (29);
	return (days[month - 1]);
}

/* RFC 3339, 5.6: full-date. Year 0 is refused: PostgreSQL has none. */
static bool
format_full_date(struct cursor *c, struct moment *m)
{
	return (format_digits(c, 4, &m->year) && m->year > 0 &&
	    format_skip(c, '-') && format_digits(c, 2, &m->month) &&
	    m->month >= 1 && m->month <= 12 && format_skip(c, '-') &&
	    format_digits(c, 2, &m->day) && m->day >= 1 &&
	    m->day <= format_month_days(m->year, m->month));
}

/* RFC 3339, 5.6: time-secfrac, of which milliseconds are kept. */
static bool
format_fraction(struct cursor *c, struct moment *m)
{
	int scale = 100;

	m->millisecond = 0;
	if (!format_skip(c, '.'))
		return (true);
	if (c->at == c->end || !isdigit((unsigned char)*c->at))
		return (false);
	for (; c->at < c->end && isdigit((unsigned char)*c->at); c->at++) {
		m->millisecond += (*c->at - '0') * scale;
		scale /= 10;
	}
	return (true);
}

/* RFC 3339, 5.6: time-offset. */
static bool
format_offset(struct cursor *c, struct moment *m)
{
	int sign, hours, minutes;

	m->offset = 0;
	if (format_skip(c, 'Z') || format_skip(c, 'z'))
		return (true);
	if (format_skip(c, '+'))
		sign = 1;
	else if (format_skip(c, '-'))
		sign = -1;
	else
		return (false);
	if (!format_digits(c, 2, &hours) || hours > 23 ||
	    !format_skip(c, ':') || !format_digits(c, 2, &minutes) ||
	    minutes > 59)
		return (false);
	m->offset = sign * (hours * 60 + minutes);
	return (true);
}

/* RFC 3339, 5.6: full-time. Second 60 exists at 23:59 UTC alone (5.7). */
static bool
format_full_time(struct cursor *c, struct moment *m)
{
	int utc;

	if (!format_digits(c, 2, &m->hour) || m->hour > 23 ||
	    !format_skip(c, ':') || !format_digits(c, 2, &m->minute) ||
	    m->minute > 59 || !format_skip(c, ':') ||
	    !format_digits(c, 2, &m->second) || m->second > 60 ||
	    !format_fraction(c, m) || !format_offset(c, m))
		return (false);
	utc = m->hour * 60 + m->minute - m->offset;
	utc = (utc + 2 * DAY_MINUTES) % DAY_MINUTES;
	return (m->second < 60 || utc == DAY_MINUTES - 1);
}

/* Days after (or before) the date's own, within a month at most. */
static void
format_shift_day(struct moment *m, int days)
{
	m->day += days;
	if (m->day < 1) {
		if (--m->month < 1) {
			m->month = 12;
			m->year--;
		}
		m->day = format_month_days(m->year, m->month);
	} else if (m->day > format_month_days(m->year, m->month)) {
		m->day = 1;
		if (++m->month > 12) {
			m->month = 1;
			m->year++;
		}
	}
}

/* The same moment at offset 0, its leap second the next minute's first. */
static void
format_to_utc(struct moment *m)
{
	int minutes = m->hour * 60 + m->minute - m->offset;
	int days = 0;

	if (m->second == 60) {
		m->second = 0;
		m->millisecond = 0;
		minutes++;
	}
	if (minutes < 0)
		days = -1;
	else if (minutes >= DAY_MINUTES)
		days = 1;
	minutes -= days * DAY_MINUTES;
	m->hour = minutes / 60;
	m->minute = minutes % 60;
	m->offset = 0;
	format_shift_day(m, days);
}

bool
format_utc(const char *s, size_t n, char out[FORMAT_UTC])
{
	struct cursor c = { s, s + n };
	struct moment m;

	if (!format_full_date(&c, &m) ||
	    (!format_skip(&c, 'T') && !format_skip(&c, 't')) ||
	    !format_full_time(&c, &m) || c.at != c.end)
		return (false);
	format_to_utc(&m);
	if (m.year < 1 || m.year > 9999)
		return (false);
	snprintf(out, FORMAT_UTC, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ",
	    (unsigned)m.year % 10000, (unsigned)m.month % 100,
	    (unsigned)m.day % 100, (unsigned)m.hour % 100,
	    (unsigned)m.minute % 100, (unsigned)m.second % 100,
	    (unsigned)m.millisecond % 1000);
	return (true);
}

/* RFC 3339, 5.6: date-time; what passes can also be stored. */
bool
format_date_time(const char *s, size_t n)
{
	char out[FORMAT_UTC];

	return (format_utc(s, n, out));
}

bool
format_date(const char *s, size_t n)
{
	struct cursor c = { s, s + n };
	struct moment m;

	return (format_full_date(&c, &m) && c.at == c.end);
}

bool
format_time(const char *s, size_t n)
{
	struct cursor c = { s, s + n };
	struct moment m;

	return (format_full_time(&c, &m) && c.at == c.end);
}

/*
 * A run of units in order, "1H30M" of "HMS": it may begin and end anywhere
 * but leaves none out between. False: there is not one, or it is malformed.
 */
static bool
format_units(struct cursor *c, const char *units)
{
	const char *from;
	bool	    begun = false;

	for (; *units != '\0'; units++) {
		from = c->at;
		while (c->at < c->end && isdigit((unsigned char)*c->at))
			c->at++;
		if (c->at > from && format_skip(c, *units)) {
			begun = true;
			continue;
		}
		c->at = from;
		if (begun)
			return (true);
	}
	return (begun);
}

/* RFC 3339, appendix A: duration. */
bool
format_duration(const char *s, size_t n)
{
	struct cursor c = { s, s + n };

	if (!format_skip(&c, 'P'))
		return (false);
	if (format_units(&c, "W"))
		return (c.at == c.end);
	if (format_units(&c, "YMD") && c.at == c.end)
		return (true);
	return (format_skip(&c, 'T') && format_units(&c, "HMS") &&
	    c.at == c.end);
}
