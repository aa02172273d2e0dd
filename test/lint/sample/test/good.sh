#!/bin/sh
# good.sh: a script that parses.
echo "good"
