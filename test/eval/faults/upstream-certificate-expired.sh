# A service stops because the certificate of what it talks to has run out.
# case: service-health SERVICE_CRASH_LOOP@sync.service,SERVICE_FAILED@sync.service,CERT_EXPIRED unit=sync.service
program sync <<'END'
echo 'level=fatal msg="Get \"https://api.partner.example/v1\": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-29T13:00:00Z is after 2026-11-28T00:00:00Z"'
exit 1
END
unit sync 'ExecStart=/opt/sync' 'Restart=always' 'RestartSec=2' --unit 'StartLimitIntervalSec=0'
systemctl start sync || true
sleep 8
