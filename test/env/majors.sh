#!/bin/sh
# majors.sh 17|18 - run the test suite on another PostgreSQL major.
#
# Runs `make test-here PG_CONFIG=/usr/lib/postgresql/N/bin/pg_config` on a copy
# of this source tree inside a Debian chroot of that major's release, and passes
# on the command's output and exit status.  Nothing of its own goes to stdout.
#
#   17  trixie (Debian 13)    18  sid
#
# The chroot is build/chroot/SUITE.  It is made with debootstrap and deps.sh on
# first use (log: build/chroot/SUITE.log) and reused while SUITE/.complete, which
# is written last, is there; an interrupted one is made anew.  Remove the
# directory to get newer packages.  A lock lets one run at a time use a chroot.
#
# Inside, make runs as root in /src, which belongs to user postgres: the files
# git tracks plus the untracked ones it does not ignore, without build/ and .git.
# What the run leaves in /src stays until the next run.
#
# Needs Debian and root or sudo.  Every mount and process inside lives in mount,
# pid and ipc namespaces of its own, which end with this script, however it ends:
# neither a mount nor a server outlasts it.  The network is the machine's.
#
# Debian 12's debootstrap (1.0.128+nmu2+deb12) makes both suites as they are: it
# merges /usr before unpacking and drops the dependency on usrmerge that newer
# suites no longer have a package for.  PostgreSQL and PostGIS are left to apt:
# debootstrap's --include resolves neither alternatives nor virtual packages.
# Inside, apt accepts a signed index that has expired, as debootstrap does: sid's
# is valid for a week, and a mirror may lag behind it by more.
set -eu
PATH=$PATH:/usr/sbin:/sbin

child=

say() {
    echo "${0##*/}: $*" >&2
}

die() {
    say "$*"
    exit 1
}

# A command in namespaces of its own.  Killing unshare kills the namespace's
# first process and so all of it; --pdeathsig does the same when this shell is
# killed.  In the background because a shell handles no signal while it waits
# for a foreground command.
isolated() {
    setpriv --pdeathsig KILL unshare --mount --pid --ipc --fork --kill-child \
        --mount-proc "$@" &
    child=$!
    status=0
    wait "$child" || status=$?
    child=
    return "$status"
}

stop() {
    trap '' HUP INT TERM
    [ -z "$child" ] || { kill -KILL "$child" && wait "$child"; } || :
    exit "$1"
}

# A command inside the chroot, with an environment that does not depend on the
# caller's, and the signals that a background command starts with ignored set
# back.  The shell stays as process 1 to reap what the servers leave.
inside() {
    # shellcheck disable=SC2016
    isolated sh -euc '
        root=$1
        shift
        mount -t proc proc "$root/proc"
        mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$root/dev/shm"
        mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
        status=0
        chroot "$root" env -i --default-signal=INT,QUIT HOME=/root USER=root \
            LOGNAME=root SHELL=/bin/sh LANG=C.UTF-8 TERM=dumb \
            PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
            "$@" || status=$?
        exit "$status"' sh "$root" "$@"
}

# The archives apt is set up with on this machine, one URL a line.
archives() {
    apt-get --print-uris update |
        sed -n "s#^'\(.*\)/dists/[^']*/InRelease'.*#\1#p" |
        while read -r url; do
            case $url in
                mirror+file:*) grep -om 1 'https\{0,1\}://[^[:space:]]*' \
                    "/${url#mirror+file:*/}" ;;
                *) echo "$url" ;;
            esac
        done | sed 's#/*$##' | uniq
}

# The first of them that carries the suite and is Debian's own.
find_mirror() {
    mirror=
    for url in $(archives); do
        wget -q -T 30 -t 3 -O - "$url/dists/$suite/InRelease" 2>/dev/null |
            grep -qx 'Origin: Debian' || continue
        mirror=$url
        return 0
    done
    die "no archive in this machine's apt configuration has $suite"
}

use_proxy() {
    eval "$(apt-config shell proxy Acquire::http::Proxy)"
    [ -z "${proxy-}" ] || export http_proxy="$proxy" https_proxy="$proxy"
}

base_system() {
    rm -rf --one-file-system "$root" &&
        isolated debootstrap --variant=minbase "$suite" "$root" "$mirror"
}

# What the packages' installation and the tests need to find.
configure() {
    echo "deb $mirror $suite main" >"$root/etc/apt/sources.list"
    apt-config dump | grep -E '^Acquire::(Check-Date|https?::Proxy) ' \
        >"$root/etc/apt/apt.conf.d/90host" || :
    printf '%s "%s";\n' Acquire::Check-Valid-Until false \
        Acquire::Languages none >"$root/etc/apt/apt.conf.d/91test"
    printf '%s\n' force-unsafe-io 'path-exclude=/usr/share/doc/*' \
        'path-exclude=/usr/share/locale/*' >"$root/etc/dpkg/dpkg.cfg.d/lean"
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod 755 "$root/usr/sbin/policy-rc.d"
    printf '%s\n' '127.0.0.1 localhost' '::1 localhost' >"$root/etc/hosts"
}

packages() {
    cp test/env/deps.sh "$root/root/deps.sh"
    inside sh /root/deps.sh "$major" minimal
}

make_chroot() {
    base_system || base_system || base_system || return 1
    configure && packages && inside apt-get clean &&
        rm -rf "$root/var/lib/apt/lists" &&
        touch "$root/.complete"
}

need_chroot() {
    if [ -e "$root/.complete" ]; then
        packages >>"$root.log" 2>&1 && return 0
        say "$root cannot be brought up to date: making it anew"
    fi
    rm -f "$root/.complete"
    command -v debootstrap >/dev/null || sh test/env/deps.sh >&2
    say "making $root (log: $root.log)"
    use_proxy
    find_mirror
    make_chroot >"$root.log" 2>&1 || {
        tail -n 20 "$root.log" >&2
        die "could not make $root"
    }
}

# Tracked files that were deleted are listed too: only what is there is packed.
pack_tree() {
    git -c safe.directory='*' ls-files -z --cached --others --deduplicate \
        --exclude-standard -- . ':!build' >"$root/src.all"
    perl -0ne 'chomp; print "$_\0" if -l || -f' "$root/src.all" \
        >"$root/src.list"
    tar -cf "$root/src.tar" --no-recursion --null -T "$root/src.list"
    rm "$root/src.all" "$root/src.list"
}

run_tests() {
    # shellcheck disable=SC2016
    inside sh -euc '
        rm -rf /src
        mkdir /src
        tar -xf /src.tar -C /src --no-same-owner
        rm /src.tar
        chown -R postgres:postgres /src
        find /tmp -mindepth 1 -delete
        install -d -o postgres -g postgres -m 2775 /run/postgresql
        cd /src
        exec make test-here PG_CONFIG="/usr/lib/postgresql/$1/bin/pg_config"' \
        sh "$major"
}

main() {
    case ${1-} in
        17) suite=trixie ;;
        18) suite=sid ;;
        *) say 'usage: majors.sh 17|18' && exit 2 ;;
    esac
    major=$1
    mkdir -p build/chroot
    [ "$(id -u)" = 0 ] || exec sudo sh test/env/majors.sh "$@"
    root=$PWD/build/chroot/$suite
    exec 9>"$root.lock"
    flock -n 9 || { say "waiting for $root.lock" && flock 9; }
    need_chroot
    pack_tree
    run_tests
}

trap 'stop 129' HUP
trap 'stop 130' INT
trap 'stop 143' TERM
CDPATH='' cd -- "$(dirname -- "$0")/../.."
main "$@"
