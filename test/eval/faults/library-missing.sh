# A program lost a library with an upgrade.
# case: service-health SERVICE_FAILED@render.service
mkdir -p /opt/render && printf 'int f(void){return 1;}\n' >/tmp/f.c && gcc -shared -fPIC -o /opt/render/libimg.so.7 /tmp/f.c
printf 'int f(void);\nint main(void){return f();}\n' >/tmp/m.c && gcc -o /opt/render/render /tmp/m.c /opt/render/libimg.so.7 -Wl,-rpath,/opt/render && rm /opt/render/libimg.so.7
unit render 'ExecStart=/opt/render/render'
systemctl start render || true
sleep 1
