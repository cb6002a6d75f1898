/** Stands for every secret of a cluster; it must never come out of the broker. */
export const CANARY = 'canary-5f1d2c-never-leaves';

const CANARY_BASE64 = Buffer.from(CANARY).toString('base64');

/** A pod with secrets in all places where pods have them; without `kind`, as in a list. */
export function leakyPod(name: string, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    metadata: {
      name,
      namespace: 'shop',
      uid: `uid-${name}`,
      annotations: {
        'kubectl.kubernetes.io/last-applied-configuration': `{"kind":"Pod","env":[{"name":"A","value":"${CANARY}"}]}`,
        'example.com/copy': `{"kind":"Secret","data":{"a":"${CANARY}"}}`,
        'example.com/auth-token': CANARY,
        'example.com/owner': 'team-shop',
      },
      managedFields: [{ manager: 'kubectl', fieldsV1: { 'f:spec': { [CANARY]: {} } } }],
    },
    spec: {
      nodeName: 'node-1',
      containers: [
        {
          name: 'api',
          image: 'registry.example.com/api:1',
          env: [
            { name: 'DB_PASSWORD', value: CANARY },
            { name: 'FROM', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
          ],
        },
      ],
      initContainers: [{ name: 'init', image: 'x', env: [{ name: 'A', value: CANARY }] }],
      ephemeralContainers: [{ name: 'debug', image: 'x', env: [{ name: 'A', value: CANARY }] }],
    },
    status: { phase: 'Running' },
    ...more,
  };
}

export function leakySecret(): Record<string, unknown> {
  return {
    kind: 'Secret',
    apiVersion: 'v1',
    metadata: { name: 'db', namespace: 'shop', annotations: { note: CANARY } },
    type: 'Opaque',
    data: { password: CANARY_BASE64 },
    stringData: { password: CANARY },
  };
}

/** Whether a text holds the canary, plain or in base64. */
export function holdsCanary(text: string): boolean {
  return text.includes(CANARY) || text.includes(CANARY_BASE64);
}
