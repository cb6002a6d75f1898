# An application has filled its volume.
# case: general DISK_FULL@/var/lib/shop
# case: service-health DISK_FULL@/var/lib/shop
mkdir /var/lib/shop && mount -t tmpfs -o size=24m tmpfs /var/lib/shop
head -c 40m /dev/zero >/var/lib/shop/orders.log || true
