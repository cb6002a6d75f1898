# More programs want to compute than the machine has processors.
# own-load
# case: general CPU_PRESSURE,LOAD_HIGH
# case: performance CPU_PRESSURE,LOAD_HIGH
for number in 1 2 3 4 5 6; do nice -n 19 timeout 120 perl -e '1 while 1' >/dev/null 2>&1 & done
sleep 45
