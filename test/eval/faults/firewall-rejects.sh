# A rule of the packet filter rejects the port of the database.
# case: firewall PORT_FILTERED port=8080
listener 8080
nft -f - <<'RULES'
table inet filter {
  chain input {
    type filter hook input priority 0; policy accept;
    iif lo accept
    tcp dport { 8000-8100, 9000 } reject with tcp reset
  }
}
RULES
