# A log has filled the disk of the system.
# case: general DISK_FULL@/
# case: database-connectivity DISK_FULL@/
head -c 3000m /dev/zero >/var/log/shop.log || true
