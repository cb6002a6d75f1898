# A machine that works hard and is well: a finished job, an old failure that was reset, a full read-only image, two wrong passwords.
# case: general healthy
# case: service-health healthy
# case: performance healthy
# case: security healthy
# case: database-connectivity healthy
unit once 'Type=oneshot' 'ExecStart=/bin/true'
systemctl start once
unit broken 'ExecStart=/bin/false'
systemctl start broken || true; sleep 1; systemctl reset-failed broken
unit batch 'Nice=19' 'ExecStart=/bin/sh -c "while :; do gzip -c /usr/bin/perl >/dev/null; sleep 0.3; done"'
systemctl start batch
useradd -m -p "$(openssl passwd -6 right)" anna 2>/dev/null || true
guess 2 anna
redis-cli config set maxmemory 3mb >/dev/null && redis-cli config set maxmemory-policy allkeys-lru >/dev/null
for number in $(seq 60); do redis-cli set "page:$number" "$(head -c 100000 /dev/zero | tr '\0' x)" >/dev/null 2>&1; done
mkdir -p /snap/core/1 && head -c 4m /dev/zero >/tmp/snap.img && mkfs.ext4 -q -m 0 /tmp/snap.img
su postgres -c 'psql -qc "create table t (n int); insert into t select generate_series(1, 100000)"'
for n in 1 2 3 4 5; do (su postgres -c 'psql -qc "select 1" -c "select pg_sleep(120)"' >/dev/null 2>&1 &); done
curl -s -o /dev/null http://127.0.0.1/none
sleep 3
