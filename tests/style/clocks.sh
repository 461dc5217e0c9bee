#!/bin/sh
# The domain's time is kov.now(), which tests can move. The real clock is for
# machines: ids, leases, schedules, credentials, budgets of a search.
. tests/style/tree.sh

machines='door/[a-z]+|api/customer|job/(attachment|delivery|issuer|key)'
machines="$machines|job/(process|projection)"
machines="$machines|kov/(complaint_search|delivery|facts|id|partition|time)"
tree sql -- -name '*.sql' | grep -v '^sql/migrations/' |
    xargs grep -nE 'clock_timestamp|(^|[^.a-z_])now\(\)|current_timestamp' |
    grep -vE "^sql/($machines)\.sql:"
true
