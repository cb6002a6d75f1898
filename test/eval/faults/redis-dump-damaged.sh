# Redis does not start because its file of data is damaged.
# case: database-connectivity DATABASE_DOWN
systemctl stop redis-server
head -c 3000 /dev/urandom >/var/lib/redis/dump.rdb && chown redis: /var/lib/redis/dump.rdb
systemctl start redis-server || true
sleep 4
