# A program of Python finds its port taken, with words of its own.
# case: service-health PORT_IN_USE@reports.service unit=reports.service
listener 8090
program reports <<'END'
printf 'Traceback (most recent call last):\n  File "/opt/reports/app.py", line 12, in <module>\nOSError: [Errno 98] Address already in use\n' >&2
exit 1
END
unit reports 'ExecStart=/opt/reports' 'Restart=always' 'RestartSec=3'
systemctl start reports || true
sleep 5
