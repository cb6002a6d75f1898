# The certificate of the web server ran out; nobody reloaded it after the renewal.
# case: served-certificates CERT_EXPIRED
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout /etc/ssl/shop.key -out /tmp/any.pem -days 30 -subj /CN=shop.example.com 2>/dev/null
openssl req -new -key /etc/ssl/shop.key -subj /CN=shop.example.com -out /tmp/shop.csr 2>/dev/null
mkdir /tmp/ca && : >/tmp/ca/index && echo 01 >/tmp/ca/serial
printf '[ca]\ndefault_ca=c\n[c]\ndatabase=/tmp/ca/index\nserial=/tmp/ca/serial\nnew_certs_dir=/tmp/ca\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n' >/tmp/ca.cnf
openssl ca -batch -config /tmp/ca.cnf -selfsign -keyfile /etc/ssl/shop.key -in /tmp/shop.csr -startdate 20260801000000Z -enddate 20261030000000Z -out /etc/ssl/shop.pem -notext 2>/dev/null
echo 'server { listen 443 ssl; ssl_certificate /etc/ssl/shop.pem; ssl_certificate_key /etc/ssl/shop.key; }' >/etc/nginx/conf.d/shop.conf
systemctl restart nginx
