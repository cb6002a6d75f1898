# The time service runs and reaches no server.
# case: general CLOCK_NOT_SYNCHRONISED
mkdir -p /etc/systemd/system/systemd-timesyncd.service.d
printf '[Unit]\nConditionVirtualization=\nConditionCapability=\n' >/etc/systemd/system/systemd-timesyncd.service.d/here.conf
systemctl daemon-reload
systemctl enable --now systemd-timesyncd || true
sleep 2
