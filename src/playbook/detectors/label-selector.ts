import { isRecord } from '../path.ts';
import { listAt, textAt, valueAt } from './kube-objects.ts';

/** Whether a LabelSelector fits labels; one without any demand fits everything. An operator that is not known fits nothing. */
export function selectorFits(selector: unknown, labels: unknown): boolean {
  const wanted = valueAt(selector, 'matchLabels');
  const pairs = isRecord(wanted) ? Object.entries(wanted) : [];
  return (
    pairs.every(([key, value]) => valueAt(labels, key) === value) &&
    listAt(selector, 'matchExpressions').every((expression) => expressionFits(expression, labels))
  );
}

function expressionFits(expression: unknown, labels: unknown): boolean {
  const value = valueAt(labels, textAt(expression, 'key'));
  const values = listAt(expression, 'values');
  switch (textAt(expression, 'operator')) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}
