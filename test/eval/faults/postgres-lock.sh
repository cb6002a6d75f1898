# One session holds a lock on a table and works on; all others wait for it.
# case: database-connectivity POSTGRES_LOCKS
su postgres -c 'psql -qc "create table orders (id int primary key, state text); insert into orders values (1, chr(110))"'
(su postgres -c 'psql -qc "begin; update orders set state = chr(120); select pg_sleep(300)"' >/dev/null 2>&1 &)
sleep 1
for n in 1 2 3; do (su postgres -c 'psql -qc "update orders set state = chr(121)"' >/dev/null 2>&1 &); done
sleep 40
