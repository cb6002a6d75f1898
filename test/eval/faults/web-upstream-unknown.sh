# The web server does not start because it cannot resolve a name of its configuration.
# case: service-health CONFIGURATION_ERROR@nginx.service,NAME_NOT_FOUND,SERVICE_FAILED@nginx.service unit=nginx.service port=80
echo 'server { listen 82; location / { proxy_pass http://api.shop.internal:8080; } }' >/etc/nginx/conf.d/shop.conf
timeout 60 systemctl restart nginx || true
