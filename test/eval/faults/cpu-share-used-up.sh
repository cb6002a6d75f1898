# A service may use a tenth of one processor and wants all of it.
# case: performance CPU_THROTTLED@shop.service
unit shop "ExecStart=/usr/bin/perl -e '1 while 1'" 'CPUQuota=10%' 'CPUAccounting=yes'
systemctl start shop
sleep 3
