# Runs as root in a throwaway machine: a Git server over SSH, a war room on it, and the configuration of a processor that
# looks at the machine itself. What it makes lies in memory.
set -euo pipefail
cli() { "$NODE" /opt/claude-warroom/bin/claude-warroom.js "$@"; }

useradd --create-home --shell /bin/bash git
install -d -m 700 -o git -g git /home/git/.ssh
install -d -m 755 /etc/claude-warroom
ssh-keygen -q -t ed25519 -N '' -f /etc/claude-warroom/id_ed25519
# Read by the user of the processor, who does not exist yet; a key that is another's may be readable for ssh.
chmod 644 /etc/claude-warroom/id_ed25519
install -m 600 -o git -g git /etc/claude-warroom/id_ed25519.pub /home/git/.ssh/authorized_keys
su git -c 'git init --quiet --bare --initial-branch main ~/warroom.git'

ssh-keygen -A >/dev/null
mkdir -p /run/sshd
/usr/sbin/sshd -o ListenAddress=127.0.0.1 -o PasswordAuthentication=no
install -d -m 700 /root/.ssh
install -m 600 /etc/claude-warroom/id_ed25519 /root/.ssh/id_ed25519
printf '127.0.0.1 %s\n' "$(cut -d ' ' -f 1,2 /etc/ssh/ssh_host_ed25519_key.pub)" | tee /root/.ssh/known_hosts >/etc/claude-warroom/known_hosts

git config --global user.name Alice
git config --global user.email alice@example.com
url=ssh://git@127.0.0.1/home/git/warroom.git
cli init --repo "$url" --yes
cli cluster add host-1 --type host

cat >/etc/claude-warroom/processor.yaml <<CONFIG
apiVersion: warroom.intility.io/v1
kind: ProcessorConfig
cluster: { type: host, name: host-1 }
trust: open
repository:
  url: $url
  credential: { sshKeyFile: /etc/claude-warroom/id_ed25519, knownHostsFile: /etc/claude-warroom/known_hosts }
stateDir: /var/lib/claude-warroom
target: { kind: local }
engine: diagnostics
CONFIG
