# A chain that the input chain jumps to ends with a drop; the port was forgotten there.
# case: firewall PORT_FILTERED port=9090
listener 9090
iptables -N SERVICES && iptables -A INPUT -i lo -j ACCEPT && iptables -A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT && iptables -A INPUT -p tcp -j SERVICES
iptables -A SERVICES -p tcp -m multiport --dports 22,80,443 -j ACCEPT && iptables -A SERVICES -j DROP
