/** A cause that a report must name; the object when the code alone would say too little. */
export interface ExpectedCause {
  readonly code: string;
  readonly object?: string;
  /** Words of its title. */
  readonly title?: string;
  /** Words of one of its quotes, which must have been found in the evidence. */
  readonly cites?: string;
}

/** One question about a machine with a fault. */
export interface FaultQuestion {
  readonly playbook: string;
  /** Any of them is right; none means that the machine is healthy. */
  readonly causes: readonly ExpectedCause[];
  readonly inputs: Readonly<Record<string, string>>;
}

/** A script that makes a machine ill, with what playbooks should say about it. */
export interface Fault {
  /** One sentence. */
  readonly what: string;
  /** The load of the computer belongs to the fault; otherwise the machine shows a calm one. */
  readonly hasOwnLoad: boolean;
  readonly questions: readonly FaultQuestion[];
}

/**
 * Reads the comments at the head of a script: the first says what is wrong, `# own-load` that load matters, and each
 * `# case: PLAYBOOK healthy|CODE[@OBJECT],… [input=value…]` is one question.
 */
export function parseFault(id: string, script: string): Fault {
  const comments = [...script.matchAll(/^# ?(.*)$/gmu)].map(([, text = '']) => text);
  const questions = comments.filter((text) => text.startsWith('case: ')).map((text) => parseQuestion(id, text));
  const [what = ''] = comments;
  if (what === '' || what.startsWith('case: ') || questions.length === 0) {
    throw new Error(`the fault ${id} says neither what is wrong nor which playbook should find it`);
  }
  return { what, hasOwnLoad: comments.includes('own-load'), questions };
}

function parseQuestion(id: string, text: string): FaultQuestion {
  const [, playbook = '', expected = '', ...inputs] = text.split(' ');
  if (playbook === '' || expected === '') throw new Error(`the fault ${id} has an incomplete case: ${text}`);
  return {
    playbook,
    causes: expected === 'healthy' ? [] : expected.split(',').map(parseCause),
    inputs: Object.fromEntries(
      inputs.map((pair) => {
        const at = pair.indexOf('=');
        return [pair.slice(0, at), pair.slice(at + 1)];
      }),
    ),
  };
}

function parseCause(text: string): ExpectedCause {
  const at = text.indexOf('@');
  return at === -1 ? { code: text } : { code: text.slice(0, at), object: text.slice(at + 1) };
}
