# A container crashes and is started again without end.
# case: service-health CONTAINER_FLAPS,CONTAINER_RESTARTING
image
podman run -d --name shop --network none --restart always localhost/app:1 /bin/sh -c 'sleep 1; exit 1' >/dev/null
sleep 12
