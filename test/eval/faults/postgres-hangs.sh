# PostgreSQL accepts connections and does not answer.
# case: database-connectivity POSTGRES_SILENT,POSTGRES_NOT_READY
pkill -STOP -u postgres
