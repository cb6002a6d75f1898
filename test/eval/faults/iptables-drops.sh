# A rule of iptables drops the port of the web server.
# case: firewall PORT_FILTERED port=80
iptables -A INPUT -i lo -j ACCEPT
iptables -A INPUT -p tcp --dport 80 -j DROP
