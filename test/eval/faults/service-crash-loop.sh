# A service crashes after a moment and is started again without end; it runs at most moments.
# case: general SERVICE_CRASH_LOOP@shop.service
# case: service-health SERVICE_CRASH_LOOP@shop.service unit=shop.service
unit shop 'ExecStart=/bin/sh -c "echo panic: nil price; sleep 3; exit 2"' 'Restart=always' 'RestartSec=100ms' --unit 'StartLimitIntervalSec=0'
systemctl start shop
sleep 14
