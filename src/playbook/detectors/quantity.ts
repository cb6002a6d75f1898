const FACTORS: Readonly<Record<string, number>> = {
  ...{ n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

/**
 * A Kubernetes quantity such as `500m`, `16Gi` or `1e3` as a number in its base unit (cores, bytes, pieces); undefined
 * for anything else. Fact of the API: pkg/api/resource in kubernetes/apimachinery.
 */
export function parseQuantity(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const groups = /^(?<number>[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,2})?)(?<suffix>[KMGTPE]i|[numkMGTPE]?)$/u.exec(
    value,
  )?.groups;
  const factor = FACTORS[groups?.['suffix'] ?? ''];
  return groups === undefined || factor === undefined ? undefined : Number(groups['number']) * factor;
}
