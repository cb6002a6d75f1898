# Redis listens on all addresses.
# case: security STORE_EXPOSED
sed -i 's/^bind .*/bind 0.0.0.0/; s/^protected-mode .*/protected-mode no/' /etc/redis/redis.conf && systemctl restart redis-server
sleep 2
