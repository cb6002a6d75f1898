# A service cannot resolve the name of its database.
# case: service-health NAME_NOT_FOUND,BACKEND_UNREACHABLE@basket.service unit=basket.service
# case: general NAME_NOT_FOUND,SERVICE_FAILED@basket.service,SERVICE_CRASH_LOOP@basket.service
program basket <<'END'
echo 'psycopg2.OperationalError: could not translate host name "db.internal" to address: Temporary failure in name resolution' >&2
exit 1
END
unit basket 'ExecStart=/opt/basket' 'Restart=on-failure' 'RestartSec=3'
systemctl start basket || true
sleep 7
