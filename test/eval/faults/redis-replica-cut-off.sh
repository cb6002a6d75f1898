# A replica of Redis has lost its primary.
# case: database-connectivity REDIS_REPLICA_CUT_OFF
redis-cli replicaof 127.0.0.1 6390 >/dev/null
sleep 3
