#!/bin/sh
# tree.sh DIR
#
# Makes in DIR, anew, a private installation of the PostgreSQL of PG_CONFIG and
# prints the path of its pg_config.  Programs are copies, the rest are links to
# the system's files; fireiot is not in it.  PostgreSQL finds its directories
# relative to its own program, so DIR repeats the system's paths, and what is
# put into its lib and extension directories is seen by its servers only.
set -eu
umask 022

tree=$1
config=${PG_CONFIG:-pg_config}

# Links to every file below a directory, in directories of our own.
link_files()
{
	mkdir -p "$tree$1"
	cp -rs "$1/." "$tree$1"
}

# One link to a directory into which nothing is put.
link_directory()
{
	[ -d "$1" ] && [ ! -e "$tree$1" ] || return 0
	mkdir -p "$tree${1%/*}"
	ln -s "$1" "$tree$1"
}

copy_programs()
{
	mkdir -p "$tree$1"
	find "$1" -maxdepth 1 -type f -exec cp -p -t "$tree$1" '{}' +
}

remove_fireiot()
{
	rm -rf "$tree$pkglibdir"/fireiot* "$tree$pkglibdir"/bitcode/fireiot* \
		"$tree$sharedir"/extension/fireiot*
}

# Below the run directory of server.sh, which may not be there yet.
make_directory()
{
	run=${tree%/*}
	mkdir -p "$run"
	chmod 711 "$run"
	if [ ! -O "$run" ] || [ -L "$run" ]; then
		echo "tree.sh: $run belongs to somebody else" >&2
		exit 1
	fi
	rm -rf "$tree"
	mkdir "$tree"
}

bindir=$($config --bindir)
pkglibdir=$($config --pkglibdir)
sharedir=$($config --sharedir)

make_directory
copy_programs "$bindir"
link_files "$pkglibdir"
link_files "$sharedir"
remove_fireiot
for option in includedir libdir localedir; do
	link_directory "$($config --$option)"
done
echo "$tree$bindir/pg_config"
