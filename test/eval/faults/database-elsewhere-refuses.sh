# Nothing listens on the port of the database on another machine.
# case: database-connectivity DATABASE_UNREACHABLE@192.0.2.20:5433 dbHost=192.0.2.20 dbPort=5433
ip address add 192.0.2.20/32 dev upstream
