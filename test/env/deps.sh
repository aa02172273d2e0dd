#!/bin/sh
# deps.sh [PG_MAJOR] [minimal] - install what building and testing needs.
#
#   PG_MAJOR  15, 17 or 18; without it, the release's own: Debian 12 -> 15,
#             Debian 13 -> 17, anything later (testing, sid) -> 18.
#   minimal   leave out debootstrap, clang-format and the map clients (QGIS,
#             GDAL): the set for the chroots that majors.sh makes.
#
# Needs a Debian system and root, or sudo.  When nothing is missing it only asks
# dpkg: no package index is fetched and nothing is changed.  Exit status 0: every
# package of the set is installed.  apt is tried three times.
#
# No database cluster is made or started on a machine that had no PostgreSQL
# packages; where /etc/postgresql-common exists, its settings are left alone.
set -eu

usage() {
    echo "usage: ${0##*/} [15|17|18] [minimal]" >&2
    exit 2
}

say() {
    echo "${0##*/}: $*" >&2
}

release_major() {
    # shellcheck disable=SC1091
    case $(. /etc/os-release && echo "${VERSION_ID-}") in
        12) echo 15 ;;
        13) echo 17 ;;
        *) echo 18 ;;
    esac
}

# clang-format: the lint rules are written for version 14, Debian 12's.
# netbase: the TAP modules look "tcp" up in /etc/protocols.
# openssl: the program, which makes the certificates of the TLS test.
# libc-gconv-modules-extra: GB 18030 for the simulator's drill, where it is a
# package of its own.
# The font has the Chinese names on maps.
# The keyring, gpgv and mount are what debootstrap only recommends.
packages() {
    echo gcc libc6-dev libssl-dev make perl netbase openssl
    echo "postgresql-$1" "postgresql-server-dev-$1"
    echo "postgresql-$1-postgis-3" "postgresql-$1-cron" "postgresql-$1-pgrouting"
    echo libipc-run-perl libkrb5-dev clang libclang-rt-dev valgrind
    [ "$1" -lt 18 ] || echo libc-gconv-modules-extra
    [ "$2" = minimal ] || {
        echo clang-format debootstrap debian-archive-keyring gpgv mount
        echo gdal-bin python3-qgis fonts-wqy-microhei
    }
}

# Prints those of its arguments that are not installed.
missing() {
    have=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" \
        2>/dev/null) || :
    for p in "$@"; do
        echo "$have" | grep -qxF "installed $p" || echo "$p"
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Its presence before postgresql-common's installation keeps the "main" cluster
# from being made; an existing configuration is not touched.
no_main_cluster() {
    dir=/etc/postgresql-common
    [ ! -e "$dir" ] || return 0
    as_root mkdir -p "$dir"
    echo 'create_main_cluster = false' |
        as_root tee "$dir/createcluster.conf" >/dev/null
}

apt_get() {
    as_root env DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1 \
        apt-get -q -y -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 \
        -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 "$@"
}

install_packages() {
    for try in 1 2 3; do
        apt_get update && apt_get install --no-install-recommends "$@" &&
            return 0
        say "apt failed (try $try of 3)"
        sleep $((try * 5))
    done
    return 1
}

main() {
    major='' set=full
    for arg in "$@"; do
        case $arg in
            15 | 17 | 18) major=$arg ;;
            minimal) set=minimal ;;
            *) usage ;;
        esac
    done
    # Package names hold no blanks: the splitting is wanted.
    # shellcheck disable=SC2046
    set -- $(missing $(packages "${major:-$(release_major)}" "$set"))
    [ $# -gt 0 ] || return 0
    say "installing $*"
    no_main_cluster
    install_packages "$@"
}

main "$@"
