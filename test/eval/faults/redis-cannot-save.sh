# Redis may not write to its folder, cannot save its snapshot and so refuses writes.
# case: database-connectivity REDIS_PERSISTENCE
chown root: /var/lib/redis && chmod 755 /var/lib/redis
redis-cli set basket 1 >/dev/null
redis-cli bgsave >/dev/null
sleep 2
