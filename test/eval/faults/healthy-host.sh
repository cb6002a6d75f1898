# A machine with a database, a cache and a web server, all well.
# case: general healthy
# case: service-health healthy
# case: service-health healthy unit=nginx.service port=80
# case: database-connectivity healthy
# case: performance healthy
# case: security healthy
# case: firewall healthy port=80
true
