# A server hangs and takes no more connections from its queue.
# case: general ACCEPT_QUEUE_FULL
unit shop "ExecStart=/usr/bin/perl -MIO::Socket::INET -e 'my \$s = IO::Socket::INET->new(Listen => 4, LocalAddr => \"127.0.0.1\", LocalPort => 8080); sleep 600'"
systemctl start shop
sleep 1
perl -MIO::Socket::INET -e 'my @c; for (1..12) { push @c, IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => 8080, Blocking => 0) } sleep 90' >/dev/null 2>&1 &
sleep 2
