# A role has used up its own limit of connections; others still come in.
# case: database-connectivity LOGINS_REFUSED,POSTGRES_CONNECTIONS,POSTGRES_LOGIN_FAILED
su postgres -c "psql -qc \"create role app login password 'x' connection limit 2\""
for n in 1 2; do (PGPASSWORD=x psql -h 127.0.0.1 -U app -d postgres -c 'select pg_sleep(300)' >/dev/null 2>&1 &); done
sleep 2
for n in 1 2 3 4 5 6; do PGPASSWORD=x psql -h 127.0.0.1 -U app -d postgres -c 'select 1' >/dev/null 2>&1 || true; done
