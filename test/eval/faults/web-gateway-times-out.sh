# The program behind the web server takes requests and does not answer, so the web server gives 504.
# case: service-health HTTP_ERROR@port/80,BACKEND_UNREACHABLE unit=nginx.service httpPort=80
listener 8080
rm -f /etc/nginx/sites-enabled/default
echo 'server { listen 80 default_server; location / { proxy_read_timeout 1s; proxy_pass http://127.0.0.1:8080; } }' >/etc/nginx/conf.d/shop.conf
systemctl restart nginx
for n in 1 2 3; do curl -s -o /dev/null http://127.0.0.1/ || true; done
