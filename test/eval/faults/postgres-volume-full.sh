# The volume of PostgreSQL is full.
# case: database-connectivity DISK_FULL,POSTGRES_BROKEN
systemctl stop postgresql@15-main
mkdir /mnt/database && mount -t tmpfs -o size=90m tmpfs /mnt/database
cp -a /var/lib/postgresql/15/main/. /mnt/database/ && mount --bind /mnt/database /var/lib/postgresql/15/main
chown postgres: /var/lib/postgresql/15/main && chmod 700 /var/lib/postgresql/15/main
systemctl start postgresql@15-main
sleep 2
su postgres -c 'psql -qc "create table big as select repeat(md5(n::text), 30) from generate_series(1, 200000) n"' >/dev/null 2>&1 || true
head -c 90m /dev/zero >/var/lib/postgresql/15/main/left-over 2>/dev/null || true
sleep 1
