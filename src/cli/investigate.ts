import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { listClusters } from '../client/clusters.ts';
import { completeRequest } from '../client/complete-request.ts';
import { draftRequest, type DraftSurroundings, type RequestDraft } from '../client/draft-request.ts';
import { pairedNamespace, pairWithHub, type PairedTarget } from '../client/pair-with-hub.ts';
import { resolveGroup } from '../client/resolve-group.ts';
import { resolveTarget } from '../client/resolve-target.ts';
import { coordinationOf, type Coordination } from '../domain/coordination.ts';
import { WarroomError } from '../domain/errors.ts';
import { MAX_SIGNATURE_BYTES, signaturePath } from '../domain/repository-layout.ts';
import { requestTargets, type Target } from '../domain/request.ts';
import { howAskedText } from '../report/aggregate/aggregate-words.ts';
import type { RequestInvestigation } from '../schema/generated.ts';
import { askForMissing } from './ask-for-missing.ts';
import { confirmAttachments, readAttachments } from './attachments.ts';
import { readInput } from './check-file.ts';
import { checkStrategy } from './check-strategy.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { planFor, renderPlan } from './render/plan.ts';
import { sendRequest, type Outgoing, type SendFlags } from './send-request.ts';
import { requirePrincipal, withWarRoom, type Session } from './session.ts';

export interface InvestigateFlags extends SendFlags {
  readonly file?: string;
  readonly cluster?: readonly string[];
  readonly type?: Target['type'];
  readonly namespace?: string;
  readonly issue?: string;
  readonly name?: string;
  readonly category?: string;
  readonly strategy?: string;
  readonly prompt?: string;
  readonly resource?: readonly string[];
  readonly attach?: readonly string[];
  /** Seconds. */
  readonly timeout?: number;
  readonly tool?: readonly string[];
  readonly label?: Readonly<Record<string, string>>;
  readonly engine?: RequestInvestigation['engine'];
  /** US dollars. */
  readonly budget?: number;
  readonly coordination?: Coordination['mode'];
  readonly stopOn?: Coordination['stopOn'];
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly signingKey?: string;
}

/** Makes a request of flags, answers or a file, and sends it. */
export async function investigate(context: CliContext, flags: InvestigateFlags): Promise<ExitCode> {
  return await withWarRoom(
    context,
    async (session) => {
      const outgoing = flags.file === undefined ? await fromFlags(session, flags) : await fromFile(session, flags.file);
      if (outgoing === undefined) {
        context.io.err('nothing was sent');
        return EXIT.failed;
      }
      if (flags.dryRun !== true) return await sendRequest(session, outgoing, flags);
      printDryRun(context, outgoing, await signingText(session, outgoing));
      return EXIT.done;
    },
    { isWriting: true, signingKey: flags.signingKey },
  );
}

async function fromFlags(session: Session, flags: InvestigateFlags): Promise<Outgoing | undefined> {
  const { context, warRoom, defaults } = session;
  const { clock, signal, io } = context;
  const given = await withInput(flags, context);
  const wanted = given.cluster ?? (defaults.cluster === undefined ? undefined : [defaults.cluster]);
  if (!io.isInteractive || flags.yes === true) requireValues(wanted, given.issue);
  const { clusters } = await listClusters(warRoom, { now: clock.now(), signal });
  const answers = await askForMissing(context, {
    clusters,
    given: {
      cluster: wanted,
      type: given.type,
      issue: given.issue,
      strategy: given.strategy,
      namespace: given.namespace,
      prompt: given.prompt,
    },
  });
  const named = answers.clusters.map((name) => pairWithHub(clusters, resolveGroup(clusters, name)));
  const targets = uniqueTargets(
    // The type that was given is that of the cluster that was named, not of its hub.
    named.map(({ name, hosted }) =>
      resolveTarget(clusters, { name, type: hosted === undefined ? given.type : undefined }),
    ),
  );
  checkCoordination(given, targets);
  tellHubs(context, { named, resources: given.resource ?? [] });
  const groups = named.flatMap(({ resource }) => resource ?? []);
  const strategy = answers.strategy ?? defaults.strategy;
  await checkStrategy(context, strategy, { targets, clusters });
  const attachments = await readAttachments(given.attach ?? [], context);
  const draft: RequestDraft = {
    name: given.name,
    description: answers.issue,
    category: given.category,
    affectedResources: [...groups, ...(given.resource ?? [])],
    targets,
    coordination: given.coordination,
    stopOn: given.stopOn,
    strategy,
    namespace: pairedNamespace(named, answers.namespace) ?? defaults.namespace,
    prompt: answers.prompt,
    allowedTools: given.tool,
    timeoutSeconds: given.timeout ?? defaults.timeout,
    engine: given.engine ?? defaults.engine,
    budget: given.budget === undefined ? undefined : { usd: given.budget },
    labels: given.label,
    attachments,
  };
  const ready = draftRequest(draft, await surroundingsOf(session));
  const mayLeave =
    flags.dryRun === true || (await confirmAttachments(attachments, { context, isYes: flags.yes === true }));
  return mayLeave ? { ...ready, clusters } : undefined;
}

function checkCoordination({ coordination, stopOn }: InvestigateFlags, targets: readonly Target[]): void {
  if (targets.length > 1 || (coordination === undefined && stopOn === undefined)) return;
  const flag = coordination === undefined ? '--stop-on' : '--coordination';
  throw new WarroomError('usage', `${flag} needs several clusters`, {
    why: `only ${targets.map(({ name }) => name).join(', ')} is asked`,
    hint: 'repeat --cluster, or leave it out',
  });
}

/** Who asks a hosted cluster should not wonder why another name stands in the request. */
function tellHubs(
  { io }: CliContext,
  { named, resources }: { readonly named: readonly PairedTarget[]; readonly resources: readonly string[] },
): void {
  for (const { name, hosted } of named) {
    if (hosted === undefined) continue;
    io.err(`${hosted.name} is answered by its hub ${name}, which looks at both sides (namespace ${hosted.namespace})`);
    if (!resources.some((each) => each.startsWith('namespace/')))
      io.err('  for one namespace inside it add  --resource namespace/NAME');
  }
}

/** Two groups of one cluster are one target. */
function uniqueTargets(targets: readonly Target[]): readonly Target[] {
  return [...new Map(targets.map((target) => [target.name, target])).values()];
}

async function fromFile(session: Session, file: string): Promise<Outgoing> {
  const { context, warRoom } = session;
  const { io, clock, signal } = context;
  const warn = (text: string): void => {
    io.err(`${io.errorStyle.warn('warning:')} ${text}`);
  };
  const text = await readInput(file, context);
  const completed = completeRequest(text, { ...(await surroundingsOf(session)), file });
  for (const warning of completed.warnings) warn(warning);
  const { expiresAt, repository } = completed.request.spec;
  if (Date.parse(expiresAt) <= clock.now().getTime()) {
    throw new WarroomError('invalid-file', `${file} has expired`, {
      why: `spec.expiresAt is ${expiresAt}`,
      hint: 'remove metadata.name, metadata.timestamp, spec.expiresAt and spec.nonce to have them made anew',
    });
  }
  if (repository !== warRoom.address) warn(`the request is meant for ${repository}, not for ${warRoom.address}`);
  const signature = file === '-' ? undefined : await readSignature(signaturePath(file), context);
  if (signature !== undefined && !completed.isVerbatim) {
    warn(`${signaturePath(file)} is not sent: the request had to be completed, so that it no longer fits`);
  }
  const { clusters } = await listClusters(warRoom, { now: clock.now(), signal });
  const { id, request } = completed;
  return { id, request, text: completed.text, clusters, ...(completed.isVerbatim ? { signature } : {}) };
}

async function readSignature(file: string, context: CliContext): Promise<string | undefined> {
  const size = await stat(resolve(context.cwd, file)).then(
    (found) => found.size,
    () => undefined,
  );
  if (size === undefined) return undefined;
  if (size <= MAX_SIGNATURE_BYTES) return await readInput(file, context);
  throw new WarroomError('invalid-file', `${file} is no signature`, {
    why: `it has ${size} bytes, at most ${MAX_SIGNATURE_BYTES} are allowed`,
  });
}

/** Standard input for the one value that is `-`. */
async function withInput(flags: InvestigateFlags, context: CliContext): Promise<InvestigateFlags> {
  if (flags.issue === '-' && flags.prompt === '-') {
    throw new WarroomError('usage', '--issue and --prompt cannot both be -', { why: 'there is one standard input' });
  }
  if (flags.issue === '-') return { ...flags, issue: (await readInput('-', context)).trim() };
  return flags.prompt === '-' ? { ...flags, prompt: (await readInput('-', context)).trim() } : flags;
}

function requireValues(cluster: readonly string[] | undefined, issue: string | undefined): void {
  const missing = [...(cluster === undefined ? ['--cluster'] : []), ...(issue === undefined ? ['--issue'] : [])];
  if (missing.length === 0) return;
  throw new WarroomError('usage', `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing`, {
    why: 'nobody can be asked here',
    hint: 'claude-warroom investigate --cluster NAME --issue "what you see"   clusters: claude-warroom cluster list',
  });
}

async function surroundingsOf(session: Session): Promise<DraftSurroundings> {
  const { clock, random } = session.context;
  const engineer = await requirePrincipal(session);
  return { engineer, repository: session.warRoom.address, now: clock.now(), random };
}

/** Who would sign, for `--dry-run`. */
async function signingText(session: Session, { signature, request }: Outgoing): Promise<string> {
  if (signature !== undefined) return 'sent with the signature beside the file';
  const signer = await session.signer();
  if (signer.kind === 'none') return `sent unsigned: ${signer.why}`;
  return `signed as ${request.metadata.engineer} with the key of ${signer.source}`;
}

function printDryRun({ io, flags }: CliContext, { request, text, clusters }: Outgoing, signing: string): void {
  const plans = requestTargets(request).map(({ name }) => {
    return planFor(
      request,
      clusters.find((cluster) => cluster.name === name),
      name,
    );
  });
  if (flags.json) {
    io.out(JSON.stringify({ request, yaml: text, signing, plans }, null, 2));
    return;
  }
  io.stdout.write(text);
  const how = plans.length < 2 ? [] : [`${plans.length} clusters, asked ${howAskedText(coordinationOf(request))}`];
  for (const line of [...how, ...plans.flatMap(renderPlan), signing]) io.err(line);
}
