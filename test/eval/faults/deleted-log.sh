# Somebody deleted a log that fills the disk, and the program still writes it.
# case: performance DELETED_FILE_OPEN
unit shop "ExecStart=/bin/sh -c 'exec 5>/var/log/shop.log; head -c 1900m /dev/zero >&5; sleep 600'"
systemctl start shop
sleep 20
rm /var/log/shop.log
