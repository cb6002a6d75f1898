# The volume of the logs is full.
# case: general DISK_FULL@/var/log
mkdir -p /mnt/log && mount -t tmpfs -o size=40m tmpfs /mnt/log && cp -a /var/log/. /mnt/log/ 2>/dev/null || true
mount --move /mnt/log /var/log
head -c 60m /dev/zero >/var/log/debug.log 2>/dev/null || true
