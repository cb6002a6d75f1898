# PostgreSQL has no connection left.
# case: database-connectivity POSTGRES_CONNECTIONS
postgres_setting max_connections 8
systemctl restart postgresql@15-main
sleep 2
for number in 1 2 3 4 5 6 7 8 9; do (su postgres -c "psql -c 'select pg_sleep(90)'" >/dev/null 2>&1 &); done
sleep 3
