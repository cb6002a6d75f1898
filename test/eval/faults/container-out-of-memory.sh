# A container reaches its memory limit.
# case: service-health CONTAINER_OOM
image
podman run -d --name shop --network none --memory 24m --memory-swap 24m localhost/app:1 /bin/sh -c 'sleep 1; x=0123456789abcdef; while :; do x=$x$x; done' >/dev/null
sleep 6
