#!/bin/sh
# Files whose first lines are no comment (a #! may stand before it).
. tests/style/tree.sh

tree src tests deploy sql conf -- \( -name '*.[ch]' -o -name '*.sh' \
    -o -name '*.mjs' -o -name '*.py' -o -name '*.sql' -o -name 'run' -o -name '*.conf' \) |
    while read -r file; do
	sed -n '/^#!/d;/^$/d;p;q' "$file" | grep -Eq '^(/\*|//|#|--|""")' ||
	    head -n 2 "$file" | sed -n 2p | grep -Eq '^(/\*|//|#|--)' ||
	    echo "$file does not begin with what it is for"
done
