# Somebody guesses passwords over SSH until one is right.
# case: security LOGIN_AFTER_FAILURES
useradd -m -s /bin/bash courier && echo "courier:summer1" | chpasswd
guess 12 courier && login courier summer1
