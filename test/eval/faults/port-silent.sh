# Nothing listens on the port that clients use.
# case: service-health PORT_SILENT port=8443
# case: firewall PORT_SILENT port=8443
true
