# A rule opens the port for an office, after another one has closed it for everybody.
# case: firewall FIREWALL_RULE_ORDER@port/8080 port=8080
listener 8080
nft -f - <<'RULES'
table inet filter {
  chain input {
    type filter hook input priority 0; policy drop;
    iif lo accept
    ct state established accept
    tcp dport 22 accept
    tcp dport { 8080, 8443 } counter drop
    ip saddr 10.20.0.0/16 tcp dport 8080 accept
  }
}
RULES
