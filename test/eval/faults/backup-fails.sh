# The nightly backup, started by a timer, fails.
# case: general SERVICE_FAILED@nightly-backup.service
program nightly-backup <<'END'
echo 'rsync: connection unexpectedly closed (0 bytes received so far) [sender]' >&2
echo 'rsync error: error in rsync protocol data stream (code 12) at io.c(228) [sender=3.2.7]' >&2
exit 12
END
unit nightly-backup 'Type=oneshot' 'ExecStart=/opt/nightly-backup'
printf '[Timer]\nOnCalendar=daily\n[Install]\nWantedBy=timers.target\n' >/etc/systemd/system/nightly-backup.timer
systemctl daemon-reload && systemctl start nightly-backup.timer
systemctl start nightly-backup || true
