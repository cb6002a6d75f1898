# Root may log in over SSH with a password.
# case: security SSH_ROOT_WITH_PASSWORD
printf 'PermitRootLogin yes\nPasswordAuthentication yes\n' >/etc/ssh/sshd_config.d/open.conf && systemctl reload ssh
