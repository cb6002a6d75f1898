# Somebody stopped the instance of PostgreSQL, and its service says that it is active.
# case: service-health INSTANCE_DOWN@postgresql@15-main.service unit=postgresql.service port=5432
systemctl stop postgresql@15-main
