# The file with the environment of a service is not there.
# case: service-health SERVICE_FAILED@orders.service,CONFIGURATION_ERROR@orders.service unit=orders.service
unit orders 'EnvironmentFile=/etc/orders/orders.env' 'ExecStart=/bin/sleep 600'
systemctl start orders || true
