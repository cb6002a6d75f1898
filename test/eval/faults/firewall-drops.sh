# The packet filter drops everything that it does not name, and the web server is not named.
# case: firewall PORT_FILTERED port=80
nft -f - <<'RULES'
table inet filter {
  chain input {
    type filter hook input priority 0; policy drop;
    iif lo accept
    ct state established,related accept
    tcp dport 22 accept
  }
}
RULES
