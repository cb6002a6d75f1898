# ufw denies what it does not name.
# case: firewall PORT_FILTERED port=80
sed -i 's/^IPV6=yes/IPV6=no/' /etc/default/ufw
ufw default deny incoming >/dev/null && ufw allow 22/tcp >/dev/null && ufw --force enable >/dev/null
