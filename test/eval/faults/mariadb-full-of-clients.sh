# MariaDB has no connection left.
# case: database-connectivity MYSQL_CONNECTIONS
mysql -e 'set global max_connections = 10; create user shop@localhost; grant all on *.* to shop@localhost'
for number in $(seq 12); do (mysql -u shop -e 'select sleep(90)' >/dev/null 2>&1 &); done
sleep 3
