#!/bin/sh
# scripts.sh
#
# Every shell script parses, every Perl file compiles.
set -u

pg_perl=$(dirname "$("${PG_CONFIG:-pg_config}" --pgxs 2>/dev/null)")/../test/perl
failed=0

files()
{
	find . \( -path ./build -o -path ./.git -o -path ./results \) -prune -o \
		-type f \( "$@" \) -print | sed 's#^\./##' | sort
}

# What a command says of a file, as a finding when it fails.
try()
{
	file=$1
	shift
	said=$("$@" "$file" 2>&1) && return
	failed=1
	line=$(echo "$said" | sed -n 's/.*line \([0-9]*\).*/\1/p;s/.*: \([0-9]*\): .*/\1/p' |
		head -n 1)
	echo "$file:${line:-1}: $(echo "$said" | head -n 1)"
}

for file in $(files -name '*.sh' -o -path ./.ci/run); do
	try "$file" sh -n
done
for file in $(files -name '*.pl' -o -name '*.pm' -o -name '*.t'); do
	try "$file" perl -I"$(dirname "$file")" -Itest/perl -I"$pg_perl" -c
done
exit "$failed"
