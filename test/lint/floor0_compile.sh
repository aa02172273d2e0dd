#!/bin/sh
# floor0_compile.sh COMPILER
#
# Floor 0 as strict C11 with nothing but src/ on the include path: no file of
# it may need PostgreSQL, and no warning is left.
set -eu

compiler=$1
command -v "$compiler" >/dev/null || {
	echo "# skipped: no $compiler"
	exit 0
}

set --
for file in src/codec/*.c src/clockwork/*.c src/geodesy/*.c; do
	[ ! -e "$file" ] || set -- "$@" "$file"
done
[ $# -gt 0 ] || {
	echo "src:1: floor 0 has no file"
	exit 1
}
printf '%s\0' "$@" | xargs -0 -n 1 -P 4 "$compiler" -std=c11 -O2 -Isrc \
	-Wall -Wextra -Wconversion -Werror -fdiagnostics-color=never \
	-c -o /dev/null
