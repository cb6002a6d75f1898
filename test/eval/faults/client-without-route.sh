# A packet of the client finds its way in, and the answer finds none out.
# case: firewall NO_ROUTE@address/203.0.113.9 port=80 client=203.0.113.9 outside=timeout
ip route add unreachable 203.0.113.0/24
