# Somebody has stopped the web server.
# case: service-health SERVICE_STOPPED@nginx.service unit=nginx.service port=80
systemctl stop nginx
