#!/bin/sh
# Functions that write without a bound, keep hidden state, or swallow errors.
. tests/style/tree.sh

banned='strcpy|strncpy|stpcpy|strcat|sprintf|vsprintf|gets|strtok'
banned="$banned|atoi|atol|atoll|atof|alloca|tmpnam|mktemp|system|popen"
tree src -- -name '*.[ch]' |
    xargs grep -nE "(^|[^A-Za-z0-9_])($banned)[[:space:]]*\(" |
    grep -vE '^[^:]*:[0-9]*:[[:space:]]*(/\*|\*|//)'
tree . -- | grep -E '/(util|utils|helper|helpers|manager|common|misc)\.[a-z]+$' |
    sed 's/$/ has a name that says nothing/'
true
