import { INDEX_FILE } from '../domain/repository-layout.ts';
import { renderIndexPage } from '../report/index-page.ts';
import { approvalsPage, clustersPage, requestsPage } from './folder-pages.ts';
import { codeOwners, gitAttributes, gitIgnore } from './git-files.ts';
import { readmePage } from './readme-page.ts';
import { requestWorkflow } from './request-workflow.ts';

export interface ScaffoldFile {
  readonly path: string;
  readonly content: string;
}

export interface ScaffoldOptions {
  /** Where other people find the war room; without credentials, and undefined when it is on one machine only. */
  readonly address?: string | undefined;
  readonly branch: string;
  /** Version of claude-warroom that lints requests in the war room. */
  readonly version: string;
  /** Copies of the contract, by file name, for people and editors that read the war room without the program. */
  readonly schemas: readonly ScaffoldFile[];
  /** Who has to agree to changes of registrations and workflows, as CODEOWNERS spells people and teams. */
  readonly owners: readonly string[];
  /** GitHub takes workflow files only from tokens that may write them. */
  readonly hasWorkflow: boolean;
  readonly now: Date;
}

/** Schemas of the files that people meet in a war room. */
export const SCAFFOLD_SCHEMAS: readonly string[] = [
  'request.schema.json',
  'cancel.schema.json',
  'cluster-registration.schema.json',
  'status.schema.json',
  'report.schema.json',
  'manifest.schema.json',
];

/**
 * Everything that a new war room holds, sorted by path. No playbooks and no manifests: nothing that is pushed here is
 * ever executed, so it must not look as if it were.
 */
export function warRoomFiles(options: ScaffoldOptions): readonly ScaffoldFile[] {
  const { branch, version, schemas, owners, hasWorkflow, now } = options;
  const files: ScaffoldFile[] = [
    { path: 'README.md', content: readmePage(options.address) },
    { path: 'CODEOWNERS', content: codeOwners(owners) },
    { path: '.gitattributes', content: gitAttributes() },
    { path: '.gitignore', content: gitIgnore() },
    { path: 'requests/README.md', content: requestsPage() },
    { path: INDEX_FILE, content: renderIndexPage({ open: [], recent: [], now }) },
    { path: 'clusters/README.md', content: clustersPage() },
    { path: 'approvals/README.md', content: approvalsPage() },
    ...schemas.map(({ path, content }) => ({ path: `schemas/${path}`, content })),
  ];
  if (hasWorkflow) {
    files.push({ path: '.github/workflows/validate-requests.yml', content: requestWorkflow({ branch, version }) });
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}
