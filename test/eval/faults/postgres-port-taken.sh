# Another program sits on the port of PostgreSQL when it is restarted.
# case: service-health PORT_IN_USE@postgresql@15-main.service,SERVICE_FAILED@postgresql@15-main.service
systemctl stop postgresql@15-main
listener 5432
systemctl start postgresql@15-main || true
