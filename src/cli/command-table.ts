import type { CommandModule } from './context.ts';

/** One row per command. Nothing of a command is loaded before it is named. */
export interface CommandRow {
  /** Words that name it; `cluster list` is the file commands/cluster-list.ts. */
  readonly path: string;
  readonly summary: string;
  /** Heading in the list of commands. */
  readonly group: string;
  readonly aliases?: readonly string[];
  readonly load: () => Promise<{ readonly command: CommandModule }>;
}

const START = 'Start here:';
const ASK = 'Ask:';
const READ = 'Read:';
const KEYS = 'Sign and verify:';
const RUN = 'Run and look after:';
const SESSION = 'Work in the zone:';
const KNOW = 'Diagnose:';

export const COMMANDS: readonly CommandRow[] = [
  {
    path: 'demo',
    summary: 'see the whole loop on this machine, without any account',
    group: START,
    load: () => import('./commands/demo.ts'),
  },
  {
    path: 'init',
    summary: 'set up a war room in a Git repository, and this machine for it',
    group: START,
    load: () => import('./commands/init.ts'),
  },
  {
    path: 'doctor',
    summary: 'check git, credentials, the war room and its processors',
    group: START,
    load: () => import('./commands/doctor.ts'),
  },
  {
    path: 'investigate',
    summary: 'ask what is wrong with a cluster',
    group: ASK,
    aliases: ['create'],
    load: () => import('./commands/investigate.ts'),
  },
  {
    path: 'ask',
    summary: 'ask a further question about an earlier request',
    group: ASK,
    load: () => import('./commands/ask.ts'),
  },
  { path: 'cancel', summary: 'withdraw a request', group: ASK, load: () => import('./commands/cancel.ts') },
  {
    path: 'validate',
    summary: 'check request and other files, offline',
    group: ASK,
    load: () => import('./commands/validate.ts'),
  },
  {
    path: 'status',
    summary: 'show where one request stands, or all of them',
    group: READ,
    load: () => import('./commands/status.ts'),
  },
  { path: 'list', summary: 'list open and recent requests', group: READ, load: () => import('./commands/list.ts') },
  {
    path: 'follow',
    summary: 'watch a request until its bottom line',
    group: READ,
    load: () => import('./commands/follow.ts'),
  },
  {
    path: 'get-results',
    summary: 'read the report of a request',
    group: READ,
    load: () => import('./commands/get-results.ts'),
  },
  { path: 'open', summary: 'open the report in the browser', group: READ, load: () => import('./commands/open.ts') },
  {
    path: 'session start',
    summary: 'ask for a pod to work in beside a cluster',
    group: SESSION,
    load: () => import('./commands/session-start.ts'),
  },
  {
    path: 'session list',
    summary: 'list sessions and where they stand',
    group: SESSION,
    load: () => import('./commands/session-list.ts'),
  },
  {
    path: 'session show',
    summary: 'read the record of a session',
    group: SESSION,
    load: () => import('./commands/session-show.ts'),
  },
  {
    path: 'session connect',
    summary: 'print the command that opens a session, for the secure workstation',
    group: SESSION,
    load: () => import('./commands/session-connect.ts'),
  },
  {
    path: 'session extend',
    summary: 'keep a session for longer',
    group: SESSION,
    load: () => import('./commands/session-extend.ts'),
  },
  {
    path: 'session stop',
    summary: 'end a session',
    group: SESSION,
    load: () => import('./commands/session-stop.ts'),
  },
  {
    path: 'session hold',
    summary: 'keep a session alive; the program in its pod',
    group: SESSION,
    load: () => import('./commands/session-hold.ts'),
  },
  {
    path: 'cluster list',
    summary: 'list clusters, what can be asked of them, and when they were last seen',
    group: RUN,
    load: () => import('./commands/cluster-list.ts'),
  },
  {
    path: 'cluster add',
    summary: 'register a cluster',
    group: RUN,
    load: () => import('./commands/cluster-add.ts'),
  },
  {
    path: 'policy check-command',
    summary: 'explain what an agent may run, and why',
    group: RUN,
    load: () => import('./commands/policy-check-command.ts'),
  },
  {
    path: 'inventory list',
    summary: 'list the hosts that one processor serves',
    group: RUN,
    load: () => import('./commands/inventory-list.ts'),
  },
  {
    path: 'inventory check',
    summary: 'try to reach each host, and see what it lacks',
    group: RUN,
    load: () => import('./commands/inventory-check.ts'),
  },
  {
    path: 'inventory discover',
    summary: 'look at a host and propose its entry',
    group: RUN,
    load: () => import('./commands/inventory-discover.ts'),
  },
  {
    path: 'playbook ssh-wrapper',
    summary: 'make a script by which a host runs steps of playbooks only',
    group: KNOW,
    load: () => import('./commands/playbook-ssh-wrapper.ts'),
  },
  {
    path: 'redact',
    summary: 'show a text without its secrets, as it would leave',
    group: RUN,
    load: () => import('./commands/redact.ts'),
  },
  {
    path: 'agent-run',
    summary: 'the agent inside a Job; started by a processor, not by people',
    group: RUN,
    load: () => import('./commands/agent-run.ts'),
  },
  {
    path: 'pause',
    summary: 'stop all execution: the emergency brake',
    group: RUN,
    load: () => import('./commands/pause.ts'),
  },
  { path: 'resume', summary: 'let processors work again', group: RUN, load: () => import('./commands/resume.ts') },
  {
    path: 'key enroll',
    summary: 'ask administrators to accept the key that you sign with',
    group: KEYS,
    load: () => import('./commands/key-enroll.ts'),
  },
  {
    path: 'key list',
    summary: 'list keys: your own and those of processors; in the zone those of people',
    group: KEYS,
    load: () => import('./commands/key-list.ts'),
  },
  {
    path: 'key pin',
    summary: 'believe results that a key signs',
    group: KEYS,
    load: () => import('./commands/key-pin.ts'),
  },
  {
    path: 'key approve',
    summary: 'accept the key of a person, in the zone',
    group: KEYS,
    load: () => import('./commands/key-approve.ts'),
  },
  {
    path: 'key revoke',
    summary: 'stop accepting a key, in the zone',
    group: KEYS,
    load: () => import('./commands/key-revoke.ts'),
  },
  {
    path: 'processor run',
    summary: 'answer requests for one cluster',
    group: RUN,
    load: () => import('./commands/processor-run.ts'),
  },
  {
    path: 'install render',
    summary: 'print the manifests of a processor in a cluster',
    group: RUN,
    load: () => import('./commands/install-render.ts'),
  },
  {
    path: 'install check',
    summary: 'check a processor in a cluster: rights, network, confinement',
    group: RUN,
    load: () => import('./commands/install-check.ts'),
  },
  {
    path: 'install systemd',
    summary: 'make a processor a service of this machine, or take it away',
    group: RUN,
    load: () => import('./commands/install-systemd.ts'),
  },
  {
    path: 'install compose',
    summary: 'print a compose file for a processor in a container',
    group: RUN,
    load: () => import('./commands/install-compose.ts'),
  },
  {
    path: 'up',
    summary: 'start the processor that is installed on this machine',
    group: RUN,
    load: () => import('./commands/up.ts'),
  },
  {
    path: 'down',
    summary: 'stop the processor of this machine, and keep it stopped',
    group: RUN,
    load: () => import('./commands/down.ts'),
  },
  {
    path: 'policy validate',
    summary: 'check the file that says who may ask what',
    group: RUN,
    load: () => import('./commands/policy-validate.ts'),
  },
  {
    path: 'policy explain',
    summary: 'show which rule allows a question, or why none does',
    group: RUN,
    load: () => import('./commands/policy-explain.ts'),
  },
  {
    path: 'policy test',
    summary: 'check that a policy allows and denies what it must',
    group: RUN,
    load: () => import('./commands/policy-test.ts'),
  },
  {
    path: 'policy diff',
    summary: 'show what a new policy would have decided differently',
    group: RUN,
    load: () => import('./commands/policy-diff.ts'),
  },
  {
    path: 'admin watch',
    summary: 'watch what runs in this zone, command by command, and stop it',
    group: RUN,
    load: () => import('./commands/admin-watch.ts'),
  },
  {
    path: 'admin kill',
    summary: 'stop an investigation that runs in this zone',
    group: RUN,
    load: () => import('./commands/admin-kill.ts'),
  },
  {
    path: 'admin held',
    summary: 'list results that wait for release',
    group: RUN,
    load: () => import('./commands/admin-held.ts'),
  },
  {
    path: 'admin show-held',
    summary: 'show everything of a held result that would leave',
    group: RUN,
    load: () => import('./commands/admin-show-held.ts'),
  },
  {
    path: 'admin release',
    summary: 'let a held result leave the zone',
    group: RUN,
    load: () => import('./commands/admin-release.ts'),
  },
  {
    path: 'admin discard',
    summary: 'keep a held result in the zone, and say so in the war room',
    group: RUN,
    load: () => import('./commands/admin-discard.ts'),
  },
  {
    path: 'admin audit',
    summary: 'export or verify what happened in this zone',
    group: RUN,
    load: () => import('./commands/admin-audit.ts'),
  },
  {
    path: 'admin accept-history',
    summary: 'say in the zone that a rewritten history was intended',
    group: RUN,
    load: () => import('./commands/admin-accept-history.ts'),
  },
  {
    path: 'playbook list',
    summary: 'list playbooks',
    group: KNOW,
    load: () => import('./commands/playbook-list.ts'),
  },
  {
    path: 'playbook show',
    summary: 'show what a playbook runs and concludes',
    group: KNOW,
    load: () => import('./commands/playbook-show.ts'),
  },
  {
    path: 'playbook run',
    summary: 'diagnose this machine, or a recording, without a war room',
    group: KNOW,
    load: () => import('./commands/playbook-run.ts'),
  },
  {
    path: 'playbook lint',
    summary: 'explain mistakes in playbooks',
    group: KNOW,
    load: () => import('./commands/playbook-lint.ts'),
  },
  {
    path: 'playbook test',
    summary: 'evaluate playbooks against recorded outputs',
    group: KNOW,
    load: () => import('./commands/playbook-test.ts'),
  },
  {
    path: 'playbook rbac',
    summary: 'print the Kubernetes roles that playbooks need',
    group: KNOW,
    load: () => import('./commands/playbook-rbac.ts'),
  },
  {
    path: 'playbook sudoers',
    summary: 'print the sudoers lines that playbooks need',
    group: KNOW,
    load: () => import('./commands/playbook-sudoers.ts'),
  },
];

/** Commands that only hold others. */
export const GROUPS: Readonly<Record<string, { readonly summary: string; readonly group: string }>> = {
  session: { summary: 'pods to work in beside a cluster, for some hours', group: SESSION },
  cluster: { summary: 'clusters that can be asked', group: RUN },
  key: { summary: 'keys that sign requests and results', group: KEYS },
  policy: { summary: 'who may ask what, when and how much', group: RUN },
  admin: { summary: 'what the administrator of a processor decides in its zone', group: RUN },
  install: { summary: 'put a processor into a cluster or onto a machine', group: RUN },
  inventory: { summary: 'hosts that one processor serves', group: RUN },
  processor: { summary: 'the part that runs in the secure zone', group: RUN },
  playbook: { summary: 'what is looked at, and what it means', group: KNOW },
};
