# The folder that a service should start in was removed.
# case: service-health SERVICE_FAILED@web-api.service,CONFIGURATION_ERROR@web-api.service
unit web-api 'ExecStart=/bin/sleep 600' 'WorkingDirectory=/srv/web-api/current'
systemctl start web-api || true
