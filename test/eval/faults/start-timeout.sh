# A service never says that it is ready.
# case: service-health SERVICE_FAILED@shop.service
unit shop 'Type=notify' 'TimeoutStartSec=2' 'ExecStart=/bin/sleep 600'
systemctl start shop || true
