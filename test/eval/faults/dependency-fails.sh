# A service does not start because another that it needs has failed.
# case: service-health SERVICE_FAILED@ledger.service unit=shop.service
unit ledger 'Type=oneshot' 'ExecStart=/bin/sh -c "echo ledger is corrupt; exit 4"'
unit shop 'ExecStart=/bin/sleep 600' --unit 'Requires=ledger.service' 'After=ledger.service'
systemctl start shop || true
