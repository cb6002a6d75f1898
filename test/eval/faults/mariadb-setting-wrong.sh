# MariaDB was restarted with a variable that it does not know.
# case: database-connectivity DATABASE_DOWN
printf '[mysqld]\ninnodb_buffer_pool_sise = 1G\n' >/etc/mysql/mariadb.conf.d/99-shop.cnf
timeout 60 systemctl restart mariadb || true
