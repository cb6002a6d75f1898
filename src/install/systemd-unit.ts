/** How a processor runs as a service of systemd. */
export interface SystemdService {
  readonly user: string;
  /** Program and its first arguments, absolute: `['/usr/bin/node', '/opt/…/bin/claude-warroom.js']`. */
  readonly program: readonly string[];
  /** Configuration of the processor, absolute. */
  readonly configFile: string;
  /** Below /var/lib; made by systemd. */
  readonly stateDir: string;
  /** The machine itself is looked at, so its processes and devices must be visible. */
  readonly looksAtMachine: boolean;
  /** Steps run as root through sudo, which no_new_privs forbids. */
  readonly usesSudo: boolean;
}

export const UNIT_NAME = 'claude-warroom.service';
export const UNIT_FILE = `/etc/systemd/system/${UNIT_NAME}`;

/** Folders whose names systemd takes from us. */
export const STATE_DIRECTORY = 'claude-warroom';
export const LOGS_FOLDER = '/var/log/claude-warroom';

/**
 * The unit. ProtectProc hides the processes of others, and with `looksAtMachine` that would blind the playbooks, so it is
 * left out there. What is implemented by a system call filter forbids sudo, so it is left out with `usesSudo`.
 */
export function systemdUnit(service: SystemdService): string {
  const { user, program, configFile, looksAtMachine, usesSudo } = service;
  const command = [...program, 'processor', 'run', '--config', configFile, '--log', 'json'].map(quoted).join(' ');
  const lines = [
    '[Unit]',
    'Description=claude-warroom processor',
    'Wants=network-online.target',
    'After=network-online.target',
    '',
    '[Service]',
    'Type=exec',
    `User=${user}`,
    `Group=${user}`,
    ...(looksAtMachine ? ['SupplementaryGroups=systemd-journal'] : []),
    `ExecStart=${command}`,
    'Restart=on-failure',
    'RestartSec=10',
    '# The first SIGTERM finishes what runs; what is not finished then is given back by the next start.',
    'KillMode=mixed',
    'TimeoutStopSec=300',
    `StateDirectory=${STATE_DIRECTORY}`,
    'StateDirectoryMode=0700',
    `LogsDirectory=${STATE_DIRECTORY}`,
    'LogsDirectoryMode=0750',
    'UMask=0077',
    'ProtectSystem=strict',
    'ProtectHome=yes',
    'PrivateTmp=yes',
    'ProtectControlGroups=yes',
    'KeyringMode=private',
    'LimitCORE=0',
    'TasksMax=512',
    'MemoryMax=3G',
    ...(usesSudo ? ['# Steps as root go through sudo: docs/install.md.'] : WITHOUT_SUDO),
    ...(usesSudo || looksAtMachine ? [] : WITHOUT_MACHINE),
    ...(looksAtMachine ? [] : ['ProtectProc=invisible']),
    '',
    '[Install]',
    'WantedBy=multi-user.target',
  ];
  return `${lines.join('\n')}\n`;
}

const WITHOUT_SUDO = [
  'NoNewPrivileges=yes',
  'CapabilityBoundingSet=',
  'RestrictSUIDSGID=yes',
  'RestrictRealtime=yes',
  'RestrictNamespaces=yes',
  'LockPersonality=yes',
  'SystemCallArchitectures=native',
  'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK',
];

const WITHOUT_MACHINE = [
  'PrivateDevices=yes',
  'ProtectKernelTunables=yes',
  'ProtectKernelModules=yes',
  'ProtectKernelLogs=yes',
  'ProtectClock=yes',
  'ProtectHostname=yes',
];

/** The user, for systemd-sysusers: no password, no shell, no home of its own. */
export function sysusersFile(user: string): string {
  return `u ${user} - "claude-warroom processor" /nonexistent\n`;
}

/** Systemd reads `%` and `$` as its own, and splits at spaces. */
function quoted(word: string): string {
  const escaped = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /[\s"'\\;]/u.test(escaped) ? JSON.stringify(escaped) : escaped;
}
