# The data of a service belong to another user.
# case: service-health PERMISSION_OF_SERVICE@shop.service,SERVICE_FAILED@shop.service unit=shop.service
mkdir -p /var/lib/shop && echo 1 >/var/lib/shop/ledger && chmod 700 /var/lib/shop
unit shop 'User=nobody' 'ExecStart=/bin/cat /var/lib/shop/ledger'
systemctl start shop || true
sleep 1
