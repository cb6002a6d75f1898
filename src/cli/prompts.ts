import type { Io } from './context.ts';

/**
 * Questions to a person, on stderr so that stdout stays clean. Only where `io.isInteractive`; every question has a flag
 * that answers it. Ctrl-C ends the command with 130.
 */
export interface Prompts {
  text(question: { readonly message: string; readonly isRequired: boolean }): Promise<string>;
  choose<Value>(question: {
    readonly message: string;
    /** `short` is what stays on the screen when it was chosen; `hint` is shown below the list. */
    readonly choices: readonly {
      readonly name: string;
      readonly short?: string;
      readonly value: Value;
      readonly hint?: string;
    }[];
  }): Promise<Value>;
  confirm(question: { readonly message: string; readonly default: boolean }): Promise<boolean>;
}

/** inquirer says `any`; each use below turns it into what it asked for. */
interface Answered {
  readonly answer: unknown;
}

export async function createPrompts(io: Io, signal: AbortSignal): Promise<Prompts> {
  const { createPromptModule } = await import('inquirer');
  const ask = createPromptModule({ input: io.stdin, output: io.stderr, signal });
  return {
    text: async ({ message, isRequired }) => {
      const validate = (text: string): boolean | string => !isRequired || text.trim() !== '' || 'an answer is needed';
      const { answer }: Answered = await ask([{ type: 'input', name: 'answer', message, validate }]);
      return String(answer).trim();
    },
    choose: async ({ message, choices }) => {
      const rows = choices.map(({ name, short, hint }, at) => ({
        name,
        short: short ?? name,
        value: at,
        ...(hint === undefined ? {} : { description: hint }),
      }));
      const { answer }: Answered = await ask([{ type: 'select', name: 'answer', message, choices: rows, loop: false }]);
      const chosen = choices[Number(answer)];
      if (chosen === undefined) throw new Error('the answer is none of the choices');
      return chosen.value;
    },
    confirm: async (question) => {
      const { answer }: Answered = await ask([{ type: 'confirm', name: 'answer', ...question }]);
      return answer === true;
    },
  };
}
