# The volume of MariaDB is full; it lives on and its writes wait.
# case: general DISK_FULL@/var/lib/mysql
systemctl stop mariadb
mkdir /mnt/database && mount -t tmpfs -o size=260m tmpfs /mnt/database
cp -a /var/lib/mysql/. /mnt/database/ && umount /mnt/database 2>/dev/null || true
mount -t tmpfs -o size=300m tmpfs /mnt/database && cp -a /var/lib/mysql/. /mnt/database/ && mount --move /mnt/database /var/lib/mysql
chown mysql: /var/lib/mysql
systemctl start mariadb
head -c 300m /dev/zero >/var/lib/mysql/left-over 2>/dev/null || true
sleep 1
