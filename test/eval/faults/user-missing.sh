# The user of a service was deleted.
# case: service-health SERVICE_FAILED@shop.service
unit shop 'User=shopper' 'ExecStart=/bin/sleep 600'
systemctl start shop || true
sleep 1
