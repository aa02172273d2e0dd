#!/bin/sh
# free_port.sh FROM
#
# Prints the first port from FROM on at which nothing on 127.0.0.1 answers.
set -eu

port=$1
until perl -MIO::Socket::INET -e \
	'exit !!IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => shift)' "$port"; do
	port=$((port + 1))
done
echo "$port"
