# A library is loaded into every program.
# case: security PRELOAD_CHANGED
echo /usr/lib/x86_64-linux-gnu/libm.so.6 >/etc/ld.so.preload
