#!/bin/sh
# verify_proof.sh FILE [CHECKPOINT [PUBLIC_KEY]]
#
# Checks what fireiot.export_records() gave, or proofs of fireiot.prove(), one a
# line, without PostgreSQL: by openssl and the tools of POSIX.  CHECKPOINT is a
# signed note that was kept outside, `-` the one in the export itself;
# PUBLIC_KEY, in PEM, that of its signer.  Without CHECKPOINT it is only shown
# that the rows lead to the root that the proof itself names.
#
# Of an export it is checked that it has the records that it says, all of them
# and in their order, and that each row says what was hashed.  Prints what each
# proven row holds; last line `N passed, N failed`.
set -u
export LC_ALL=C

file=$1
checkpoint=${2:-}
public_key=${3:-}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0
failed=0

# bytes HEX: the bytes.  POSIX's printf knows octal only; awk is for what is long.
bytes()
{
	if [ ${#1} -gt 130 ]; then
		printf '%s\n' "$1" | awk '
			BEGIN {
				for (i = 0; i < 256; i++)
					octal[sprintf("%02x", i)] = sprintf("\\%03o", i)
			}
			{
				for (i = 1; i < length($0); i += 2)
					printf "%s", octal[substr($0, i, 2)]
				print ""
			}' | while IFS= read -r line; do
				printf "$line"
			done
		return
	fi
	rest=$1
	octal=
	while [ -n "$rest" ]; do
		byte=$((0x${rest%"${rest#??}"}))
		rest=${rest#??}
		octal=$octal\\$((byte / 64))$((byte / 8 % 8))$((byte % 8))
	done
	printf "$octal"
}

# hash HEX: the digest of the bytes, as hex, in $hashed.
hash()
{
	hashed=$(bytes "$1" | openssl dgst "-$algorithm" -r)
	hashed=${hashed%% *}
}

# join LEFT RIGHT: the node above two, in $hashed.  Records of one block have
# most of them in common, so they are remembered.
join()
{
	case $1$2 in
		*[!0-9a-f]*) hashed= ; return ;;
	esac
	eval "hashed=\${node_$algorithm$1$2:-}"
	if [ -z "$hashed" ]; then
		hash "01$1$2"
		eval "node_$algorithm$1$2=\$hashed"
	fi
}

# read_proof JSON: its values become variables.  None has a character that means
# something to the shell.
read_proof()
{
	eval "$(printf '%s\n' "$1" | awk '
		# A number or a plain text; nothing: it is not there, or is something else.
		function value(name, form,    s) {
			if (!match($0, "[{ ]\"" name "\": " form "[,}]"))
				return ""
			s = substr($0, RSTART + length(name) + 5, RLENGTH - length(name) - 6)
			gsub(/[^0-9a-z -]/, "", s)
			return s
		}
		{
			for (i = split("id row_index row_count part_index part_count block_index block_count", names, " "); i > 0; i--)
				printf "%s=\047%s\047\n", names[i], value(names[i], "-?[0-9]+")
			for (i = split("algorithm row part block root", names, " "); i > 0; i--)
				printf "%s=\047%s\047\n", names[i], value(names[i], "\"[0-9a-z]*\"")
			for (i = split("row_path part_path block_path", names, " "); i > 0; i--)
				printf "%s=\047%s\047\n", names[i], value(names[i], "\\[[0-9a-f\", ]*\\]")
			s = value("part", "\"[0-9a-f]*\"")
			printf "row_root=\047%s\047\n", substr(s, length(s) - 63)
			s = value("block", "\"[0-9a-f]*\"")
			printf "part_root=\047%s\047\n", substr(s, length(s) - 127, 64)
		}')"
}

# climb HEX INDEX COUNT PATH: the root above a leaf (RFC 6962), or nothing, in
# $hashed.
climb()
{
	index=$2
	last=$(($3 - 1))
	hashed=
	[ "$index" -ge 0 ] && [ "$index" -le "$last" ] || return
	hash "$1"
	set -- $4
	while [ "$last" -gt 0 ]; do
		if [ $((index % 2)) -eq 1 ] || [ "$index" -lt "$last" ]; then
			[ $# -gt 0 ] || { hashed= ; return; }
			if [ $((index % 2)) -eq 1 ]; then
				join "$1" "$hashed"
			else
				join "$hashed" "$1"
			fi
			shift
		fi
		index=$((index / 2))
		last=$((last / 2))
	done
	[ $# -eq 0 ] || hashed=
}

# leads HEX INDEX COUNT PATH ROOT: does the audit path lead there?
leads()
{
	climb "$1" "${2:--1}" "${3:-0}" "$4"
	[ -n "$hashed" ] && [ "$hashed" = "$5" ]
}

# Functions of awk for the forms of docs/ledger.md, read from `rest`, in hex.
forms='
	function number(hex,    i, n) {
		for (i = 1; i <= length(hex); i++)
			n = n * 16 + index("0123456789abcdef", substr(hex, i, 1)) - 1
		return n
	}
	function take(n,    s) {
		s = substr(rest, 1, 2 * n)
		rest = substr(rest, 2 * n + 1)
		return s
	}
	function text(hex,    i, s) {
		for (i = 1; i < length(hex); i += 2)
			s = s sprintf("%c", number(substr(hex, i, 2)))
		return s
	}
	# Names and forms of the columns, and false when the row is not of the part.
	function read_part(part, row,    head, table, version, c) {
		rest = part
		head = take(2)
		table = take(16)
		version = take(4)
		columns = number(take(4))
		for (c = 1; c <= columns; c++) {
			name[c] = text(take(number(take(4))))
			type[c] = text(take(number(take(4))))
		}
		partition = text(take(number(take(4))))
		rest = row
		return head == "0002" && take(2) == "0001" && take(16) == table && take(4) == version
	}
	# The next column of the row; false: it is null.
	function read_value(    size) {
		size = take(4)
		value = size == "ffffffff" ? "" : take(number(size))
		return size != "ffffffff"
	}'

# What row and part hold; numbers stay hex.
show()
{
	printf '%s %s\n' "$row" "$part" | awk "$forms"'
		# Nothing that a row holds looks like a result of this script.
		function one_line(s) {
			gsub(/[\001-\037\177]/, " ", s)
			return s
		}
		{
			if (!read_part($2, $1))
				exit 1
			printf "# %s:", partition
			for (c = 1; c <= columns; c++) {
				if (!read_value()) {
					printf " %s=null", name[c]
					continue
				}
				if (name[c] == "id" && type[c] == "int8")
					id = value
				printf " %s=%s", name[c], \
					type[c] ~ /^(text|numeric|jsonb)$/ ? one_line(text(value)) : "0x" value
			}
			print ""
			if (rest != "" || (id != "" && id != wanted))
				exit 1
		}' wanted="$(printf '%016x' "${id:-0}")"
}

# Does a row in JSON say what was hashed?  Prints what differs, and what cannot
# be compared.
compare_row()
{
	printf '%s\n' "$row" "$part" "$1" | awk "$forms"'
		# Two-s complement, of any length.
		function decimal(hex,    negative, i, j, n, d, carry, s) {
			negative = index("89abcdef", substr(hex, 1, 1)) > 0
			d[n = 1] = 0
			for (i = 1; i <= length(hex); i++) {
				carry = number(substr(hex, i, 1))
				if (negative)
					carry = 15 - carry
				for (j = 1; j <= n; j++) {
					carry += d[j] * 16
					d[j] = carry % 10
					carry = int(carry / 10)
				}
				for (; carry > 0; carry = int(carry / 10))
					d[++n] = carry % 10
			}
			if (negative) {
				for (j = 1; j <= n && d[j] == 9; j++)
					d[j] = 0
				if (j > n)
					d[n = j] = 0
				d[j]++
			}
			for (j = n; j >= 1; j--)
				s = s d[j]
			return (negative ? "-" : "") s
		}
		function quoted(hex,    i, c, n, s) {
			for (i = 1; i < length(hex); i += 2) {
				c = substr(hex, i, 2)
				n = number(c)
				s = s (c == "22" ? "\\\"" : c == "5c" ? "\\\\" : c == "08" ? "\\b" : \
					c == "09" ? "\\t" : c == "0a" ? "\\n" : c == "0c" ? "\\f" : \
					c == "0d" ? "\\r" : n < 32 ? "\\u00" c : sprintf("%c", n))
			}
			return "\"" s "\""
		}
		# Days since 2000-01-01, in the calendar of Gregory.
		function day(days,    era, y, d, m) {
			days += 730425			# since 0000-03-01
			era = int(days / 146097)
			d = days - era * 146097
			y = int((d - int(d / 1460) + int(d / 36524) - int(d / 146096)) / 365)
			d -= 365 * y + int(y / 4) - int(y / 100)
			m = int((5 * d + 2) / 153)
			d = d - int((153 * m + 2) / 5) + 1
			m += m < 10 ? 3 : -9
			return sprintf("%04d-%02d-%02d", y + era * 400 + (m <= 2), m, d)
		}
		function instant(hex,    us, days, s, f) {
			us = decimal(hex) + 0
			days = int(us / 86400000000)
			if (days * 86400000000 > us)
				days--
			us -= days * 86400000000
			s = int(us / 1000000)
			f = us % 1000000 > 0 ? sprintf(".%06d", us % 1000000) : ""
			sub(/0+$/, "", f)
			return sprintf("\"%sT%02d:%02d:%02d%s+00:00\"", day(days), \
				int(s / 3600), int(s / 60) % 60, s % 60, f)
		}
		function real(hex,    exponent, m) {
			exponent = number(substr(hex, 1, 3)) % 2048
			m = number(substr(hex, 4)) / 4503599627370496
			if (exponent == 2047)
				return hex == "7ff0000000000000" ? "\"Infinity\"" : \
					hex == "fff0000000000000" ? "\"-Infinity\"" : "\"NaN\""
			m = exponent == 0 ? m * 2 ^ -1022 : (1 + m) * 2 ^ (exponent - 1023)
			return index("89abcdef", substr(hex, 1, 1)) > 0 ? -m : m
		}
		function time_of(hex, length_of_day) {
			if (hex ~ /^7f+$/)
				return "\"infinity\""
			if (hex ~ /^80+$/)
				return "\"-infinity\""
			return length_of_day ? "\"" day(decimal(hex) + 0) "\"" : instant(hex)
		}
		# As jsonb has it; nothing: it is not compared.
		function in_json(form, hex) {
			if (form == "bool")
				return hex == "01" ? "true" : "false"
			if (form ~ /^int/)
				return decimal(hex)
			if (form == "text")
				return quoted(hex)
			if (form == "bytea")
				return "\"\\\\x" hex "\""
			if (form == "uuid")
				return "\"" substr(hex, 1, 8) "-" substr(hex, 9, 4) "-" substr(hex, 13, 4) "-" \
					substr(hex, 17, 4) "-" substr(hex, 21) "\""
			if (form == "numeric")
				return text(hex) ~ /^-?[0-9.]+$/ ? text(hex) : "\"" text(hex) "\""
			if (form == "jsonb")
				return text(hex)
			if (form == "timestamptz" || form == "date")
				return time_of(hex, form == "date")
			if (form == "float8")
				return real(hex)
			if (form == "inet" && substr(hex, 1, 2) == "04")
				return "\"" number(substr(hex, 5, 2)) "." number(substr(hex, 7, 2)) "." \
					number(substr(hex, 9, 2)) "." number(substr(hex, 11, 2)) \
					(substr(hex, 3, 2) == "20" ? "" : "/" number(substr(hex, 3, 2))) "\""
			if (form == "device_addr")
				return "\"" substr(hex, 5) "\""
			return ""
		}
		# The value that `json` begins with is taken off it.
		function take_json(    s, depth, c) {
			do {
				if (!match(json, /^"([^"\\]|\\.)*"/) && !match(json, /^[][{}]/) &&
					!match(json, /^[-+.0-9A-Za-z]+/) &&
					!(depth > 0 && match(json, /^[^][{}"]+/)))
					return ""
				c = substr(json, 1, RLENGTH)
				json = substr(json, RLENGTH + 1)
				depth += c == "{" || c == "[" ? 1 : c == "}" || c == "]" ? -1 : 0
				s = s c
			} while (depth > 0)
			return s
		}
		function read_row(    key) {
			while (match(json, /^(\{|, )"([^"\\]|\\.)*": /)) {
				key = substr(json, 1, RLENGTH)
				json = substr(json, RLENGTH + 1)
				sub(/^(\{|, )"/, "", key)
				sub(/": $/, "", key)
				if (key in said)
					return 0
				said[key] = take_json()
			}
			return json == "}"
		}
		NR == 1 { row = $0 }
		NR == 2 { part = $0 }
		NR == 3 {
			json = $0
			if (!read_part(part, row) || !read_row()) {
				print "# the row cannot be read"
				exit 1
			}
			for (c = 1; c <= columns; c++) {
				known[name[c]] = 1
				expected = read_value() ? in_json(type[c], value) : "null"
				if (expected == "")
					left = left " " name[c]
				else if (!(name[c] in said) || (type[c] == "float8" && expected ~ /^-?[0-9]/ ? \
					said[name[c]] + 0 != expected : said[name[c]] != expected)) {
					printf "# %s is not what was hashed\n", name[c]
					bad = 1
				}
			}
			for (key in said)
				if (!(key in known))
					left = left " " key
			if (left != "")
				print "# not compared:" left
			exit bad
		}'
}

# The three paths, one behind the other.
check_proof()
{
	read_proof "$1"
	case $algorithm in
		sha256 | sm3) ;;
		*) echo "the digest is unknown"; return 1 ;;
	esac
	case $row,$part,$block in
		0001*,0002*,0003*) ;;
		*) echo "row, part or block has another form"; return 1 ;;
	esac
	show || { echo "the row is not that of its part, or of another id"; return 1; }
	leads "$row" "$row_index" "$row_count" "$row_path" "$row_root" || {
		echo "the row is not in the part"
		return 1
	}
	leads "$part" "$part_index" "$part_count" "$part_path" "$part_root" || {
		echo "the part is not in the block"
		return 1
	}
	leads "$block" "$block_index" "$block_count" "$block_path" "$root" || {
		echo "the block is not below the root"
		return 1
	}
	[ -z "$checkpoint" ] || [ "$root,$block_count,$algorithm" = "$noted" ] || {
		echo "the root is not that of the checkpoint"
		return 1
	}
}

# check_signature NOTE: the text that was signed, and the signature behind the
# four bytes of its key.
check_signature()
{
	sed '/^$/,$d' "$1" >"$dir/text"
	sed -n 's/^[^ ]* [^ ]* \([A-Za-z0-9+\/=]*\)$/\1/p' "$1" | tail -n 1 |
		openssl base64 -d -A | tail -c +5 >"$dir/signature"
	case $(openssl pkey -pubin -in "$public_key" -noout -text) in
		*ED25519*) set -- ;;
		*) set -- -digest sm3 -pkeyopt distid:1234567812345678 ;;
	esac
	openssl pkeyutl -verify -pubin -inkey "$public_key" -rawin "$@" \
		-in "$dir/text" -sigfile "$dir/signature" >"$dir/said" 2>&1
}

count()
{
	if [ "$2" = 0 ]; then
		passed=$((passed + 1))
		echo "ok - $1"
	else
		failed=$((failed + 1))
		echo "not ok - $1"
	fi
}

# string NAME: a text of the first line, without the escapes of JSON.
string()
{
	awk -v name="$1" '
		NR == 1 && match($0, "[{ ]\"" name "\": \"([^\"\\\\]|\\\\.)*\"") {
			rest = substr($0, RSTART + length(name) + 6, RLENGTH - length(name) - 7)
			while (match(rest, /\\./)) {
				c = substr(rest, RSTART + 1, 1)
				printf "%s%s", substr(rest, 1, RSTART - 1), c == "n" ? "\n" : c
				rest = substr(rest, RSTART + 2)
			}
			printf "%s", rest
		}' "$file"
}

# Has the file the lines over which its first one was written?
check_lines()
{
	algorithm=$(sed -n 's/^algorithm //p' "$dir/export")
	case $algorithm in
		sha256 | sm3) ;;
		*) echo "the digest is unknown"; return 1 ;;
	esac
	[ "$(sed 1d "$file" | wc -l)" -eq "$(sed -n 2p "$dir/export")" ] || {
		echo "it has another number of records"
		return 1
	}
	[ "$(sed 1d "$file" | openssl dgst "-$algorithm" -binary | openssl base64 -A)" = \
		"$(sed -n 3p "$dir/export")" ] || { echo "a record was changed or has another place"; return 1; }
}

open_export()
{
	string note >"$dir/export"
	echo "# $(sed -n 's/^records //p' "$dir/export"), $(sed -n 's/^time //p' "$dir/export")"
	case $(sed -n 1p "$dir/export") in
		fireiot/*/export) check_lines ;;
		*) echo "its first line is none of an export"; false ;;
	esac
	count "records of the export" $?
	if [ -n "$public_key" ]; then
		check_signature "$dir/export"
		count "signature of the export" $?
	fi
	if [ "$checkpoint" = - ]; then
		checkpoint=$dir/checkpoint
		string checkpoint >"$checkpoint"
	fi
}

# A line is a proof, or a row with its proof.
check_record()
{
	json=
	case $1 in
		'{"row": {'*)
			json=$(printf '%s\n' "$1" | sed -n 's/^{"row": \({.*}\), "proof": {.*}}$/\1/p')
			proof=$(printf '%s\n' "$1" | sed -n 's/^{"row": {.*}, "proof": \({.*}\)}$/\1/p')
			;;
		*) proof=$1 ;;
	esac
	check_proof "$proof" || return 1
	[ -z "$json" ] || compare_row "$json"
}

case $(head -n 1 "$file") in
	'{"note": "'*)
		open_export
		records=$dir/records
		sed 1d "$file" >"$records"
		;;
	*) records=$file ;;
esac
noted=
if [ -n "$checkpoint" ]; then
	hex=$(sed -n 3p "$checkpoint" | openssl base64 -d -A | od -A n -v -t x1 | tr -d ' \n')
	noted=$hex,$(sed -n 2p "$checkpoint"),$(sed -n 's/^algorithm //p' "$checkpoint")
fi
if [ -n "$public_key" ]; then
	check_signature "$checkpoint"
	count "signature of the checkpoint" $?
fi
number=0
while IFS= read -r line; do
	number=$((number + 1))
	check_record "$line"
	count "record $number" $?
done <"$records"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
