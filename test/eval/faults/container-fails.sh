# A container ends with an error.
# case: service-health CONTAINER_EXITED
image
podman run -d --name shop --network none --restart on-failure:1 localhost/app:1 /bin/sh -c 'echo no price list; exit 3' >/dev/null
sleep 5
