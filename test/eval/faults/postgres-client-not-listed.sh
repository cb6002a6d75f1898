# Clients come from a network that pg_hba.conf does not name.
# case: database-connectivity LOGINS_REFUSED,POSTGRES_LOGIN_FAILED
postgres_setting listen_addresses "'*'"
systemctl restart postgresql@15-main
sleep 2
for n in 1 2 3 4 5 6 7 8; do PGPASSWORD=x psql -h 192.0.2.10 -U shop -d shop -c 'select 1' >/dev/null 2>&1 || true; done
