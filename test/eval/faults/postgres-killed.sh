# PostgreSQL was killed hard.
# case: database-connectivity POSTGRES_CLUSTER_DOWN,DATABASE_DOWN
# case: service-health SERVICE_FAILED@postgresql@15-main.service
pkill -KILL -u postgres || true
sleep 2
