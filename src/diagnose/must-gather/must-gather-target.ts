import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../lib/clock.ts';
import type { Command, CommandResult, Target } from '../../target/port.ts';
import { fieldOf, readKubectlQuestion, type KubectlQuestion } from './kubectl-question.ts';
import { openObjectStore, type ObjectStore } from './stored-objects.ts';

/** A target that answers `kubectl` from the recording of a cluster. What is not recorded is unreachable, never empty. */
export function createMustGatherTarget(root: string, clock: Clock): Target {
  const store = openObjectStore(root);

  async function run(command: Command): Promise<CommandResult> {
    const answered = command.argv[0] === 'kubectl' ? await answer(command, { root, store }) : undefined;
    const nothing = { stdout: '', stderr: '', truncated: false, startedAt: clock.now(), ms: 0 };
    if (answered === undefined) return { ...nothing, end: { kind: 'unreachable' }, stderr: 'not in this recording' };
    if (answered.kind === 'missing') {
      return {
        ...nothing,
        end: { kind: 'exited', exit: 1 },
        stderr: 'Error from server (NotFound): not in this recording',
      };
    }
    const bytes = Buffer.from(answered.text);
    const isCut = bytes.length > command.maxBytes;
    const stdout = isCut ? bytes.subarray(0, command.maxBytes).toString('utf8') : answered.text;
    return { ...nothing, end: { kind: 'exited', exit: 0 }, stdout, truncated: isCut || answered.isPartial };
  }

  return {
    kind: 'must-gather',
    identify: async () =>
      await Promise.resolve({ kind: 'must-gather', identity: root, name: 'must-gather', platform: 'linux' }),
    run,
    collect: async () => await run({ argv: [], timeoutMs: 1, maxBytes: 1 }),
    close: async () => {
      await Promise.resolve();
    },
  };
}

type Answer =
  | { readonly kind: 'text'; readonly text: string; readonly isPartial: boolean }
  /** The recording is complete and does not hold the one object that was asked for. */
  | { readonly kind: 'missing' };

interface Recording {
  readonly root: string;
  readonly store: ObjectStore;
}

async function answer({ argv }: Command, recording: Recording): Promise<Answer | undefined> {
  const question = readKubectlQuestion(argv);
  if (question.kind === 'get') return await answerGet(question, recording.store);
  return question.kind === 'logs' ? await answerLogs(question, recording.root) : undefined;
}

async function answerGet(
  question: Extract<KubectlQuestion, { kind: 'get' }>,
  store: ObjectStore,
): Promise<Answer | undefined> {
  const found = [];
  let isPartial = false;
  for (const resource of question.resources) {
    const stored = await store.find(resource, question.namespace);
    if (stored === undefined) return undefined;
    found.push(...stored.objects.filter(question.selects));
    isPartial ||= stored.isPartial;
  }
  const { names, isMissingAllowed } = question;
  if (names.length === 0) return { kind: 'text', text: listOf(found), isPartial };
  const named = found.filter((object) => names.includes(String(fieldOf(fieldOf(object, 'metadata'), 'name'))));
  if (named.length < names.length && isPartial) return undefined;
  if (named.length < names.length && !isMissingAllowed) return { kind: 'missing' };
  if (named.length === 0) return { kind: 'text', text: '', isPartial: false };
  const text = names.length === 1 ? `${JSON.stringify(named[0])}\n` : listOf(named);
  return { kind: 'text', text, isPartial: false };
}

function listOf(items: readonly unknown[]): string {
  return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items })}\n`;
}

/** `namespaces/NS/pods/POD/CONTAINER/CONTAINER/logs/current.log`, as `oc adm inspect` writes it. */
async function answerLogs(
  { namespace, pod, container, isPrevious, tail }: Extract<KubectlQuestion, { kind: 'logs' }>,
  root: string,
): Promise<Answer | undefined> {
  if (container === undefined || ![namespace, pod, container].every(isName)) return undefined;
  const folder = join(root, 'namespaces', namespace, 'pods', pod, container, container, 'logs');
  const text = await readFile(join(folder, isPrevious ? 'previous.log' : 'current.log'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const lines = text.split('\n');
  const shown = tail === undefined ? text : lines.slice(-tail - 1).join('\n');
  return { kind: 'text', text: shown, isPartial: false };
}

function isName(text: string): boolean {
  return /^[A-Za-z0-9][\w.-]*$/u.test(text);
}
