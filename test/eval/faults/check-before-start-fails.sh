# The check of the configuration before the start finds a mistake.
# case: service-health CONFIGURATION_ERROR@balancer.service,SERVICE_FAILED@balancer.service
program balancer-check <<'END'
echo "[ALERT]    (711) : config : parsing [/etc/balancer/balancer.cfg:31] : unknown keyword 'backnd' in 'global' section" >&2
echo '[ALERT]    (711) : config : Fatal errors found in configuration.' >&2
exit 1
END
unit balancer 'ExecStartPre=/opt/balancer-check' 'ExecStart=/bin/sleep 600'
systemctl start balancer || true
