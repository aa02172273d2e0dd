#!/usr/bin/env python3
"""Compare three converters of GB 18030: PostgreSQL, Python, the C library.

usage: sh test/env/with_server.sh gb18030 python3 test/docs/gb18030.py

Asks the server of PGHOST, Python's codec and the C library's iconv for the
UTF-8 form of every sequence of one, two and four bytes that has the structure
of GB 18030.  Prints where they disagree and what none of them maps: the
figures of docs/protocol.md, "Texts".  Run by hand, by no suite.
"""
import ctypes
import platform
import subprocess
import tempfile

LEAD = range(0x81, 0xFF)
TRAIL = [b for b in range(0x40, 0xFF) if b != 0x7F]
DIGIT = range(0x30, 0x3A)

SERVER = r"""
\copy sequence (hex) FROM pstdin
\copy (SELECT n, pg_temp.utf8(decode(hex, 'hex')) FROM sequence ORDER BY n) TO pstdout
"""
SERVER_FUNCTION = r"""
SET client_min_messages = warning;
CREATE FUNCTION pg_temp.utf8(b bytea) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN encode(convert_to(convert_from(b, 'GB18030'), 'UTF8'), 'hex');
EXCEPTION WHEN OTHERS THEN
	RETURN NULL;
END
$$;
CREATE TEMP TABLE sequence (n integer GENERATED ALWAYS AS IDENTITY, hex text);
"""


def sequences():
    """The sequences, shortest first, in the order of their bytes."""
    yield from (bytes([a]) for a in range(0x80))
    yield from (bytes([a, b]) for a in LEAD for b in TRAIL)
    yield from (bytes([a, b, c, d])
                for a in LEAD for b in DIGIT for c in LEAD for d in DIGIT)


def by_server(seqs):
    """UTF-8 of each sequence by the server, None where it refuses."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(SERVER_FUNCTION + SERVER)
        script.flush()
        out = subprocess.run(
            ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", script.name],
            input="".join(s.hex() + "\n" for s in seqs),
            stdout=subprocess.PIPE, text=True, check=True).stdout
    rows = (line.split("\t")[1] for line in out.splitlines())
    return [None if r == "\\N" else bytes.fromhex(r) for r in rows]


def by_python(seqs):
    def convert(s):
        try:
            return s.decode("gb18030").encode("utf-8")
        except UnicodeError:
            return None
    return [convert(s) for s in seqs]


def by_libc(seqs):
    libc = ctypes.CDLL(None)
    libc.iconv_open.restype = ctypes.c_void_p
    libc.iconv.restype = ctypes.c_ssize_t
    libc.iconv.argtypes = [ctypes.c_void_p] + [ctypes.c_void_p] * 4
    way = libc.iconv_open(b"UTF-8", b"GB18030")
    if way == ctypes.c_void_p(-1).value:
        raise SystemExit("iconv has no GB18030: its gconv modules are missing")
    room = ctypes.create_string_buffer(16)

    def convert(s):
        source = ctypes.create_string_buffer(s, len(s))
        at, left = ctypes.c_void_p(ctypes.addressof(source)), ctypes.c_size_t(len(s))
        to, free = ctypes.c_void_p(ctypes.addressof(room)), ctypes.c_size_t(16)
        libc.iconv(way, None, None, None, None)
        if libc.iconv(way, ctypes.byref(at), ctypes.byref(left),
                      ctypes.byref(to), ctypes.byref(free)) != 0 or left.value:
            return None
        return room.raw[:16 - free.value]
    return [convert(s) for s in seqs]


def report(what, seqs, differ):
    by_length = {n: sum(len(s) == n for s in differ) for n in (1, 2, 4)}
    print(f"{what}:", ", ".join(f"{c} of {n} bytes" for n, c in by_length.items()))


def ranges(seqs, chosen):
    """Neighbouring sequences of four bytes as first-last, longest first."""
    out, last = [], None
    for n, s in enumerate(seqs):
        if not chosen[n] or len(s) != 4:
            last = None
        elif last is None:
            last = [s, s, 1]
            out.append(last)
        else:
            last[1], last[2] = s, last[2] + 1
    return sorted(out, key=lambda r: -r[2])


def main():
    seqs = list(sequences())
    server, python, libc = by_server(seqs), by_python(seqs), by_libc(seqs)
    version = subprocess.run(["psql", "-XAtc", "SHOW server_version"],
                             stdout=subprocess.PIPE, text=True, check=True).stdout.split()[0]
    print(f"PostgreSQL {version}, Python {platform.python_version()}, "
          f"{' '.join(platform.libc_ver())}; {len(seqs)} sequences")
    for name, one, other in (("PostgreSQL and Python differ", server, python),
                             ("iconv and PostgreSQL differ", libc, server)):
        report(name, seqs, [s for s, a, b in zip(seqs, one, other) if a != b])
    none = [a is None and b is None and c is None
            for a, b, c in zip(server, python, libc)]
    report("mapped by none", seqs, [s for s, n in zip(seqs, none) if n])
    for first, last, count in ranges(seqs, none)[:2]:
        print(f"  {first.hex().upper()}-{last.hex().upper()}: {count}")


main()
