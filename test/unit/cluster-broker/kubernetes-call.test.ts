import { posix } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALLOWED_RESOURCES, createResourcePolicy } from '../../../src/cluster-broker/allowed-resources.ts';
import type { Admission } from '../../../src/cluster-broker/call.ts';
import { admitKubernetesCall } from '../../../src/cluster-broker/kubernetes-call.ts';
import { fuzzRuns } from '../../support/fuzz-runs.ts';

function admit(target: string, accept = 'application/json', policy = createResourcePolicy()): Admission {
  const mark = target.indexOf('?');
  const [path, query] = mark === -1 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
  return admitKubernetesCall({ path, query, accept }, policy);
}

/** What goes on, or the reason of the refusal. */
function outcome(target: string, accept?: string): string {
  const admission = admit(target, accept);
  return admission.kind === 'admitted' ? admission.call.target : admission.refusal.reason;
}

const SHOP = '/api/v1/namespaces/shop';

describe('paths that are forwarded as they are', () => {
  it.each([
    '/version',
    '/healthz',
    '/livez',
    '/readyz',
    '/readyz/etcd',
    '/livez/poststarthook/start-apiextensions-controllers',
    '/debug/api_priority_and_fairness/dump_queues',
    '/debug/api_priority_and_fairness/dump_priority_levels',
    '/debug/api_priority_and_fairness/dump_requests',
    '/openapi/v2',
    '/openapi/v3',
    '/openapi/v3/api/v1',
    '/openapi/v3/apis/apps/v1',
    '/openapi/v3/apis/hypershift.openshift.io/v1beta1',
    '/api',
    '/api/v1',
    '/apis',
    '/apis/apps',
    '/apis/apps/v1',
    '/apis/hypershift.openshift.io/v1beta1',
    '/api/v1/nodes',
    '/api/v1/nodes/ip-10-0-3-17.ec2.internal',
    '/api/v1/namespaces',
    '/api/v1/namespaces/shop',
    '/api/v1/pods',
    `${SHOP}/pods`,
    `${SHOP}/pods/api-0`,
    `${SHOP}/events`,
    `${SHOP}/services`,
    `${SHOP}/endpoints/api`,
    `${SHOP}/persistentvolumeclaims`,
    '/api/v1/persistentvolumes/pv-1',
    '/apis/apps/v1/deployments',
    '/apis/apps/v1/namespaces/shop/deployments/api',
    '/apis/apps/v1/namespaces/shop/controllerrevisions',
    '/apis/batch/v1/namespaces/shop/cronjobs/nightly',
    '/apis/events.k8s.io/v1/namespaces/shop/events',
    '/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods/api-0',
    '/apis/metrics.k8s.io/v1beta1/nodes',
    '/apis/hypershift.openshift.io/v1beta1/namespaces/clusters/hostedclusters/prod-1',
    '/apis/cluster.x-k8s.io/v1beta1/namespaces/clusters-prod-1/machines',
    '/apis/infrastructure.cluster.x-k8s.io/v1beta2/namespaces/clusters-prod-1/awsmachinetemplates',
    '/apis/config.openshift.io/v1/clusteroperators/etcd',
    '/apis/route.openshift.io/v1/namespaces/shop/routes/web',
    '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/ip-10-0-3-17.ec2.internal',
    `${SHOP}/configmaps/kube-root-ca.crt`,
    '/api/v1/nodes?limit=500',
    '/api/v1/pods?limit=500&continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEifQ',
    `${SHOP}/pods?resourceVersion=0&resourceVersionMatch=NotOlderThan`,
    '/readyz?verbose=true',
    '/openapi/v3/apis/apps/v1?hash=ABC0123',
  ])('%s', (target) => {
    expect(outcome(target)).toBe(target);
  });

  it.each([
    [`${SHOP}/pods/api-0/log`, `${SHOP}/pods/api-0/log?limitBytes=4194304`],
    [
      `${SHOP}/pods/api-0/log?tailLines=20&container=api&timeout=15s`,
      `${SHOP}/pods/api-0/log?tailLines=20&container=api&limitBytes=4194304`,
    ],
    [`${SHOP}/pods/api-0/log?limitBytes=10&previous=true`, `${SHOP}/pods/api-0/log?limitBytes=10&previous=true`],
    [`${SHOP}/pods/api-0/log?follow=true&timeout=30s`, `${SHOP}/pods/api-0/log?follow=true&limitBytes=4194304`],
    [`${SHOP}/pods?labelSelector=app%3Dapi,tier+in+(a)`, `${SHOP}/pods?labelSelector=app%3Dapi%2Ctier%20in%20(a)`],
    [
      `${SHOP}/events?fieldSelector=involvedObject.name%3Dapi-0`,
      `${SHOP}/events?fieldSelector=involvedObject.name%3Dapi-0`,
    ],
    [`${SHOP}/pods?watch=true&timeoutSeconds=30`, `${SHOP}/pods?watch=true&timeoutSeconds=30`],
    [`${SHOP}/pods?watch=1&timeout=1m0s`, `${SHOP}/pods?watch=1&timeoutSeconds=60`],
    [`${SHOP}/pods?watch=true&timeout=1.5s`, `${SHOP}/pods?watch=true&timeoutSeconds=2`],
    [`${SHOP}/pods?watch=false&pretty=true`, `${SHOP}/pods?watch=false`],
    ['/readyz?verbose&exclude=etcd', '/readyz?verbose=&exclude=etcd'],
    [`${SHOP}/pods?`, `${SHOP}/pods`],
  ])('%s becomes %s', (asked, target) => {
    expect(outcome(asked)).toBe(target);
  });
});

describe('what is refused', () => {
  it.each([
    // Resources that hold secrets, in all ways to write them.
    [`${SHOP}/secrets`, 'Forbidden'],
    [`${SHOP}/secrets/db`, 'Forbidden'],
    ['/api/v1/secrets', 'Forbidden'],
    [`${SHOP}/Secrets`, 'BadRequest'],
    [`${SHOP}/s%65crets`, 'BadRequest'],
    [`${SHOP}/pods/..%2fsecrets`, 'BadRequest'],
    [`${SHOP}/pods/%2e%2e/secrets`, 'BadRequest'],
    [`${SHOP}/pods/%252e%252e/secrets`, 'BadRequest'],
    [`${SHOP}/pods/../secrets`, 'BadRequest'],
    [`${SHOP}/./secrets`, 'BadRequest'],
    [`${SHOP}/pods/.`, 'BadRequest'],
    [`${SHOP}//secrets`, 'BadRequest'],
    [`/${SHOP}/secrets`, 'BadRequest'],
    [`${SHOP}/pods/`, 'BadRequest'],
    [`${SHOP}/pods;a=b`, 'BadRequest'],
    [`${SHOP}/pods;/secrets`, 'BadRequest'],
    [`${SHOP}/pods/api-0%00`, 'BadRequest'],
    [`${SHOP}/pods/api-0%2Fexec`, 'BadRequest'],
    [`${SHOP}/pods/api-0%5cexec`, 'BadRequest'],
    [`${SHOP}\\secrets`, 'BadRequest'],
    [`${SHOP}/pods/a b`, 'BadRequest'],
    [`${SHOP}/pods/a\tb`, 'BadRequest'],
    [`${SHOP}/pods/ａpi`, 'BadRequest'],
    [`${SHOP}/ſecrets`, 'BadRequest'],
    [`${SHOP}/pods/a..b`, 'BadRequest'],
    [`${SHOP}/pods/-a`, 'BadRequest'],
    [`${SHOP}/pods/a-`, 'BadRequest'],
    [`${SHOP}/pods/a?watch=true&timeoutSeconds=5`, 'BadRequest'],
    // Subresources.
    [`${SHOP}/pods/api-0/exec`, 'Forbidden'],
    [`${SHOP}/pods/api-0/exec?command=id&stdout=true`, 'Forbidden'],
    [`${SHOP}/pods/api-0/attach`, 'Forbidden'],
    [`${SHOP}/pods/api-0/portforward`, 'Forbidden'],
    [`${SHOP}/pods/api-0/proxy`, 'Forbidden'],
    [`${SHOP}/pods/api-0/proxy/metrics`, 'BadRequest'],
    [`${SHOP}/pods/api-0/ephemeralcontainers`, 'Forbidden'],
    [`${SHOP}/pods/api-0/status`, 'Forbidden'],
    [`${SHOP}/pods/api-0/log/x`, 'BadRequest'],
    [`${SHOP}/pods/api-0/LOG`, 'BadRequest'],
    [`${SHOP}/pods/api-0/eviction`, 'Forbidden'],
    [`${SHOP}/services/api/proxy`, 'Forbidden'],
    [`${SHOP}/services/https:api:443/proxy`, 'Forbidden'],
    [`${SHOP}/serviceaccounts/default/token`, 'Forbidden'],
    [`${SHOP}/serviceaccounts`, 'Forbidden'],
    ['/api/v1/nodes/n1/proxy', 'Forbidden'],
    ['/api/v1/nodes/n1/proxy/run', 'BadRequest'],
    ['/api/v1/nodes/n1/log', 'Forbidden'],
    ['/api/v1/namespaces/shop/status', 'Forbidden'],
    ['/api/v1/namespaces/shop/finalize', 'Forbidden'],
    ['/apis/apps/v1/namespaces/shop/deployments/api/scale', 'Forbidden'],
    // Old and odd ways in.
    ['/api/v1/watch/namespaces/shop/secrets', 'BadRequest'],
    ['/api/v1/watch/pods', 'Forbidden'],
    ['/api/v1/proxy/namespaces/shop/pods/api-0', 'BadRequest'],
    ['/api/v1beta1/pods', 'BadRequest'],
    ['/api/v2/pods', 'BadRequest'],
    ['/apis/apps/v1/secrets', 'Forbidden'],
    ['/apis/v1/pods', 'BadRequest'],
    ['/apis/apps/deployments', 'BadRequest'],
    ['/apis//v1/pods', 'BadRequest'],
    ['/apis/Apps/v1/deployments', 'BadRequest'],
    ['/apis/apps/v1/namespaces/shop', 'Forbidden'],
    ['/apis/apps/v1/namespaces/SHOP/deployments', 'BadRequest'],
    ['/apis/apps/v1/namespaces//deployments', 'BadRequest'],
    ['/apis/extensions/v1beta1/deployments', 'Forbidden'],
    ['/apis/rbac.authorization.k8s.io/v1/clusterroles', 'Forbidden'],
    ['/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', 'Forbidden'],
    ['/apis/authentication.k8s.io/v1/tokenreviews', 'Forbidden'],
    ['/apis/oauth.openshift.io/v1/oauthaccesstokens', 'Forbidden'],
    ['/apis/user.openshift.io/v1/users/~', 'BadRequest'],
    ['/apis/user.openshift.io/v1/users', 'Forbidden'],
    ['/apis/machineconfiguration.openshift.io/v1/machineconfigs', 'Forbidden'],
    ['/apis/config.openshift.io/v1/proxies', 'Forbidden'],
    ['/apis/config.openshift.io/v1/oauths/cluster', 'Forbidden'],
    [`${SHOP}/configmaps`, 'Forbidden'],
    [`${SHOP}/configmaps/app`, 'Forbidden'],
    [`${SHOP}/configmaps/kube-proxy/status`, 'Forbidden'],
    ['', 'BadRequest'],
    ['/', 'BadRequest'],
    ['*', 'BadRequest'],
    ['api/v1/pods', 'BadRequest'],
    ['http://10.0.0.1/api/v1/pods', 'BadRequest'],
    ['//10.0.0.1/api/v1/pods', 'BadRequest'],
    ['/metrics', 'BadRequest'],
    ['/logs/kubelet.log', 'BadRequest'],
    ['/debug/pprof/heap', 'BadRequest'],
    ['/debug/api_priority_and_fairness/dump_requests?includeRequestDetails=1', 'BadRequest'],
    ['/configz', 'BadRequest'],
    ['/.well-known/oauth-authorization-server', 'BadRequest'],
    ['/openid/v1/jwks', 'BadRequest'],
    ['/oauth/token/request', 'BadRequest'],
    ['/healthz/../api/v1/secrets', 'BadRequest'],
    ['/version/', 'BadRequest'],
    ['/VERSION', 'BadRequest'],
    ['/openapi/v3/../../api', 'BadRequest'],
    [`${SHOP}/pods/${'a'.repeat(1100)}`, 'BadRequest'],
    // Queries.
    [`${SHOP}/pods?limit=0`, 'BadRequest'],
    [`${SHOP}/pods?limit=99999`, 'BadRequest'],
    [`${SHOP}/pods?limit=1&limit=2`, 'BadRequest'],
    [`${SHOP}/pods?limit=1;watch=true`, 'BadRequest'],
    [`${SHOP}/pods?watch=true`, 'BadRequest'],
    [`${SHOP}/pods?watch=true&timeoutSeconds=3600`, 'BadRequest'],
    [`${SHOP}/pods?watch=true&timeout=1h`, 'BadRequest'],
    [`${SHOP}/pods?watch=yes`, 'BadRequest'],
    [`${SHOP}/pods?WATCH=true`, 'BadRequest'],
    [`${SHOP}/pods?w%61tch=true`, 'BadRequest'],
    [`${SHOP}/pods?sendInitialEvents=true`, 'BadRequest'],
    [`${SHOP}/pods?dryRun=All`, 'BadRequest'],
    [`${SHOP}/pods?labelSelector=%zz`, 'BadRequest'],
    [`${SHOP}/pods?labelSelector=%c0%ae`, 'BadRequest'],
    [`${SHOP}/pods?labelSelector=a%00b`, 'BadRequest'],
    [`${SHOP}/pods?labelSelector=a%0d%0ab`, 'BadRequest'],
    [`${SHOP}/pods?access_token=x`, 'BadRequest'],
    [`${SHOP}/pods?#x`, 'BadRequest'],
    [`${SHOP}/pods?a=b c`, 'BadRequest'],
    [`${SHOP}/pods?continue=${'a'.repeat(20_000)}`, 'BadRequest'],
    [`${SHOP}/pods/api-0/log?follow=true`, 'BadRequest'],
    [`${SHOP}/pods/api-0/log?follow=true&timeout=5m`, 'BadRequest'],
    [`${SHOP}/pods/api-0/log?insecureSkipTLSVerifyBackend=true`, 'BadRequest'],
    [`${SHOP}/pods/api-0/log?tailLines=1000000`, 'BadRequest'],
    [`${SHOP}/pods/api-0/log?tailLines=-1`, 'BadRequest'],
    [`${SHOP}/pods/api-0/log?limitBytes=99999999`, 'BadRequest'],
    [`${SHOP}/pods/api-0/log?sinceSeconds=999999999`, 'BadRequest'],
    [`${SHOP}/pods/api-0/log?sinceTime=yesterday`, 'BadRequest'],
    [`${SHOP}/pods/api-0/log?container=../x`, 'BadRequest'],
  ])('%s: %s', (target, reason) => {
    expect(outcome(target)).toBe(reason);
  });

  it('says what can be done instead', () => {
    const message = (target: string): string => {
      const admission = admit(target);
      return admission.kind === 'refused' ? admission.refusal.message : '';
    };
    expect(message(`${SHOP}/secrets`)).toBe(
      'the cluster broker never forwards secrets: they can hold credentials; look at events, conditions and logs of what uses them',
    );
    expect(message(`${SHOP}/configmaps/app`)).toBe(
      'the cluster broker does not forward the ConfigMap app; look at events, conditions and logs of what uses it',
    );
    expect(message('/apis/rbac.authorization.k8s.io/v1/roles')).toBe(
      'the cluster broker does not forward roles of rbac.authorization.k8s.io; an administrator can add it to broker.allow',
    );
    expect(message(`${SHOP}/pods/a/exec`)).toBe(
      'the cluster broker does not forward pods/exec; of subresources it knows pods/log only',
    );
    expect(message(`${SHOP}/pods/a/status`)).toContain('and what an administrator adds to broker.allow');
    expect(message(`${SHOP}/pods?watch=true`)).toBe(
      'a watch must end by itself; add --request-timeout=30s (at most 60s)',
    );
    expect(message(`${SHOP}/pods?x=1`)).toMatch(/^the parameter "x" is not forwarded; known are resourceVersion, /u);
    expect(message(`${SHOP}/pods?limit=0`)).toBe('limit must be a whole number from 1 to 10000');
    expect(message(`${SHOP}/pods?watch=2`)).toBe('watch must be one of true, false, 1, 0, nothing');
    expect(message(`${SHOP}/pods?limit=1&limit=1`)).toBe('the parameter limit is given twice');
    expect(message(`${SHOP}/pods?labelSelector=%zz`)).toBe('the value of labelSelector is not well encoded');
  });
});

describe('what an administrator changes', () => {
  const policy = createResourcePolicy({
    allow: [
      { group: 'monitoring.coreos.com', resources: ['prometheusrules'] },
      { group: 'apps', resources: ['deployments/scale'] },
      { group: '', resources: ['secrets', 'configmaps', 'pods/exec', 'nodes/proxy'] },
    ],
    deny: [{ group: 'route.openshift.io', resources: ['routes'] }],
    configMaps: ['app'],
  });

  it.each([
    ['/apis/monitoring.coreos.com/v1/prometheusrules', 'admitted'],
    ['/apis/apps/v1/namespaces/shop/deployments/api/scale', 'admitted'],
    ['/apis/apps/v1/namespaces/shop/deployments/api/status', 'refused'],
    ['/apis/route.openshift.io/v1/routes', 'refused'],
    [`${SHOP}/configmaps/app`, 'admitted'],
    [`${SHOP}/configmaps`, 'admitted'],
    [`${SHOP}/secrets`, 'refused'],
    [`${SHOP}/pods/api-0/exec`, 'refused'],
    ['/api/v1/nodes/n/proxy', 'refused'],
  ])('%s is %s', (target, kind) => {
    expect(admit(target, '', policy).kind).toBe(kind);
  });
});

describe('accepted forms', () => {
  it.each([
    [`${SHOP}/pods`, '', 'application/json'],
    [`${SHOP}/pods`, '*/*', 'application/json'],
    [
      `${SHOP}/pods`,
      'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
      'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
    ],
    [`${SHOP}/pods`, 'application/vnd.kubernetes.protobuf, */*', 'application/json'],
    ['/version', 'text/html', 'application/json'],
    ['/readyz', 'x/y', 'text/plain'],
  ])('%s with %j asks for %s', (target, accept, expected) => {
    const admission = admit(target, accept);
    expect(admission.kind === 'admitted' ? admission.call.accept : '').toBe(expected);
  });

  it('asks for the short form of discovery only when the client knows it', () => {
    const admission = admit(
      '/apis',
      'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json',
    );
    expect(admission.kind === 'admitted' ? admission.call.accept : '').toContain('as=APIGroupDiscoveryList');
  });
});

/** Reads a target as the most lenient server would: decodes as long as it changes, resolves dots, folds slashes and case. */
function lenientSegments(target: string): readonly string[] {
  let path = new URL(target, 'https://server.invalid').pathname;
  for (let again = 0; again < 5; again++) path = decodeURIComponent(path);
  return posix
    .normalize(path.replaceAll('\\', '/').split(';').join('/'))
    .toLowerCase()
    .split('/')
    .filter((part) => part !== '');
}

function isAllowedRead(segments: readonly string[]): boolean {
  const [root = ''] = segments;
  if (['version', 'healthz', 'livez', 'readyz', 'openapi', 'debug'].includes(root)) return true;
  const [group, rest] = root === 'api' ? ['', segments.slice(2)] : [segments[1] ?? '', segments.slice(3)];
  if (rest.length === 0) return true;
  const [resource = '', name, subresource, ...more] =
    rest[0] === 'namespaces' && rest.length > 2 ? rest.slice(2) : rest;
  if (more.length > 0) return false;
  const isReadable = ALLOWED_RESOURCES.some((each) => each.group === group && each.resources.includes(resource));
  const isConfigMap = group === '' && resource === 'configmaps' && name === 'kube-proxy';
  return (isReadable || isConfigMap) && (subresource === undefined || (resource === 'pods' && subresource === 'log'));
}

describe('whatever is forwarded', () => {
  const piece = fc.constantFrom(
    ...[
      'api',
      'apis',
      'v1',
      'apps',
      'namespaces',
      'shop',
      'pods',
      'secrets',
      'configmaps',
      'kube-proxy',
      'nodes',
      'log',
      'exec',
    ],
    ...[
      'proxy',
      'deployments',
      'watch',
      'token',
      'serviceaccounts',
      'a',
      '..',
      '.',
      '',
      '%2e%2e',
      '%2f',
      '%00',
      ';',
      '\\',
      'Pods',
    ],
    ...[
      'api-0',
      'hypershift.openshift.io',
      'v1beta1',
      'hostedclusters',
      'version',
      'readyz',
      'openapi',
      'v3',
      '%252e',
      '~',
      '*',
      'é',
    ],
  );
  const query = fc.constantFrom(
    '',
    '?',
    '?watch=true',
    '?watch=true&timeoutSeconds=5',
    '?limit=1',
    '?a=b',
    '?follow=1&timeout=9s',
    '?/../../secrets',
    '?labelSelector=%2e%2e%2fsecrets',
  );
  const built = fc
    .tuple(fc.array(piece, { maxLength: 9 }), query)
    .map(([pieces, tail]) => `/${pieces.join('/')}${tail}`);
  const good = fc.constantFrom(
    `${SHOP}/pods/api-0`,
    '/apis/apps/v1/deployments',
    '/api/v1/nodes',
    `${SHOP}/pods/api-0/log`,
    '/readyz/etcd',
  );
  const spoiled = fc
    .tuple(good, fc.nat(60), fc.oneof(piece, fc.string({ maxLength: 4 })))
    .map(([path, at, more]) => path.slice(0, at) + more + path.slice(at));

  it('is an allowed read for the most lenient reader too', () => {
    let admitted = 0;
    fc.assert(
      fc.property(fc.oneof(built, spoiled, good, fc.webPath()), (target) => {
        const admission = admit(target);
        if (admission.kind === 'refused') {
          expect(admission.refusal.message).not.toBe('');
          return;
        }
        admitted += 1;
        const [path = ''] = admission.call.target.split('?');
        // The plain reader and the lenient one see the same path.
        expect(`/${lenientSegments(path).join('/')}`).toBe(path.toLowerCase());
        expect(isAllowedRead(lenientSegments(path))).toBe(true);
        expect(admission.call.target).toMatch(/^[\x21-\x7e]+$/u);
      }),
      { numRuns: fuzzRuns(3000) },
    );
    expect(admitted).toBeGreaterThan(fuzzRuns(3000) / 10);
  }, 30_000);
});
