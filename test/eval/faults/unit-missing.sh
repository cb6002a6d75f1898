# The service that is asked for was never installed.
# case: service-health UNIT_MISSING unit=billing.service
true
