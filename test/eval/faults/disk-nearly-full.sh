# A volume is 93 % full and still takes writes.
# case: general DISK_NEARLY_FULL@/var/lib/shop
mkdir /var/lib/shop && mount -t tmpfs -o size=100m tmpfs /var/lib/shop
head -c 93m /dev/zero >/var/lib/shop/orders.log
