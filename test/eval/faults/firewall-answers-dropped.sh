# The firewall lets requests in and no answers out.
# case: firewall PORT_FILTERED,ANSWERS_FILTERED,CONNECTION_FAILS_HERE port=8080
listener 8080
nft add table inet guard && nft 'add chain inet guard in { type filter hook input priority 0; policy accept; }' && nft 'add chain inet guard out { type filter hook output priority 0; policy drop; }'
nft add rule inet guard out oifname lo accept
nft add rule inet guard out udp dport 53 accept
nft add rule inet guard out tcp dport '{ 80, 443 }' accept
