/** How a pipeline follows the one before it. */
export type Connector =
  | 'first'
  /** `&&` */
  | 'and'
  /** `||` */
  | 'or'
  /** `;` or a new line */
  | 'then';

/** One program of a pipeline. Standard error goes to the reader of the whole command unless a flag says otherwise. */
export interface ShellCommand {
  readonly argv: readonly string[];
  /** Standard error goes where standard output went before any `>/dev/null`. */
  readonly mergeStderr: boolean;
  readonly dropStderr: boolean;
  readonly dropStdout: boolean;
}

export interface ShellPipeline<Command extends ShellCommand = ShellCommand> {
  readonly connector: Connector;
  readonly pipeline: readonly Command[];
}
