# Somebody masked the unit of the cache.
# case: service-health UNIT_MISSING@redis-server.service unit=redis-server.service
systemctl stop redis-server
rm -f /etc/systemd/system/redis-server.service; systemctl mask redis-server.service >/dev/null 2>&1
