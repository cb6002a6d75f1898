# The instance of PostgreSQL is down, although postgresql.service says active.
# case: database-connectivity POSTGRES_CLUSTER_DOWN,DATABASE_DOWN
# case: database-connectivity POSTGRES_CLUSTER_DOWN,DATABASE_DOWN port=5432
systemctl stop postgresql@15-main
