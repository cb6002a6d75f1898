# A service crashes with a segmentation fault.
# case: service-health SERVICE_FAILED@shop.service,CORE_DUMP@shop.service
unit shop "ExecStart=/bin/sh -c 'kill -SEGV \$\$\$\$'"
systemctl start shop
sleep 1
