# Another program has taken the port of the web server.
# case: service-health PORT_IN_USE@nginx.service
systemctl stop nginx
unit squatter "ExecStart=/usr/bin/perl -MIO::Socket::INET -e 'my \$s = IO::Socket::INET->new(Listen => 5, LocalAddr => \"0.0.0.0\", LocalPort => 80); sleep 600'"
systemctl start squatter
sleep 1
systemctl start nginx || true
