# Redis was stopped.
# case: database-connectivity DATABASE_DOWN,REDIS_SILENT
systemctl kill -s KILL redis-server && systemctl stop redis-server
