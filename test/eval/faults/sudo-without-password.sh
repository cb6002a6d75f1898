# A new file of sudo gives an account everything without a password.
# case: security SENSITIVE_FILE_CHANGED@/etc/sudoers.d/tmp,SUDO_WITHOUT_PASSWORD
useradd -m helper 2>/dev/null || true
echo 'helper ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/tmp && chmod 440 /etc/sudoers.d/tmp
