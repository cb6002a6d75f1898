# A service may open too few files.
# case: service-health OPEN_FILES_OF_SERVICE@shop.service unit=shop.service
unit shop 'LimitNOFILE=24' "ExecStart=/usr/bin/perl -e 'my @f; for (1..100) { open(my \$f, \"<\", \"/etc/hosts\") or die \"accept: \$!\"; push @f, \$f }'" 'Restart=always' 'RestartSec=3' --unit 'StartLimitIntervalSec=0'
systemctl start shop || true
sleep 2
