# A service fails so often that systemd gives it up.
# case: service-health SERVICE_FAILED@shop.service,SERVICE_START_LIMIT@shop.service
unit shop 'ExecStart=/bin/sh -c "echo cannot open ledger; exit 1"' 'Restart=always' 'RestartSec=100ms' --unit 'StartLimitIntervalSec=60' 'StartLimitBurst=4'
systemctl start shop
sleep 5
