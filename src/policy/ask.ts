import type { RequestInvestigation, TroubleshootingRequest } from '../schema/generated.ts';

/** What somebody wants, as far as a policy looks at it. */
export interface Ask {
  /** Literal name; in an open war room nobody has checked it. */
  readonly principal: string;
  readonly cluster: string;
  /** Every namespace that the request names. */
  readonly namespaces: readonly string[];
  /** Never `auto`, unless no playbook fits. */
  readonly strategy: string;
  readonly engine: RequestInvestigation['engine'];
  readonly mode: RequestInvestigation['mode'];
  /** Absent when the request leaves it to the policy. */
  readonly tools?: NonNullable<RequestInvestigation['allowedTools']>;
  readonly timeoutSeconds: number;
}

export function askOf(
  request: TroubleshootingRequest,
  facts: { readonly principal: string; readonly cluster: string; readonly strategy: string },
): Ask {
  const { engine, mode, allowedTools, timeout } = request.spec.investigation;
  return {
    ...facts,
    namespaces: namespacesOf(request),
    engine,
    mode,
    ...(allowedTools === undefined ? {} : { tools: allowedTools }),
    timeoutSeconds: timeout,
  };
}

/** Affected resources can name a namespace as well, and playbooks take it from there. */
function namespacesOf({ spec }: TroubleshootingRequest): readonly string[] {
  const named = (spec.issue.affectedResources ?? []).flatMap(
    (resource) => /^(?:namespaces?|ns|projects?)\/(.+)$/iu.exec(resource)?.[1] ?? [],
  );
  const first = spec.investigation.namespace;
  return [...new Set(first === undefined ? named : [first, ...named])];
}
