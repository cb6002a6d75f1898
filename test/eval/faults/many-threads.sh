# A service makes thousands of threads.
# case: performance MANY_THREADS
threads 6000
unit shop 'ExecStart=/opt/threads' 'TasksMax=infinity'
systemctl start shop
sleep 3
