# ufw is on and allows the port.
# case: firewall healthy port=80
sed -i 's/^IPV6=yes/IPV6=no/' /etc/default/ufw
ufw default deny incoming >/dev/null && ufw allow 22/tcp >/dev/null && ufw allow 80/tcp >/dev/null && ufw --force enable >/dev/null
