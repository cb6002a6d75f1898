import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openApiServer } from '../../src/cluster-broker/api-server.ts';
import { createResourcePolicy } from '../../src/cluster-broker/allowed-resources.ts';
import { readKubeconfig } from '../../src/cluster-broker/kubeconfig.ts';
import { openClusterAccess, type ClusterAccess } from '../../src/cluster-broker/open-cluster-access.ts';
import { writeKubectlFiles } from '../../src/cluster-broker/run-files.ts';
import {
  startClusterBroker,
  type BrokerAccess,
  type BrokerAuditLine,
} from '../../src/cluster-broker/start-cluster-broker.ts';
import { runChild } from '../../src/lib/child-process.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { writeKubeconfig } from './service-account.ts';
import { kubeconfigFile } from './the-cluster.ts';

/** Where the API server is, and which authority vouches for it. */
export async function serverFacts(): Promise<{ readonly url: string; readonly ca: string }> {
  const { server, ca = '' } = await readKubeconfig(kubeconfigFile());
  return { url: server, ca };
}

export interface OpenedAccess {
  readonly access: ClusterAccess;
  readonly audit: readonly BrokerAuditLine[];
  /** The token that is used: writing it replaces it. */
  readonly tokenFile: string;
}

/** The broker as a processor opens it, with the token of a service account in a file. */
export async function openAccess(folder: string, token: string): Promise<OpenedAccess> {
  await mkdir(folder, { recursive: true });
  const [file, tokenFile] = [join(folder, 'kubeconfig'), join(folder, 'token')];
  await writeFile(tokenFile, token, { mode: 0o600 });
  await writeKubeconfig(file, await serverFacts(), { tokenFile });
  const audit: BrokerAuditLine[] = [];
  const access = await openClusterAccess({
    sources: { own: { kubeconfigFile: file }, hosted: [] },
    env: {},
    clock: systemClock,
    onRequest: (line) => audit.push(line),
  });
  return { access, audit, tokenFile };
}

export interface PlainBroker {
  readonly way: BrokerAccess;
  readonly audit: readonly BrokerAuditLine[];
  close(): Promise<void>;
}

/** A broker that asks with any credential, also one that a processor would refuse: what it lets through is its own doing. */
export async function openPlainBroker(file: string): Promise<PlainBroker> {
  const upstream = await openApiServer({ load: async () => await readKubeconfig(file) });
  const audit: BrokerAuditLine[] = [];
  const broker = await startClusterBroker({ clock: systemClock, onRequest: (line) => audit.push(line) });
  const way = broker.openRun({
    run: 'run-1',
    service: { kind: 'kubernetes', api: upstream, policy: createResourcePolicy() },
  });
  return {
    way,
    audit,
    close: async () => {
      await broker.close();
      upstream.close();
    },
  };
}

export interface KubectlEnd {
  readonly exit: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Real kubectl, as an investigator has it. */
export async function createKubectl(
  folder: string,
  way: BrokerAccess,
  path: string,
): Promise<(...args: readonly string[]) => Promise<KubectlEnd>> {
  await mkdir(folder, { recursive: true });
  const environment = await writeKubectlFiles(folder, way);
  return async (...args) => {
    const { end, stdout, stderr } = await runChild({
      argv: ['kubectl', '--request-timeout=20s', ...args],
      env: { PATH: path, ...environment },
      timeoutMs: 60_000,
      maxBytes: 16 * 1024 * 1024,
    });
    return {
      exit: end.kind === 'exited' ? end.exit : undefined,
      stdout: stdout.toString('utf8'),
      stderr: stderr.toString('utf8'),
    };
  };
}
