# A replica of PostgreSQL has lost its primary: it answers, and has no receiver.
# case: database-connectivity DATABASE_UNREACHABLE@192.0.2.77:5432,POSTGRES_REPLICA_BEHIND
systemctl stop postgresql@15-main
postgres_setting primary_conninfo "'host=192.0.2.77 user=replica connect_timeout=2'"
su postgres -c 'touch /var/lib/postgresql/15/main/standby.signal'
systemctl start postgresql@15-main || true
sleep 6
