# PostgreSQL listens on this machine only, and clients come from others.
# case: database-connectivity PORT_LOOPBACK_ONLY port=5432
# case: firewall PORT_LOOPBACK_ONLY port=5432
true
