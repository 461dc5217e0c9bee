#!/bin/sh
# psql on Kov's database, as superuser or as the role KOV_PSQL_ROLE names;
# SQL on standard input.
set -eu
. "$KOV_HOME/deploy/say.sh"
. "$KOV_HOME/deploy/database.sh"

trap database_close EXIT
trap 'exit 130' INT TERM
database_open
database_psql "${KOV_PSQL_ROLE:-postgres}" "$@"
