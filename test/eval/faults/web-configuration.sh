# A mistake in the configuration of the web server was found only when it was restarted.
# case: service-health CONFIGURATION_ERROR@nginx.service,SERVICE_FAILED@nginx.service unit=nginx.service
# case: general SERVICE_FAILED@nginx.service
echo 'server { listen 81; proxy_pas http://127.0.0.1:8080; }' >/etc/nginx/conf.d/shop.conf
systemctl restart nginx || true
