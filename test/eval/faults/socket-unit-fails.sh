# A socket of systemd cannot listen because a program has its port.
# case: service-health PORT_IN_USE@echo-tcp.socket,SERVICE_FAILED@echo-tcp.socket
listener 7007
printf '[Socket]\nListenStream=7007\nAccept=yes\n' >/etc/systemd/system/echo-tcp.socket
printf '[Service]\nExecStart=-/bin/cat\nStandardInput=socket\n' >/etc/systemd/system/echo-tcp@.service
systemctl daemon-reload && systemctl start echo-tcp.socket || true
