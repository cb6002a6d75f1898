# Redis has no connection left.
# case: database-connectivity REDIS_CLIENTS,REDIS_REFUSES
redis-cli config set maxclients 30 >/dev/null
perl -MIO::Socket::INET -e 'my @c; for (1..32) { my $c = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => 6379) or next; push @c, $c } sleep 90' >/dev/null 2>&1 &
sleep 2
