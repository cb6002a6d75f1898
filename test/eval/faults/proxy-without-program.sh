# The web server runs, and the program behind it does not.
# case: service-health HTTP_ERROR@port/80 unit=nginx.service httpPort=80
printf 'server { listen 80 default_server; location / { proxy_pass http://127.0.0.1:9000; } }\n' >/etc/nginx/sites-available/default
systemctl restart nginx
sleep 1
