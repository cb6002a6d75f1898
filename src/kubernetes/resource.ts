import type { JsonRecord } from '../schema/json-fields.ts';

/** A kind of object as the API server addresses it. */
export interface ResourceType {
  /** `v1`, or group and version. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** An object as the API server sends or takes it. Whatever is below is read field by field: its text is not ours. */
export interface ApiObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

export const JOBS: ResourceType = { apiVersion: 'batch/v1', kind: 'Job', plural: 'jobs', namespaced: true };
export const PODS: ResourceType = { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true };
export const EVENTS: ResourceType = { apiVersion: 'v1', kind: 'Event', plural: 'events', namespaced: true };
export const SECRETS: ResourceType = { apiVersion: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true };
export const LEASES: ResourceType = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
};

/** A name, or one with dots: what a path segment of an object may be (RFC 1123 subdomain). */
const NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/u;

export interface ObjectAddress {
  readonly namespace: string;
  readonly name?: string;
  readonly subresource?: 'log' | 'status';
  readonly query?: Readonly<Record<string, string | undefined>>;
}

/** Path and query of an object, or of all objects of a kind when there is no name. */
export function targetOf(resource: ResourceType, { namespace, name, subresource, query = {} }: ObjectAddress): string {
  for (const segment of [namespace, name]) {
    if (segment !== undefined && !NAME.test(segment)) throw new Error(`not a name of an object: ${segment}`);
  }
  const root = resource.apiVersion.includes('/') ? `/apis/${resource.apiVersion}` : `/api/${resource.apiVersion}`;
  const path = [
    root,
    ...(resource.namespaced ? ['namespaces', namespace] : []),
    resource.plural,
    ...(name === undefined ? [] : [name]),
    ...(subresource === undefined ? [] : [subresource]),
  ].join('/');
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, value);
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** The object in an answer; throws a bug's error when the API server sent something else. */
export function parseObject(value: JsonRecord | undefined): ApiObject {
  const metadata = value?.['metadata'];
  if (value === undefined || !isMeta(metadata)) throw new Error('the API server answered without an object');
  return { ...value, metadata };
}

function isMeta(value: unknown): value is ObjectMeta {
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string';
}
