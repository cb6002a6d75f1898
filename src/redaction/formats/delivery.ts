import type { TokenIssuer } from './token-format.ts';

/** Building, testing and delivering software. */
export const DELIVERY: readonly TokenIssuer[] = [
  {
    source: 'https://circleci.com/docs/managing-api-tokens/',
    prefixed: [
      [
        'circleci-token',
        'CCIPAT_ CCIPRJ_',
        'CCI(?:PAT|PRJ)_[A-Za-z0-9]{22}_[a-f0-9]{40}',
        'CCIPAT_<an:22>_<hex:40>',
        'CCIPAT_<an:5>',
      ],
    ],
    named: [['circleci-token', 'circleci circle_token', '[a-f0-9]{40}', 'CIRCLE_TOKEN=<hex:40>', 'circleci build 12']],
  },
  {
    source: 'https://buildkite.com/docs/apis/managing-api-tokens',
    prefixed: [
      ['buildkite-token', 'bkua_ bkat_ bkct_', 'bk(?:ua|at|ct)_[A-Za-z0-9]{32}', 'bkua_<hex:40>', 'bkua_<hex:5>'],
    ],
  },
  {
    source: 'https://docs.travis-ci.com/user/triggering-builds/',
    named: [['travis-token', 'travis', '[A-Za-z0-9_-]{22}', 'TRAVIS_API_TOKEN=<an:22>', 'travis job 12']],
  },
  {
    source: 'https://developer.harness.io/docs/platform/automation/api/add-and-manage-api-keys/',
    prefixed: [
      [
        'harness-token',
        'pat. sat.',
        '[ps]at\\.[A-Za-z0-9_-]{22}\\.[a-f0-9]{24}\\.[A-Za-z0-9]{20}',
        'pat.<an:22>.<hex:24>.<an:20>',
        'pat.name.value',
      ],
    ],
  },
  {
    source: 'https://www.jenkins.io/doc/book/system-administration/authenticating-scripted-clients/',
    named: [
      [
        'jenkins-token',
        'jenkins',
        '(?:11[a-f0-9]{32}|[a-f0-9]{32})',
        'JENKINS_API_TOKEN=11<hex:32>',
        'jenkins agent 12',
      ],
    ],
  },
  {
    source: 'https://docs.drone.io/quickstart/cli/',
    named: [['drone-token', 'drone_token droneci', '[A-Za-z0-9]{32}', 'DRONE_TOKEN=<an:32>', 'drone_token=none']],
  },
  {
    source: 'https://docs.codecov.com/docs/codecov-tokens',
    named: [
      [
        'codecov-token',
        'codecov',
        '(?:[a-z0-9]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})',
        'CODECOV_TOKEN=<uuid>',
        'codecov upload done',
      ],
    ],
  },
  {
    source: 'https://docs.sonarsource.com/sonarqube-server/latest/user-guide/managing-tokens/',
    prefixed: [['sonar-token', 'squ_ sqp_ sqa_', 'sq[upa]_[a-z0-9]{40}', 'squ_<hex:40>', 'squ_<hex:4>']],
    named: [['sonar-token', 'sonar', '[a-f0-9]{40}', 'SONAR_TOKEN=<hex:40>', 'sonar scan done']],
  },
  {
    source: 'https://docs.snyk.io/snyk-api/authentication-for-api',
    prefixed: [
      [
        'snyk-token',
        'snyk_uat. snyk_sat.',
        'snyk_[us]at\\.[a-z0-9]{8}\\.[A-Za-z0-9_=.-]{60}',
        'snyk_uat.<low:8>.<an:120>',
        'snyk_uat.<low:4>',
      ],
    ],
    named: [['snyk-token', 'snyk', '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}', 'SNYK_TOKEN=<uuid>', 'snyk test']],
  },
  {
    source: 'https://launchdarkly.com/docs/home/account/api',
    prefixed: [
      [
        'launchdarkly-key',
        'api- sdk- mob-',
        '(?:api|sdk|mob)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
        'sdk-<uuid>',
        'api-version-2',
      ],
    ],
    named: [
      [
        'launchdarkly-key',
        'launchdarkly',
        '[A-Za-z0-9_=-]{40}',
        'LAUNCHDARKLY_ACCESS_TOKEN=<an:40>',
        'launchdarkly flag x',
      ],
    ],
  },
  {
    source: 'https://octopus.com/docs/octopus-rest-api/how-to-create-an-api-key',
    prefixed: [['octopus-key', 'API-', 'API-[A-Z0-9]{25,36}\\b', 'API-<up:32>', 'API-GATEWAY']],
  },
  {
    source: 'https://docs.prefect.io/v3/how-to-guides/cloud/manage-users/api-keys',
    prefixed: [['prefect-key', 'pnu_ pnb_', 'pn[ub]_[A-Za-z0-9]{36}', 'pnu_<an:36>', 'pnu_<an:6>']],
  },
  {
    source: 'https://developer.hashicorp.com/vault/docs/concepts/tokens',
    prefixed: [['vault-token', 'hvs. hvb. hvr.', 'hv[sbr]\\.[A-Za-z0-9_-]{24}', 'hvs.<an:95>', 'hvs.json']],
    inside: [
      [
        'terraform-token',
        '.atlasv1.',
        '[A-Za-z0-9]{14}\\.atlasv1\\.[A-Za-z0-9_=-]{60,70}',
        '<an:14>.atlasv1.<an:67>',
        '<an:4>.atlasv1.<an:6>',
      ],
    ],
    named: [['vault-token', 'vault_token', 's\\.[A-Za-z0-9]{24}', 'VAULT_TOKEN=s.<an:24>', 'vault_token_ttl=s.x']],
  },
  {
    source: 'https://www.pulumi.com/docs/pulumi-cloud/access-management/access-tokens/',
    prefixed: [['pulumi-token', 'pul-', 'pul-[a-f0-9]{40}', 'pul-<hex:40>', 'pul-<hex:6>']],
  },
  {
    source: 'https://docs.doppler.com/docs/service-tokens',
    prefixed: [
      [
        'doppler-token',
        'dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.',
        'dp\\.(?:pt|st|ct|sa|scim|audit)\\.(?:[a-z0-9_-]{2,35}\\.)?[A-Za-z0-9]{40}',
        'dp.st.dev.<an:43>',
        'dp.st.<an:6>',
      ],
    ],
  },
  {
    source: 'https://infisical.com/docs/documentation/platform/token',
    prefixed: [
      [
        'infisical-token',
        'st.',
        'st\\.[a-f0-9]{24}\\.[a-f0-9]{32}\\.[a-f0-9]{32}',
        'st.<hex:24>.<hex:32>.<hex:32>',
        'st.value',
      ],
    ],
  },
  {
    source: 'https://developer.1password.com/docs/service-accounts/',
    prefixed: [
      ['1password-token', 'ops_', 'ops_eyJ[A-Za-z0-9_+/=-]{100}', 'ops_eyJ<an:250>', 'ops_team'],
      [
        '1password-secret-key',
        'A3-',
        'A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}',
        'A3-<up:6>-<up:11>-<up:5>-<up:5>-<up:5>',
        'A3-<up:4>',
      ],
    ],
  },
  {
    source: 'https://age-encryption.org/v1',
    prefixed: [
      [
        'age-secret-key',
        'AGE-SECRET-KEY-1',
        'AGE-SECRET-KEY-1[0-9A-Z]{58}',
        'AGE-SECRET-KEY-1<up:58>',
        'AGE-SECRET-KEY-1',
      ],
    ],
  },
  {
    source: 'https://tailscale.com/kb/1277/key-prefixes',
    prefixed: [
      [
        'tailscale-key',
        'tskey-',
        'tskey-(?:[a-z]+-)?[A-Za-z0-9]{8,20}-[A-Za-z0-9]{16,40}',
        'tskey-auth-<an:12>-<an:32>',
        'tskey-auth',
      ],
    ],
  },
  {
    source: 'https://ngrok.com/docs/api/',
    named: [
      [
        'ngrok-token',
        'ngrok',
        '(?:[A-Za-z0-9]{27}_[A-Za-z0-9]{21}|ak_[A-Za-z0-9]{24,32})',
        'NGROK_AUTHTOKEN=<an:27>_<an:21>',
        'ngrok http 8080',
      ],
    ],
  },
  {
    source: 'https://docs.docker.com/engine/swarm/join-nodes/',
    prefixed: [
      [
        'swarm-token',
        'SWMTKN-1- SWMKEY-1-',
        'SWM(?:TKN-1-[a-z0-9]{50}-[a-z0-9]{25}|KEY-1-[A-Za-z0-9+/]{43})',
        'SWMTKN-1-<low:50>-<low:25>',
        'SWMTKN-1-<low:5>',
      ],
    ],
  },
  {
    source: 'https://docs.openshift.com/container-platform/latest/authentication/managing-oauth-access-tokens.html',
    prefixed: [['openshift-token', 'sha256~', 'sha256~[A-Za-z0-9_-]{20}', 'sha256~<an:43>', 'sha256~<an:6>']],
  },
  {
    source: 'https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/',
    named: [
      [
        'bootstrap-token',
        '--token bootstrap-token token:',
        '[a-z0-9]{6}\\.[a-z0-9]{16}',
        'kubeadm join 10.0.0.1:6443 --token <low:6>.<low:16>',
        'token: a.b',
      ],
    ],
  },
  {
    source: 'https://docs.k3s.io/cli/token',
    prefixed: [
      ['k3s-token', 'K10', 'K10[a-f0-9]{64}::[A-Za-z0-9:.-]{10}', 'K10<hex:64>::server:<hex:32>', 'K10<hex:4>'],
    ],
  },
  {
    source: 'https://ranchermanager.docs.rancher.com/reference-guides/user-settings/api-keys',
    prefixed: [
      ['rancher-token', 'token-', 'token-[a-z0-9]{5}:[a-z0-9]{54}', 'token-<low:5>:<low:54>', 'token-<low:5>'],
    ],
  },
  {
    source: 'https://docs.ansible.com/ansible/latest/vault_guide/vault_using_encrypted_content.html',
    prefixed: [
      [
        'ansible-vault',
        '$ANSIBLE_VAULT;',
        '\\$ANSIBLE_VAULT;[0-9.]{3};AES256(?:;[\\w-]{1,64})?(?:\\s+[0-9]{2,})+',
        '$ANSIBLE_VAULT;1.1;AES256\n<dig:80>\n<dig:80>',
        '$ANSIBLE_VAULT;1.1',
      ],
    ],
  },
  {
    source: 'https://goteleport.com/docs/reference/join-methods/',
    named: [['teleport-token', 'teleport', '[a-f0-9]{32}', 'teleport start --token=<hex:32>', 'teleport version 16']],
  },
  {
    source: 'https://docs.portainer.io/api/access',
    prefixed: [['portainer-token', 'ptr_', 'ptr_[A-Za-z0-9+/=]{40}', 'ptr_<an:44>', 'ptr_<an:4>']],
  },
];
