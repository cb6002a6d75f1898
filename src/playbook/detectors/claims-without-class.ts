import type { StepData } from '../parse-output.ts';
import type { Candidate } from './detector.ts';
import { objectsOf, textAt, valueAt, type KubeObject } from './kube-objects.ts';

/** The name before Kubernetes 1.6 is still honoured. */
const DEFAULT_MARKS = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];

/**
 * Pending claims that name no storage class while no class (step `classes`) is the default one. An empty name is a
 * choice: it asks for a volume without a class. Undefined while the classes are not known, or were cut off.
 */
export function claimsWithoutClass(
  data: StepData,
  other: (step: string) => StepData | undefined,
): readonly Candidate[] | undefined {
  const claims = objectsOf(data.root);
  const classData = other('classes');
  const classes = objectsOf(classData?.root);
  if (claims === undefined || classes === undefined || classData?.isPartial === true) return undefined;
  if (classes.some(isDefault)) return [];
  return claims
    .filter((claim) => textAt(claim, 'status', 'phase') === 'Pending')
    .filter((claim) => valueAt(claim, 'spec', 'storageClassName') === undefined)
    .filter((claim) => textAt(claim, 'spec', 'volumeName') === '')
    .map((claim) => ({
      item: {
        name: textAt(claim, 'metadata', 'name'),
        namespace: textAt(claim, 'metadata', 'namespace'),
        createdAt: textAt(claim, 'metadata', 'creationTimestamp'),
        classes: classes.length,
      },
      source: claim,
    }));
}

function isDefault(storageClass: KubeObject): boolean {
  return DEFAULT_MARKS.some((mark) => textAt(storageClass, 'metadata', 'annotations', mark) === 'true');
}
