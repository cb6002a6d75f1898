# Only one network may reach the port.
# case: firewall PORT_FILTERED_FOR_SOME port=8080
listener 8080
nft -f - <<'RULES'
table inet filter {
  chain input {
    type filter hook input priority 0; policy drop;
    iif lo accept
    ct state established accept
    ip saddr 10.20.0.0/16 tcp dport 8080 accept
    tcp dport 22 accept
  }
}
RULES
