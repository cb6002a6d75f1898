# An account has no password.
# case: security EMPTY_PASSWORD
useradd -m -s /bin/bash kiosk && passwd -d kiosk >/dev/null
