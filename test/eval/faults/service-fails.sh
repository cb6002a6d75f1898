# A service ends with an error as soon as it is started.
# case: general SERVICE_FAILED@shop.service
# case: service-health SERVICE_FAILED@shop.service
unit shop 'ExecStart=/bin/sh -c "echo cannot load the price list; exit 3"'
systemctl start shop || true
