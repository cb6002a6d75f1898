# A service hangs and its watchdog ends it.
# case: service-health SERVICE_FAILED@shop.service
unit shop 'WatchdogSec=2' 'ExecStart=/bin/sleep 600'
systemctl start shop
sleep 5
