# Only the addresses of a set may connect; the client is not in it.
# case: firewall PORT_FILTERED,PORT_FILTERED_FOR_SOME port=5432 client=198.51.100.20 outside=timeout
postgres_setting listen_addresses "'*'"
systemctl restart postgresql@15-main
nft add table inet guard && nft 'add set inet guard offices { type ipv4_addr; flags interval; elements = { 203.0.113.0/24, 10.20.0.0/16 } }'
nft 'add chain inet guard in { type filter hook input priority 0; policy accept; }'
nft add rule inet guard in ct state established,related accept
nft add rule inet guard in ip saddr @offices tcp dport 5432 accept
nft add rule inet guard in tcp dport 5432 counter drop
