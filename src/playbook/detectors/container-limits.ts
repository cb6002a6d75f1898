import { isRecord } from '../path.ts';
import type { DecidingField } from '../deciding-place.ts';
import type { StepData } from '../parse-output.ts';
import type { Candidate, DetectorContext } from './detector.ts';
import { listAt, objectsOf, textAt, valueAt, type KubeObject } from './kube-objects.ts';
import { parseQuantity } from './quantity.ts';

type Other = (step: string) => StepData | undefined;

/**
 * Use of each container from PodMetrics, with `pod`, `namespace`, `container`, `cpu`, `memory`, and in percent what that is
 * of its limits (`cpuOfLimit`, `memoryOfLimit`) and of its request (`cpuOfRequest`), where it has them. The pods come from
 * the step that `with: {pods}` names; without them nothing can be said.
 */
export function containerUsage(
  data: StepData,
  other: Other,
  { settings }: DetectorContext,
): readonly Candidate[] | undefined {
  const metrics = objectsOf(data.root);
  const pods = objectsOf(other(String(settings['pods'] ?? 'pods'))?.root);
  if (metrics === undefined || pods === undefined) return undefined;
  const byName = new Map(pods.map((pod) => [keyOf(pod), pod]));
  return metrics.flatMap((metric) =>
    listAt(metric, 'containers').flatMap((measured) => {
      const container = textAt(measured, 'name');
      const declared = listAt(byName.get(keyOf(metric)), 'spec', 'containers').find(
        (each) => textAt(each, 'name') === container,
      );
      const cpu = valueAt(measured, 'usage', 'cpu');
      const memory = valueAt(measured, 'usage', 'memory');
      const [ofLimit, ofRequest] = ['limits', 'requests'].map((bound) =>
        percent(cpu, valueAt(declared, 'resources', bound, 'cpu')),
      );
      const memoryOfLimit = percent(memory, valueAt(declared, 'resources', 'limits', 'memory'));
      if (declared === undefined || parseQuantity(cpu) === undefined) return [];
      const item = {
        ...{ pod: textAt(metric, 'metadata', 'name'), namespace: textAt(metric, 'metadata', 'namespace') },
        ...{ container, cpu, memory },
        ...(ofLimit === undefined ? {} : { cpuOfLimit: ofLimit }),
        ...(ofRequest === undefined ? {} : { cpuOfRequest: ofRequest }),
        ...(memoryOfLimit === undefined ? {} : { memoryOfLimit }),
      };
      const at = (key: string, value: unknown): DecidingField => ({ parent: valueAt(measured, 'usage'), key, value });
      const places = { cpuOfLimit: at('cpu', cpu), cpuOfRequest: at('cpu', cpu), memoryOfLimit: at('memory', memory) };
      return [{ item, source: metric, places }];
    }),
  );
}

/**
 * Defaults of LimitRanges that became the limit of a container whose workload (step `owners`) asked for none. One for each
 * container of the step `pods`, with `pod`, `namespace`, `container`, `resource`, `limit`, `range` and the `status` of the
 * container. Undefined while pods or owners are not known as a whole.
 */
export function limitsFromRanges(data: StepData, other: Other): readonly Candidate[] | undefined {
  const ranges = objectsOf(data.root);
  const pods = complete(other('pods'));
  const owners = complete(other('owners'));
  if (ranges === undefined || pods === undefined || owners === undefined) return undefined;
  const byUid = new Map(owners.map((owner) => [textAt(owner, 'metadata', 'uid'), owner]));
  return pods.flatMap((pod) => {
    const uids = listAt(pod, 'metadata', 'ownerReferences').map((owner) => textAt(owner, 'uid'));
    const owner = uids.map((uid) => byUid.get(uid)).find((each) => each !== undefined);
    // Nobody knows what a pod without a template asked for.
    if (owner === undefined) return [];
    return listAt(pod, 'spec', 'containers').flatMap((container) =>
      givenLimits(container, owner, ranges).map(({ resource, limit, range }) => {
        const name = textAt(container, 'name');
        const item = {
          ...{ pod: textAt(pod, 'metadata', 'name'), namespace: textAt(pod, 'metadata', 'namespace') },
          ...{ container: name, resource, limit, range: textAt(range, 'metadata', 'name') },
          status: listAt(pod, 'status', 'containerStatuses').find((each) => textAt(each, 'name') === name),
        };
        return { item, source: range };
      }),
    );
  });
}

interface GivenLimit {
  readonly resource: string;
  /** As the range writes it. */
  readonly limit: string;
  readonly range: KubeObject;
}

function givenLimits(container: unknown, owner: KubeObject, ranges: readonly KubeObject[]): readonly GivenLimit[] {
  const limits = valueAt(container, 'resources', 'limits');
  const asked = listAt(owner, 'spec', 'template', 'spec', 'containers').find(
    (each) => textAt(each, 'name') === textAt(container, 'name'),
  );
  if (!isRecord(limits) || asked === undefined) return [];
  return Object.entries(limits)
    .filter(([resource]) => valueAt(asked, 'resources', 'limits', resource) === undefined)
    .flatMap(([resource, limit]) =>
      ranges.flatMap((range) => {
        const given = defaultOf(range, resource);
        const isSame = parseQuantity(given) !== undefined && parseQuantity(given) === parseQuantity(limit);
        return isSame ? [{ resource, limit: String(given), range }] : [];
      }),
    );
}

function defaultOf(range: KubeObject, resource: string): unknown {
  const item = listAt(range, 'spec', 'limits').find((each) => textAt(each, 'type') === 'Container');
  return valueAt(item, 'default', resource);
}

function complete(data: StepData | undefined): readonly KubeObject[] | undefined {
  return data === undefined || data.isPartial ? undefined : objectsOf(data.root);
}

function keyOf(object: KubeObject): string {
  return `${textAt(object, 'metadata', 'namespace')}/${textAt(object, 'metadata', 'name')}`;
}

function percent(part: unknown, whole: unknown): number | undefined {
  const [amount, most] = [parseQuantity(part), parseQuantity(whole)];
  return amount === undefined || most === undefined || most <= 0 ? undefined : Math.floor((amount / most) * 1000) / 10;
}
