# Redis has reached its memory limit and may evict nothing.
# case: database-connectivity REDIS_MEMORY
redis-cli config set maxmemory 3mb >/dev/null && redis-cli config set maxmemory-policy noeviction >/dev/null
for number in $(seq 40); do redis-cli set "basket:$number" "$(head -c 100000 /dev/zero | tr '\0' x)" >/dev/null 2>&1 || true; done
