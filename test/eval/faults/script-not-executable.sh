# The script of a service lost its execute bit in the last deployment.
# case: service-health SERVICE_FAILED@billing.service,PERMISSION_OF_SERVICE@billing.service
mkdir -p /opt/billing && printf '#!/bin/sh\nsleep 600\n' >/opt/billing/run.sh && chmod 644 /opt/billing/run.sh
unit billing 'ExecStart=/opt/billing/run.sh'
systemctl start billing || true
