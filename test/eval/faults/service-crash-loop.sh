# A service crashes after a moment and is started again without end.
# case: general SERVICE_CRASH_LOOP@shop.service
# case: service-health SERVICE_CRASH_LOOP@shop.service unit=shop.service
unit shop 'ExecStart=/bin/sh -c "echo panic: nil price; sleep 0.3; exit 2"' 'Restart=always' 'RestartSec=2' --unit 'StartLimitIntervalSec=0'
systemctl start shop
sleep 8
