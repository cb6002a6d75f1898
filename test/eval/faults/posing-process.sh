# A program calls itself like a thread of the kernel.
# case: security POSING_PROCESS
mkdir -p /usr/lib/.cache && cp /bin/sleep /usr/lib/.cache/kworker && (/usr/lib/.cache/kworker 120 >/dev/null 2>&1 &)
sleep 1
