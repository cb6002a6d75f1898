import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { freePort } from '../support/free-port.ts';
import { waitUntil } from '../support/wait-until.ts';
import { createControlPlaneFiles, type ControlPlaneFiles } from './certificates.ts';
import { openClusterApi } from './cluster-api.ts';
import type { ProgramPaths } from './programs.ts';

export interface ControlPlane {
  /** Of somebody who may do everything. */
  readonly kubeconfigFile: string;
  readonly etcdPid: number;
  close(): Promise<void>;
}

/** Controllers that need no kubelets, and do not evict where there are none. */
const CONTROLLERS = [
  'serviceaccount-controller',
  'root-ca-certificate-publisher-controller',
  'namespace-controller',
  'deployment-controller',
  'replicaset-controller',
  'statefulset-controller',
  'endpointslice-controller',
  'disruption-controller',
  'resourcequota-controller',
  'clusterrole-aggregation-controller',
  'job-controller',
  'garbage-collector-controller',
  'ttl-after-finished-controller',
];

const START_MS = 60_000;
const STOP_MS = 10_000;

/**
 * A real control plane without nodes: etcd, API server and, where they are built, controllers on loopback, with certificates and data of their
 * own in `folder`. RBAC is on; nothing of it outlives `close`.
 */
export async function startControlPlane(programs: ProgramPaths, folder: string): Promise<ControlPlane> {
  const files = await createControlPlaneFiles(folder);
  const [etcdPort, peerPort, apiPort] = [await freePort(), await freePort(), await freePort()];
  const kubeconfigFile = join(folder, 'admin.kubeconfig');
  await writeFile(kubeconfigFile, await kubeconfigText(files, apiPort), { mode: 0o600 });
  const running: Running[] = [];
  const start = async (path: string, args: readonly string[]): Promise<Running> => {
    const program = await startProgram(path, args, join(folder, `${basename(path)}.log`));
    running.push(program);
    return program;
  };
  const close = async (): Promise<void> => {
    for (const program of [...running].reverse()) await program.stop();
  };
  try {
    const etcd = await start(programs.etcd, etcdArguments(folder, { port: etcdPort, peerPort }));
    const apiServer = await start(programs.apiServer, apiServerArguments(files, { port: apiPort, etcdPort }));
    await waitUntilReady(kubeconfigFile, [etcd, apiServer]);
    if (programs.controllerManager !== undefined) {
      const manager = await start(programs.controllerManager, controllerArguments(files, kubeconfigFile));
      await waitForServiceAccount(kubeconfigFile, manager);
    }
    return { kubeconfigFile, etcdPid: etcd.pid, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function etcdArguments(
  folder: string,
  { port, peerPort }: { readonly port: number; readonly peerPort: number },
): readonly string[] {
  const [client, peer] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${peerPort}`];
  return [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    // Nothing here is kept.
    '--unsafe-no-fsync',
    '--log-level=warn',
  ];
}

function apiServerArguments(
  { ca, server, serviceAccountKey, serviceAccountPublicKey }: ControlPlaneFiles,
  { port, etcdPort }: { readonly port: number; readonly etcdPort: number },
): readonly string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${port}`,
    // An address of loopback is no endpoint of a Service.
    '--endpoint-reconciler-type=none',
    `--tls-cert-file=${server.certificate}`,
    `--tls-private-key-file=${server.key}`,
    `--client-ca-file=${ca}`,
    '--authorization-mode=RBAC',
    // Pods of tests need no token.
    '--disable-admission-plugins=ServiceAccount',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${serviceAccountPublicKey}`,
    `--service-account-signing-key-file=${serviceAccountKey}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    '--kubelet-preferred-address-types=InternalIP',
    '--profiling=false',
    '--v=0',
  ];
}

function controllerArguments({ ca }: ControlPlaneFiles, kubeconfigFile: string): readonly string[] {
  return [
    `--controllers=${CONTROLLERS.join(',')}`,
    `--kubeconfig=${kubeconfigFile}`,
    `--root-ca-file=${ca}`,
    '--leader-elect=false',
    '--secure-port=0',
    '--v=0',
  ];
}

interface Running {
  readonly pid: number;
  /** Throws with the end of its log when it has ended by itself. */
  check(): Promise<void>;
  stop(): Promise<void>;
}

async function startProgram(path: string, args: readonly string[], logFile: string): Promise<Running> {
  const log = await open(logFile, 'w');
  let child: ChildProcess;
  try {
    child = spawn(path, args, { env: {}, stdio: ['ignore', log.fd, log.fd] });
    await once(child, 'spawn');
  } finally {
    await log.close();
  }
  const { pid } = child;
  if (pid === undefined) throw new Error(`${path} has no process id`);
  const ended = once(child, 'exit');
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    pid,
    check: async () => {
      if (hasEnded()) throw new Error(`${path} has ended: ${(await readFile(logFile, 'utf8')).slice(-4000)}`);
    },
    stop: async () => {
      if (hasEnded()) return;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

async function waitUntilReady(kubeconfigFile: string, programs: readonly Running[]): Promise<void> {
  const api = await openClusterApi(kubeconfigFile);
  const ask = async (): Promise<boolean> => {
    for (const program of programs) await program.check();
    const reply = await api.send('GET', '/readyz').catch(() => undefined);
    return reply?.status === 200;
  };
  try {
    await waitUntil(ask, { what: 'a ready API server', timeoutMs: START_MS, intervalMs: 100 });
  } finally {
    api.close();
  }
}

/** The first thing that controllers make: then they work. */
async function waitForServiceAccount(kubeconfigFile: string, manager: Running): Promise<void> {
  const api = await openClusterApi(kubeconfigFile);
  const ask = async (): Promise<boolean> => {
    await manager.check();
    return (await api.send('GET', '/api/v1/namespaces/default/serviceaccounts/default')).status === 200;
  };
  try {
    await waitUntil(ask, { what: 'a service account of the controllers', timeoutMs: START_MS, intervalMs: 100 });
  } finally {
    api.close();
  }
}

async function kubeconfigText({ ca, admin }: ControlPlaneFiles, port: number): Promise<string> {
  const base64 = async (file: string): Promise<string> => (await readFile(file)).toString('base64');
  const cluster = { server: `https://127.0.0.1:${port}`, 'certificate-authority-data': await base64(ca) };
  const user = {
    'client-certificate-data': await base64(admin.certificate),
    'client-key-data': await base64(admin.key),
  };
  return `${JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    clusters: [{ name: 'test', cluster }],
    users: [{ name: 'admin', user }],
  })}\n`;
}
