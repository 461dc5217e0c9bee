#!/bin/sh
# What shellcheck says of every sh script, and what dash cannot read.
. tests/style/tree.sh

tree . -- | while read -r file; do
	case $file in
	*.sh) echo "$file" ;;
	*.*) ;;
	*) head -n 1 "$file" | grep -q '^#!.*sh$' && echo "$file" ;;
	esac
done | while read -r file; do
	shellcheck -f gcc "$file"
	head -n 1 "$file" | grep -q bash || sh -n "$file"
done
true
