# A service ends because its database refuses connections.
# case: service-health BACKEND_UNREACHABLE@shop.service unit=shop.service
systemctl stop postgresql@15-main
unit shop 'ExecStart=/usr/bin/psql -h 127.0.0.1 -p 5432 -U shop -c "select 1" shop' 'Restart=always' 'RestartSec=3' --unit 'StartLimitIntervalSec=0'
systemctl start shop || true
sleep 4
