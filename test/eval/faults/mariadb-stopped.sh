# MariaDB was killed and is not started again.
# case: database-connectivity DATABASE_DOWN@mariadb.service,MYSQL_SILENT
mkdir -p /etc/systemd/system/mariadb.service.d && printf '[Service]\nRestart=no\n' >/etc/systemd/system/mariadb.service.d/no.conf
systemctl daemon-reload && systemctl kill -s KILL mariadb
sleep 2
