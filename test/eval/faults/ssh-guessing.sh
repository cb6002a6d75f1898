# Somebody guesses passwords over SSH.
# case: security SSH_BRUTE_FORCE
guess 12
