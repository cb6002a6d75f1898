export interface PolicyContext {
  /** Absolute path of the folder that commands start in and text commands may read. */
  readonly evidenceDir: string;
}
