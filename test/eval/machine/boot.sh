#!/bin/bash
# Becomes PID 1 of a throwaway Debian machine: systemd, its journal and its services on top of this system's files, whose
# changes lie in memory and are gone when it stops. Runs inside the namespaces that start.sh makes.
set -euo pipefail
folder=$1 project=$2
root=$folder/root

mount -t tmpfs -o size=2g tmpfs "$folder"
mkdir "$folder/changes" "$folder/work" "$root"
mount -t overlay -o "lowerdir=/,upperdir=$folder/changes,workdir=$folder/work" overlay "$root"
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for name in null zero full random urandom tty; do
  touch "$root/dev/$name"
  mount --bind "/dev/$name" "$root/dev/$name"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
mount -t tmpfs tmpfs "$root/dev/shm"
mount -t tmpfs tmpfs "$root/sys/fs/cgroup"
mkdir "$root/sys/fs/cgroup/systemd"
mount -t cgroup -o none,name=systemd cgroup "$root/sys/fs/cgroup/systemd"
for controller in memory pids cpu cpuacct cpuset devices freezer blkio; do
  mkdir "$root/sys/fs/cgroup/$controller"
  mount -t cgroup -o "$controller" cgroup "$root/sys/fs/cgroup/$controller"
done

hostname host-1
echo host-1 >"$root/etc/hostname"
printf '127.0.0.1 localhost\n127.0.1.1 host-1\n' >"$root/etc/hosts"
echo 0123456789abcdef0123456789abcdef >"$root/etc/machine-id"
ip link set lo up
ip link add eth0 type veth peer name upstream
ip link set upstream up
ip address add 192.0.2.10/24 dev eth0
ip link set eth0 up
ip route add default via 192.0.2.1

mkdir -p "$root/opt/claude-warroom"
mount --bind "$project" "$root/opt/claude-warroom"
# Podman alone, with a store of its own.
rm -f "$root/usr/local/bin/docker"
mount -t tmpfs tmpfs "$root/var/lib/containers"
printf '[storage]\ndriver = "vfs"\nrunroot = "/run/containers/storage"\ngraphroot = "/var/lib/containers/storage"\n' >"$root/etc/containers/storage.conf"
printf '[engine]\ncgroup_manager = "cgroupfs"\nruntime = "runc"\nevents_logger = "file"\n' >"$root/etc/containers/containers.conf"
rm -f "$root/etc/systemd/system/default.target.wants"/podman* "$root/etc/systemd/system/sockets.target.wants/podman.socket"

# Load and pressure are those of the whole computer, whatever else it does: this machine has some of its own.
if [ "${WARROOM_OWN_LOAD:-no}" = no ]; then
  mkdir "$root/run/calm"
  echo '0.21 0.17 0.12 1/180 4242' >"$root/run/calm/loadavg"
  printf 'some avg10=0.00 avg60=0.00 avg300=0.00 total=0\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n' >"$root/run/calm/pressure"
  mount --bind "$root/run/calm/loadavg" "$root/proc/loadavg"
  for kind in cpu memory io; do mount --bind "$root/run/calm/pressure" "$root/proc/pressure/$kind"; done
fi

mkdir -p "$root/mnt"
cd "$root"
pivot_root . mnt
umount -l /mnt
exec env -i container=warroom PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --unit=multi-user.target --log-target=journal
