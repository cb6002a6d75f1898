# A service ends because its volume is full.
# case: service-health DISK_FULL@/var/lib/shop,NO_SPACE_FOR_SERVICE@shop.service unit=shop.service
mkdir /var/lib/shop && mount -t tmpfs -o size=8m tmpfs /var/lib/shop
unit shop 'ExecStart=/bin/dd if=/dev/zero of=/var/lib/shop/orders bs=1M count=20'
systemctl start shop || true
sleep 2
