# A service reaches the memory limit of its control group and is killed by the kernel.
# case: service-health SERVICE_FAILED@shop.service,LIMIT_OOM,SERVICE_CRASH_LOOP@shop.service
# case: general LIMIT_OOM,SERVICE_FAILED@shop.service
unit shop "ExecStart=/usr/bin/perl -e 'my @all; push @all, \"x\" x 1048576 while 1'" 'MemoryLimit=40M' 'MemoryMax=40M' 'MemoryAccounting=yes'
systemctl start shop
sleep 3
