# A service cannot make files because the volume has no inodes left.
# case: service-health INODES_FULL@/var/spool/queue unit=queue.service
mkdir -p /var/spool/queue && mount -t tmpfs -o size=200m,nr_inodes=200 tmpfs /var/spool/queue
unit queue 'ExecStart=/bin/bash -c "while :; do : >/var/spool/queue/$$RANDOM$$RANDOM || exit 1; done"' 'Restart=on-failure' 'RestartSec=5'
systemctl start queue
sleep 6
