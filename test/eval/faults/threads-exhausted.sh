# A service has reached the number of tasks that it may have.
# case: performance THREADS_EXHAUSTED
threads 400
unit shop 'ExecStart=/opt/threads' 'TasksMax=100'
systemctl start shop || true
sleep 3
