import type { TokenIssuer } from './token-format.ts';

/** Package registries and image registries. */
export const PACKAGES: readonly TokenIssuer[] = [
  {
    source: 'https://docs.npmjs.com/about-access-tokens',
    prefixed: [['npm-token', 'npm_', 'npm_[A-Za-z0-9]{36}', 'npm_<an:36>', 'npm_config_cache']],
    named: [
      [
        'npm-auth',
        '_authtoken _auth',
        '(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[A-Za-z0-9+/=]{20,400})',
        '//registry.example.com/:_authToken=<uuid>',
        '_auth=none',
      ],
    ],
  },
  {
    source: 'https://pypi.org/help/#apitoken',
    prefixed: [
      [
        'pypi-token',
        'pypi-AgEIcHlwaS5vcmc pypi-AgENdGVzdC5weXBpLm9yZw',
        'pypi-AgE(?:IcHlwaS5vcmc|NdGVzdC5weXBpLm9yZw)[A-Za-z0-9_-]{50}',
        'pypi-AgEIcHlwaS5vcmc<an:120>',
        'pypi-AgEIcHlwaS5vcmc',
      ],
    ],
  },
  {
    source: 'https://guides.rubygems.org/api-key-scopes/',
    prefixed: [['rubygems-key', 'rubygems_', 'rubygems_[a-f0-9]{48}', 'rubygems_<hex:48>', 'rubygems_version']],
  },
  {
    source: 'https://doc.rust-lang.org/cargo/reference/registry-authentication.html',
    prefixed: [['crates-token', 'cio', 'cio[A-Za-z0-9]{32}\\b', 'cio<an:32>', 'cio<an:4>']],
  },
  {
    source: 'https://learn.microsoft.com/en-us/nuget/nuget-org/scoped-api-keys',
    prefixed: [['nuget-key', 'oy2', 'oy2[a-z0-9]{43}\\b', 'oy2<low:43>', 'oy2<low:4>']],
  },
  {
    source: 'https://docs.docker.com/security/access-tokens/',
    prefixed: [
      ['docker-token', 'dckr_pat_ dckr_oat_', 'dckr_[po]at_[A-Za-z0-9_-]{27}', 'dckr_pat_<an:27>', 'dckr_pat_<an:4>'],
    ],
  },
  {
    source: 'https://docs.jfrog.com/administration/docs/access-tokens',
    prefixed: [
      ['jfrog-key', 'AKCp', 'AKCp[A-Za-z0-9]{60}', 'AKCp<an:69>', 'AKCp<an:4>'],
      ['jfrog-token', 'cmVmdGtu', 'cmVmdGtu[A-Za-z0-9+/]{48}', 'cmVmdGtu<an:56>', 'cmVmdGtu'],
    ],
    named: [
      [
        'artifactory-token',
        'artifactory jfrog',
        '[A-Za-z0-9_-]{64,73}',
        'JFROG_ACCESS_TOKEN=<an:64>',
        'artifactory repo a',
      ],
    ],
  },
  {
    source: 'https://github.com/clojars/clojars-web/wiki/Deploy-Tokens',
    prefixed: [['clojars-token', 'CLOJARS_', 'CLOJARS_[a-z0-9]{60}', 'CLOJARS_<hex:60>', 'CLOJARS_<hex:4>']],
  },
  {
    source: 'https://packagist.com/docs/composer-authentication',
    prefixed: [
      [
        'packagist-token',
        'packagist_',
        'packagist_[ou][ru][tg]_[a-f0-9]{60}',
        'packagist_out_<hex:68>',
        'packagist_out',
      ],
    ],
  },
  {
    source: 'https://docs.deno.com/deploy/manual/',
    prefixed: [['deno-token', 'ddp_ ddw_ ddo_', 'dd[pwo]_[A-Za-z0-9]{36}', 'ddp_<an:36>', 'ddp_<an:4>']],
  },
  {
    source: 'https://docs.redhat.com/en/documentation/red_hat_quay/',
    named: [
      ['quay-token', 'quay_token quay_robot robot', '[A-Z0-9]{64}', 'QUAY_ROBOT_TOKEN=<up:64>', 'robot account a'],
    ],
  },
  {
    source: 'https://help.cloudsmith.io/docs/api-key',
    named: [
      [
        'cloudsmith-key',
        'cloudsmith gemfury anaconda',
        '[A-Za-z0-9-]{20,40}[0-9][A-Za-z0-9-]{0,9}',
        'CLOUDSMITH_API_KEY=<hex:39>7',
        'anaconda package a',
      ],
    ],
  },
];
