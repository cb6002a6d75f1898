# A service may not start more processes than its unit allows.
# case: service-health TASKS_OF_SERVICE@workers.service,THREADS_EXHAUSTED,SERVICE_FAILED@workers.service unit=workers.service
unit workers 'TasksMax=6' 'ExecStart=/bin/bash -c "for n in 1 2 3 4 5 6 7 8 9 10; do sleep 600 & done; wait"'
systemctl start workers || true
sleep 14
