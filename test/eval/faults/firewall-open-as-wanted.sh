# A firewall that drops what it does not name, and names the port.
# case: firewall healthy port=80
nft add table inet guard && nft 'add chain inet guard in { type filter hook input priority 0; policy drop; }'
nft add rule inet guard in ct state established,related accept
nft add rule inet guard in iifname lo accept
nft add rule inet guard in tcp dport '{ 22, 80, 443 }' counter accept
