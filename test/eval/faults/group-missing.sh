# The group that a service should run with does not exist.
# case: service-health SERVICE_FAILED@mailer.service,CONFIGURATION_ERROR@mailer.service unit=mailer.service
unit mailer 'ExecStart=/bin/sleep 600' 'Group=mailers'
systemctl start mailer || true
