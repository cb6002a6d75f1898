# A session store has used up the inodes of its volume, not its bytes.
# case: general INODES_FULL@/var/lib/sessions
mkdir /var/lib/sessions && mount -t tmpfs -o size=64m,nr_inodes=300 tmpfs /var/lib/sessions
for number in $(seq 400); do : >"/var/lib/sessions/$number" || break; done 2>/dev/null
