# A user tries sudo and may not.
# case: security SUDO_REFUSED
useradd -m -s /bin/bash intern
for number in 1 2 3 4; do su intern -c 'echo wrong | sudo -S -k id' >/dev/null 2>&1 || true; done
