# An application uses a wrong password.
# case: database-connectivity POSTGRES_LOGIN_FAILED
su postgres -c "psql -qc \"create role shop login password 'right'\""
for number in $(seq 8); do PGPASSWORD=wrong psql -h 127.0.0.1 -U shop -c 'select 1' postgres >/dev/null 2>&1 || true; done
