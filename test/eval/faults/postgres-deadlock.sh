# Two transactions of an application take their locks in different order.
# case: database-connectivity POSTGRES_DEADLOCKS
su postgres -c 'psql -qc "create table stock (id int primary key, left_over int)" -c "insert into stock values (1, 5), (2, 5)"'
(su postgres -c "psql -q -c begin -c 'update stock set left_over = 4 where id = 1' -c 'select pg_sleep(2)' -c 'update stock set left_over = 4 where id = 2' -c commit" >/dev/null 2>&1 &)
(su postgres -c "psql -q -c begin -c 'update stock set left_over = 3 where id = 2' -c 'select pg_sleep(2)' -c 'update stock set left_over = 3 where id = 1' -c commit" >/dev/null 2>&1 &)
sleep 6
