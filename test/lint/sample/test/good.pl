#!/usr/bin/env perl
# good.pl: a program that compiles.
use strict;
use warnings;
print "good\n";
