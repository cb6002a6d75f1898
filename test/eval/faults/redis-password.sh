# Redis demands a password that the processor was not given: that says nothing about its clients.
# case: database-connectivity healthy
redis-cli config set requirepass nobody-knows >/dev/null
