/** Something that a schema cannot express and that is wrong with a document, and where. */
export interface DocumentProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly hint?: string;
}
