#!/bin/sh
# Paths and registries of one machine; ../shared is looked for by tests only.
. tests/style/tree.sh

tree . -- ! -name places.sh | xargs grep -nIE \
    '/(work|home/[a-z]+|Users)/|[0-9]+\.[0-9]+\.internal' | cut -c 1-160
tree . -- ! -name places.sh | grep -v '^\./tests/' |
    xargs grep -nI '\.\./shared' | cut -c 1-160
tree . -- -name package-lock.json | xargs -r grep -n '"resolved"' |
    cut -c 1-160
true
