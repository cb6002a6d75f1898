# The volume of the application has become read-only.
# case: general FILE_SYSTEM_READ_ONLY@/var/lib/shop
mkdir /var/lib/shop && mount -t tmpfs -o size=24m tmpfs /var/lib/shop
echo 1 >/var/lib/shop/orders && mount -o remount,ro /var/lib/shop
