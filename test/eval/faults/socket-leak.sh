# A server never closes the connections that its clients have closed.
# case: general SOCKET_LEAK
unit shop "ExecStart=/usr/bin/perl -MIO::Socket::INET -e 'my \$s = IO::Socket::INET->new(Listen => 500, LocalAddr => \"127.0.0.1\", LocalPort => 8080, ReuseAddr => 1); my @c; while (my \$c = \$s->accept) { push @c, \$c }'" 'LimitNOFILE=4096'
systemctl start shop
perl -MIO::Socket::INET -e 'for (1..600) { my $c = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => 8080, Timeout => 5) or next; close $c }'
sleep 1
