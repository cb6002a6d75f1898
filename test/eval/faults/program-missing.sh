# The program of a service is not there after an upgrade.
# case: service-health SERVICE_FAILED@shop.service
unit shop 'ExecStart=/opt/shop/bin/shopd --port 8080'
systemctl start shop || true
sleep 1
