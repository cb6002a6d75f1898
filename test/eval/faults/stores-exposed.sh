# A search engine and a cache listen on all addresses, and nothing filters.
# case: security STORE_EXPOSED
unit search 'ExecStart=/usr/bin/socat TCP4-LISTEN:9200,fork EXEC:/bin/true'
unit memcached 'ExecStart=/usr/bin/socat TCP4-LISTEN:11211,fork EXEC:/bin/true'
systemctl start search memcached
sleep 1
