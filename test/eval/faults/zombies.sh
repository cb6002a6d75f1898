# A supervisor does not reap its children.
# case: general ZOMBIES
unit supervisor "ExecStart=/usr/bin/perl -e 'for (1..80) { my \$p = fork; exit 0 unless \$p } sleep 600'"
systemctl start supervisor
sleep 1
