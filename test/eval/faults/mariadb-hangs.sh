# MariaDB listens and does not answer.
# case: database-connectivity MYSQL_SILENT
pkill -STOP mariadbd
