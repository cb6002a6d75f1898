# The key of the web server belongs to another certificate.
# case: service-health CONFIGURATION_ERROR@nginx.service
for name in a b; do openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout /etc/ssl/$name.key -out /etc/ssl/$name.pem -days 30 -subj /CN=shop.example.com 2>/dev/null; done
echo 'server { listen 443 ssl; ssl_certificate /etc/ssl/a.pem; ssl_certificate_key /etc/ssl/b.key; }' >/etc/nginx/conf.d/shop.conf
systemctl restart nginx || true
