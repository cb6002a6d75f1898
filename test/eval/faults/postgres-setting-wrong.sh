# PostgreSQL was restarted with a setting that it does not know.
# case: database-connectivity POSTGRES_CLUSTER_DOWN,DATABASE_DOWN
postgres_setting shared_bufers 256MB
systemctl restart postgresql@15-main || true
