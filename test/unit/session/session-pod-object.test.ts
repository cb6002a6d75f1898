import { describe, expect, it } from 'vitest';
import { parseRequestId } from '../../../src/domain/request-id.ts';
import { buildSessionPod, type PodFacts, type PodModel } from '../../../src/session/session-pod-object.ts';
import { readSessionPod } from '../../../src/session/session-pod.ts';
import { isRecord } from '../../../src/schema/record.ts';

const ID = parseRequestId('2026-11-20-1430-look-around-k7m2');
const BROKER = { kind: 'broker', address: '10.0.0.7', ip: '10.0.0.7', port: 8444, maxUsd: 5 } as const;
const GATEWAY = { kind: 'gateway', baseUrl: 'http://gateway:8080', tokenSecret: 'session-model-token' } as const;

function facts(model: PodModel | undefined): PodFacts {
  if (ID === undefined) throw new Error('not an id');
  return {
    ...{ id: ID, cluster: 'production-hub', requester: 'alice@example.com', requestSha256: 'a'.repeat(64) },
    ...{ purpose: undefined, about: undefined, acceptedAt: new Date('2026-11-20T14:30:00Z'), seconds: 7200 },
    ...{ maxSeconds: 14_400, image: 'x', idleSeconds: 1800, model, notes: ['no model: none'] },
  };
}

function specOf(model: PodModel | undefined): Readonly<Record<string, unknown>> {
  const { spec } = buildSessionPod(facts(model));
  return isRecord(spec) ? spec : {};
}

interface EnvEntry {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: object;
}

/** Variables about a model, as `name=value`. */
function modelEnv(model: PodModel | undefined): readonly string[] {
  const [container] = specOf(model)['containers'] as readonly [{ readonly env: readonly EnvEntry[] }];
  return container.env.flatMap(({ name, value, valueFrom }) =>
    /ANTHROPIC|CERTS/u.test(name) ? [`${name}=${value ?? JSON.stringify(valueFrom)}`] : [],
  );
}

describe('the pod of a session', () => {
  it('finds the broker by its address, with a token and an authority from its own Secret', () => {
    expect(modelEnv(BROKER)).toEqual([
      'ANTHROPIC_BASE_URL=https://10.0.0.7:8444',
      `ANTHROPIC_AUTH_TOKEN={"secretKeyRef":{"name":"session-${ID ?? ''}","key":"token"}}`,
      'NODE_EXTRA_CA_CERTS=/etc/session-model/ca.crt',
    ]);
    const spec = specOf(BROKER);
    expect(spec).toMatchObject({ dnsPolicy: 'None' });
    expect(spec).not.toHaveProperty('hostAliases');
    // The token is no file: only what claude is started with has it.
    expect(spec['volumes']).toContainEqual({
      name: 'model',
      secret: { secretName: `session-${ID ?? ''}`, defaultMode: 0o440, items: [{ key: 'ca.crt', path: 'ca.crt' }] },
    });
  });

  it('knows a name by the address that the processor found', () => {
    const model = { ...BROKER, address: 'model.claude-warroom.svc', ip: '10.96.0.9' };
    expect(modelEnv(model)[0]).toBe('ANTHROPIC_BASE_URL=https://model.claude-warroom.svc:8444');
    expect(specOf(model)['hostAliases']).toEqual([{ ip: '10.96.0.9', hostnames: ['model.claude-warroom.svc'] }]);
    expect(modelEnv({ ...BROKER, address: 'fd00::7', ip: 'fd00::7' })[0]).toBe(
      'ANTHROPIC_BASE_URL=https://[fd00::7]:8444',
    );
  });

  it('finds a gateway with a token that this processor never sees, and may look its name up', () => {
    expect(modelEnv(GATEWAY)).toEqual([
      'ANTHROPIC_BASE_URL=http://gateway:8080',
      'ANTHROPIC_AUTH_TOKEN={"secretKeyRef":{"name":"session-model-token","key":"token"}}',
    ]);
    expect(specOf(GATEWAY)).not.toHaveProperty('dnsPolicy');
  });

  it('has nothing of a model where there is none, and asks no name server', () => {
    expect(modelEnv(undefined)).toEqual([]);
    expect(specOf(undefined)).toMatchObject({ dnsPolicy: 'None' });
  });

  it.each<[string, PodModel | undefined, Record<string, string>, unknown]>([
    ['a budget that nothing was spent of', BROKER, {}, { maxUsd: 5, usd: 0 }],
    ['what was spent', BROKER, { 'spent-usd': '0.25' }, { maxUsd: 5, usd: 0.25 }],
    ['no budget where the processor does not count', GATEWAY, {}, undefined],
    ['no money where the annotation is nonsense', BROKER, { 'spent-usd': 'none' }, { maxUsd: 0, usd: 0 }],
  ])('is read back with %s', (_what, model, change, spend) => {
    const { metadata } = buildSessionPod(facts(model));
    const changed = Object.entries(change).map(([key, value]) => [`warroom.intility.io/${key}`, value] as const);
    const annotations = { ...metadata.annotations, ...Object.fromEntries(changed) };
    const pod = readSessionPod({ metadata: { ...metadata, annotations } });
    expect(pod?.spend).toEqual(spend);
    expect(pod?.notes).toEqual(['no model: none']);
  });
});
