# A program listens on IPv6 only, and clients come over IPv4.
# case: firewall PORT_IPV6_ONLY,PORT_LOOPBACK_ONLY,PORT_SILENT port=8081
unit six 'ExecStart=/usr/bin/socat TCP6-LISTEN:8081,fork,ipv6only=1 EXEC:/bin/true'
systemctl start six
sleep 1
