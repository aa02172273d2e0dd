#!/bin/sh
# format.sh check|write
#
# The layout of all C files of the tree (indent.pl).
set -eu

find src test -name '*.[ch]' -print | sort |
	xargs perl "$(dirname "$0")/indent.pl" "$1"
