# A service uses an old password for its database and is started again and again.
# case: service-health LOGINS_REFUSED,SERVICE_CRASH_LOOP@crm.service,SERVICE_FAILED@crm.service unit=crm.service
su postgres -c "psql -qc \"create role crm login password 'new'\""
unit crm 'Environment=PGPASSWORD=old' 'ExecStart=/usr/bin/psql -h 127.0.0.1 -U crm -d postgres -c "select 1"' 'Restart=always' 'RestartSec=1' --unit 'StartLimitIntervalSec=0'
systemctl start crm || true
sleep 12
