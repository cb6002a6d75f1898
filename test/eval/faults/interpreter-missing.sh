# The interpreter that a script names is not installed, and systemd tries again and again.
# case: service-health SERVICE_FAILED@importer.service,SERVICE_START_LIMIT@importer.service
mkdir -p /opt/importer && printf '#!/usr/bin/python3.99\nprint(1)\n' >/opt/importer/run && chmod 755 /opt/importer/run
unit importer 'ExecStart=/opt/importer/run' 'Restart=on-failure' 'RestartSec=1'
systemctl start importer || true
sleep 8
