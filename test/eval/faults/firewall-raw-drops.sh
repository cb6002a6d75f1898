# A rule before the connection tracking drops what comes for the port.
# case: firewall PORT_FILTERED port=8443
listener 8443
nft add table ip early && nft 'add chain ip early pre { type filter hook prerouting priority -300; policy accept; }'
nft add rule ip early pre tcp dport '{ 8443, 9443 }' counter drop
