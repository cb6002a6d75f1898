import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { completeRequest } from '../../../src/client/complete-request.ts';
import { createRedaction } from '../../../src/redaction/create-redaction.ts';
import { readSchemaFiles } from '../../../src/scaffold/schema-files.ts';
import { warRoomFiles, type ScaffoldFile, type ScaffoldOptions } from '../../../src/scaffold/war-room-files.ts';

async function scaffold(change: Partial<ScaffoldOptions> = {}): Promise<ReadonlyMap<string, string>> {
  const files = warRoomFiles({
    branch: 'main',
    version: '1.2.3',
    schemas: await readSchemaFiles(),
    owners: [],
    hasWorkflow: true,
    now: new Date('2026-11-20T14:30:00Z'),
    ...change,
  });
  return new Map(files.map(({ path, content }: ScaffoldFile) => [path, content]));
}

const WORKFLOW = '.github/workflows/validate-requests.yml';

describe('files of a new war room', () => {
  it('has a page in every folder, the contract and the rules of git', async () => {
    expect([...(await scaffold()).keys()]).toEqual([
      '.gitattributes',
      WORKFLOW,
      '.gitignore',
      'CODEOWNERS',
      'README.md',
      'approvals/README.md',
      'clusters/README.md',
      'requests/README.md',
      'results/README.md',
      'schemas/cancel.schema.json',
      'schemas/cluster-registration.schema.json',
      'schemas/manifest.schema.json',
      'schemas/report.schema.json',
      'schemas/request.schema.json',
      'schemas/status.schema.json',
    ]);
  });

  it('holds nothing that a redaction would change, so that it is published byte for byte', async () => {
    const redaction = createRedaction({ knownValues: [], key: new Uint8Array(32) });
    for (const [path, content] of await scaffold({ owners: ['@acme/platform', 'oncall@example.com'] })) {
      expect(await redaction.redact(content), path).toBe(content);
      expect(content.endsWith('\n'), path).toBe(true);
    }
  });

  it('links only to what is there', async () => {
    const files = await scaffold();
    const folders = new Set([...files.keys()].map((path) => posix.dirname(path)));
    let links = 0;
    for (const [path, content] of files) {
      if (!path.endsWith('.md')) continue;
      for (const [, target = ''] of content.matchAll(/\]\(([^)]+)\)/gu)) {
        const found = posix.join(posix.dirname(path), target);
        expect(files.has(found) || folders.has(found), `${path} → ${target}`).toBe(true);
        links++;
      }
    }
    expect(links).toBeGreaterThan(8);
  });

  it('keeps git away from bytes that are signed or hashed', async () => {
    const attributes = (await scaffold()).get('.gitattributes');
    expect(attributes).toMatch(/^requests\/\*\* -text$/mu);
    expect(attributes).toMatch(/^\*\.sig -text$/mu);
    expect(attributes).toMatch(/^results\/\*\* .*linguist-generated$/mu);
  });

  it('names owners where they are known, and only shows how otherwise', async () => {
    const known = (await scaffold({ owners: ['@acme/platform'] })).get('CODEOWNERS') ?? '';
    expect(known).toMatch(/^\/clusters\/ +@acme\/platform$/mu);
    expect(known).toMatch(/^\/\.github\/ +@acme\/platform$/mu);
    expect(known).not.toMatch(/^\/?(PAUSE|requests|results)/mu);
    const unknown = (await scaffold()).get('CODEOWNERS') ?? '';
    expect(unknown.split('\n').every((line) => line === '' || line.startsWith('#'))).toBe(true);
  });

  it('says how to ask, with the address where others find it', async () => {
    const address = 'https://github.com/acme/warroom.git';
    expect((await scaffold({ address })).get('README.md')).toContain(`investigate --repo ${address}\n`);
    expect((await scaffold()).get('README.md')).toContain('investigate --repo <address of this repository>\n');
  });

  it('shows a short request that the program can complete', async () => {
    const page = (await scaffold()).get('requests/README.md') ?? '';
    const example = /```yaml\n([\s\S]+?)```/u.exec(page)?.[1] ?? '';
    const completed = completeRequest(example, {
      engineer: 'alice@example.com',
      repository: 'https://github.com/acme/warroom.git',
      now: new Date('2026-11-20T14:30:00Z'),
      random: (size) => new Uint8Array(size),
      file: 'request.yaml',
    });
    expect(completed).toMatchObject({ id: '2026-11-20-1430-api-timeout-0000', warnings: [] });
  });

  it('leaves the workflow out when asked', async () => {
    expect((await scaffold({ hasWorkflow: false })).has(WORKFLOW)).toBe(false);
  });
});

interface Workflow {
  readonly on: Readonly<Record<string, { readonly branches?: readonly string[] }>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, { readonly 'timeout-minutes'?: number; readonly steps: readonly Step[] }>>;
}

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

describe('workflow that checks requests', () => {
  async function workflow(branch = 'main'): Promise<{ text: string; document: Workflow; steps: readonly Step[] }> {
    const text = (await scaffold({ branch })).get(WORKFLOW) ?? '';
    const document = parse(text) as Workflow;
    return { text, document, steps: Object.values(document.jobs).flatMap(({ steps }) => steps) };
  }

  it('may read the repository and nothing else', async () => {
    const { document, steps } = await workflow();
    expect(document.permissions).toEqual({ contents: 'read' });
    expect(Object.keys(document.on).sort()).toEqual(['pull_request', 'push']);
    expect(steps.find(({ uses }) => uses?.includes('checkout'))?.with).toMatchObject({ 'persist-credentials': false });
    expect(Object.values(document.jobs).every((job) => (job['timeout-minutes'] ?? 0) > 0)).toBe(true);
  });

  it('puts no expression into a script and pins every action', async () => {
    const { steps } = await workflow();
    for (const { run, uses } of steps) {
      expect(run ?? '').not.toContain('${{');
      expect(uses ?? `a@${'0'.repeat(40)}`).toMatch(/@[0-9a-f]{40}$/u);
    }
  });

  it('watches the branch of the war room with the version that made it', async () => {
    const { text, document } = await workflow('ops/war-room');
    expect(document.on['push']?.branches).toEqual(['ops/war-room']);
    expect(text).toContain("VERSION: '1.2.3'");
  });
});
