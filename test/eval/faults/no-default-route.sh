# The machine has lost its default route.
# case: firewall NO_DEFAULT_ROUTE port=80
ip route delete default
