# The web server sends a certificate for another name.
# case: served-certificates CERT_NAME serverName=shop.example.com
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout /etc/ssl/shop.key -out /etc/ssl/shop.pem -days 90 -subj /CN=old.example.com -addext subjectAltName=DNS:old.example.com 2>/dev/null
cp /etc/ssl/shop.pem /usr/local/share/ca-certificates/shop.crt && update-ca-certificates >/dev/null 2>&1
echo 'server { listen 443 ssl; ssl_certificate /etc/ssl/shop.pem; ssl_certificate_key /etc/ssl/shop.key; }' >/etc/nginx/conf.d/shop.conf
systemctl restart nginx
