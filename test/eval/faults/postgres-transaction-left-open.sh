# A session has left its transaction open and others wait for its lock.
# case: database-connectivity POSTGRES_IDLE_IN_TRANSACTION,POSTGRES_LOCKS
su postgres -c 'psql -qc "create table stock (id int primary key, left_over int)" -c "insert into stock values (1, 5)"'
mkfifo /tmp/hold && (su postgres -c 'psql -q' </tmp/hold >/dev/null 2>&1 &)
exec 9>/tmp/hold
echo 'begin; update stock set left_over = 4 where id = 1;' >&9
sleep 1
for number in 1 2 3 4 5 6; do (su postgres -c "psql -qc 'update stock set left_over = 3 where id = 1'" >/dev/null 2>&1 &); done
sleep 75
