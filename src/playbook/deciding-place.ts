/** A place in an output that made a rule match. */
export interface DecidingField {
  /** Object with the field, or list with the value. Of a field that is missing, the innermost object that lacks it. */
  readonly parent: unknown;
  /** Absent for a value of a list, and for an object that decides as a whole. */
  readonly key?: string;
  /** Absent when the field is missing: then only the whole parent shows that. */
  readonly value?: unknown;
}

/** Item of another step that a condition found. */
export interface JoinedItem {
  readonly step: string;
  readonly item: unknown;
  /** What made it the one that was looked for. */
  readonly fields?: readonly DecidingField[];
}
