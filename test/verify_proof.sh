#!/bin/sh
# verify_proof.sh PROOFS [CHECKPOINT [PUBLIC_KEY]]
#
# Checks proofs of fireiot.prove(), one a line, without PostgreSQL: by openssl
# and the tools of POSIX.  CHECKPOINT is a signed note that was kept outside;
# PUBLIC_KEY, in PEM, that of its signer.  Without CHECKPOINT it is only shown
# that the rows lead to the root that the proof itself names.
#
# Prints what each proven row holds; last line `N passed, N failed`.
set -u
export LC_ALL=C

proofs=$1
checkpoint=${2:-}
public_key=${3:-}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0
failed=0

# Hex on standard input becomes bytes.  POSIX's printf knows octal only.
to_bytes()
{
	awk '
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
}

# hash HEX: the digest of the bytes, as hex.
hash()
{
	printf '%s\n' "$1" | to_bytes | openssl dgst "-$algorithm" -r | cut -d' ' -f1
}

# field NAME: a value of the proof that is a number or plain text.
field()
{
	printf '%s\n' "$proof" | sed -n 's/.*[{ ]"'"$1"'": "\{0,1\}\([0-9a-z-]*\)"\{0,1\}[,}].*/\1/p'
}

# path NAME: its hashes.
path()
{
	printf '%s\n' "$proof" | sed -n 's/.*[{ ]"'"$1"'_path": \[\([0-9a-f", ]*\)\].*/\1/p' | tr -d '",'
}

# climb HEX INDEX COUNT PATH: the root above a leaf (RFC 6962), or nothing.
climb()
{
	node=$(hash "$1")
	index=$2
	last=$(($3 - 1))
	[ "$index" -ge 0 ] && [ "$index" -le "$last" ] || return
	set -- $4
	while [ "$last" -gt 0 ]; do
		if [ $((index % 2)) -eq 1 ] || [ "$index" -lt "$last" ]; then
			[ $# -gt 0 ] || return
			if [ $((index % 2)) -eq 1 ]; then
				node=$(hash "01$1$node")
			else
				node=$(hash "01$node$1")
			fi
			shift
		fi
		index=$((index / 2))
		last=$((last / 2))
	done
	[ $# -gt 0 ] || echo "$node"
}

# What row and part hold, by the form of docs/ledger.md; numbers stay hex.
show()
{
	printf '%s %s\n' "$row" "$part" | awk '
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
		{
			rest = $2
			part_head = take(2)
			table = take(16)
			version = take(4)
			columns = number(take(4))
			for (c = 1; c <= columns; c++) {
				name[c] = text(take(number(take(4))))
				type[c] = text(take(number(take(4))))
			}
			partition = text(take(number(take(4))))
			rest = $1
			if (part_head != "0002" || take(2) != "0001" ||
				take(16) != table || take(4) != version)
				exit 1
			printf "# %s:", partition
			for (c = 1; c <= columns; c++) {
				size = take(4)
				if (size == "ffffffff") {
					printf " %s=null", name[c]
					continue
				}
				value = take(number(size))
				if (name[c] == "id" && type[c] == "int8")
					id = value
				printf " %s=%s", name[c], \
					type[c] ~ /^(text|numeric|jsonb)$/ ? text(value) : "0x" value
			}
			print ""
			if (rest != "" || (id != "" && id != wanted))
				exit 1
		}' wanted="$(printf '%016x' "$(field id)")"
}

# The last 32 bytes of a header, or those before them.
last_hash()
{
	printf '%s\n' "$1" | awk -v skip="$2" \
		'{ print substr($0, length($0) - 64 * (skip + 1) + 1, 64) }'
}

check_proof()
{
	algorithm=$(field algorithm)
	row=$(field row)
	part=$(field part)
	block=$(field block)
	root=$(field root)
	case $algorithm in
		sha256 | sm3) ;;
		*) echo "the digest is unknown"; return 1 ;;
	esac
	case $row,$part,$block in
		0001*,0002*,0003*) ;;
		*) echo "row, part or block has another form"; return 1 ;;
	esac
	show || { echo "the row is not that of its part, or of another id"; return 1; }
	[ "$(climb "$row" "$(field row_index)" "$(field row_count)" "$(path row)")" = \
		"$(last_hash "$part" 0)" ] || { echo "the row is not in the part"; return 1; }
	[ "$(climb "$part" "$(field part_index)" "$(field part_count)" "$(path part)")" = \
		"$(last_hash "$block" 1)" ] || { echo "the part is not in the block"; return 1; }
	[ "$(climb "$block" "$(field block_index)" "$(field block_count)" "$(path block)")" = \
		"$root" ] || { echo "the block is not below the root"; return 1; }
	[ -z "$checkpoint" ] || [ "$root,$(field block_count),$algorithm" = "$noted" ] || {
		echo "the root is not that of the checkpoint"
		return 1
	}
}

# The text that was signed, and the signature behind the four bytes of its key.
check_signature()
{
	sed '/^$/,$d' "$checkpoint" >"$dir/text"
	sed -n 's/^[^ ]* [^ ]* \([A-Za-z0-9+\/=]*\)$/\1/p' "$checkpoint" | tail -n 1 |
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

noted=
if [ -n "$checkpoint" ]; then
	hex=$(sed -n 3p "$checkpoint" | openssl base64 -d -A | od -A n -v -t x1 | tr -d ' \n')
	noted=$hex,$(sed -n 2p "$checkpoint"),$(sed -n 's/^algorithm //p' "$checkpoint")
fi
if [ -n "$public_key" ]; then
	check_signature
	count "signature of $checkpoint" $?
fi
number=0
while IFS= read -r proof; do
	number=$((number + 1))
	check_proof
	count "proof $number" $?
done <"$proofs"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
