import type { TokenIssuer } from './token-format.ts';

/** Databases, search and analytics. */
export const DATA: readonly TokenIssuer[] = [
  {
    source: 'https://www.mongodb.com/docs/atlas/api/service-accounts/generate-oauth2-token/',
    prefixed: [
      ['mongodb-atlas-secret', 'mdb_sa_sk_', 'mdb_sa_sk_[A-Za-z0-9_-]{40}', 'mdb_sa_sk_<an:40>', 'mdb_sa_sk_<an:4>'],
    ],
  },
  {
    source: 'https://planetscale.com/docs/api/reference/service-tokens',
    prefixed: [
      ['planetscale-token', 'pscale_tkn_', 'pscale_tkn_[A-Za-z0-9_=.-]{32}', 'pscale_tkn_<an:43>', 'pscale_tkn_<an:4>'],
      ['planetscale-password', 'pscale_pw_', 'pscale_pw_[A-Za-z0-9_=.-]{32}', 'pscale_pw_<an:43>', 'pscale_pw_<an:4>'],
      [
        'planetscale-oauth-token',
        'pscale_oauth_',
        'pscale_oauth_[A-Za-z0-9_=.-]{32}',
        'pscale_oauth_<an:43>',
        'pscale_oauth_<an:4>',
      ],
    ],
  },
  {
    source: 'https://supabase.com/docs/guides/api/api-keys',
    prefixed: [
      [
        'supabase-key',
        'sbp_ sb_secret_',
        '(?:sbp_(?:v0_)?[a-f0-9]{40}|sb_secret_[A-Za-z0-9_-]{30})',
        'sbp_<hex:40>',
        'sbp_<hex:4>',
      ],
    ],
  },
  {
    source: 'https://neon.com/docs/manage/api-keys',
    prefixed: [
      ['neon-key', 'napi_ npg_', '(?:napi_[a-z0-9]{40}|npg_[A-Za-z0-9]{12,16}\\b)', 'napi_<low:64>', 'napi_<low:4>'],
    ],
  },
  {
    source: 'https://www.cockroachlabs.com/docs/cockroachcloud/managing-access',
    prefixed: [
      ['cockroach-key', 'CCDB1_', 'CCDB1_[A-Za-z0-9]{22}_[A-Za-z0-9]{40}', 'CCDB1_<an:22>_<an:40>', 'CCDB1_<an:4>'],
    ],
  },
  {
    source: 'https://aiven.io/docs/platform/concepts/authentication-tokens',
    prefixed: [['aiven-password', 'AVNS_', 'AVNS_[A-Za-z0-9_-]{15}', 'AVNS_<an:19>', 'AVNS_<an:4>']],
    named: [['aiven-token', 'aiven', '[A-Za-z0-9/+]{300,400}', 'AIVEN_TOKEN=<an:372>', 'aiven service a']],
  },
  {
    source: 'https://clickhouse.com/docs/cloud/manage/openapi',
    prefixed: [['clickhouse-key', '4b1d', '4b1d[A-Za-z0-9]{38}\\b', '4b1d<an:38>', '4b1d<an:4>']],
  },
  {
    source:
      'https://docs.confluent.io/cloud/current/security/authenticate/workload-identities/service-accounts/api-keys/overview.html',
    prefixed: [['confluent-secret', 'cflt', 'cflt[A-Za-z0-9+/]{60}', 'cflt<an:60>', 'cflt<an:4>']],
    named: [
      [
        'confluent-secret',
        'confluent',
        '(?:[A-Z0-9]{16}|[A-Za-z0-9/+]{64})',
        'CONFLUENT_API_SECRET=<an:64>',
        'confluent topic a',
      ],
    ],
  },
  {
    source: 'https://docs.datastax.com/en/astra-db-serverless/administration/manage-application-tokens.html',
    prefixed: [
      ['astra-token', 'AstraCS:', 'AstraCS:[A-Za-z]{24}:[a-f0-9]{64}', 'AstraCS:<al:24>:<hex:64>', 'AstraCS:<al:4>'],
    ],
  },
  {
    source: 'https://docs.influxdata.com/influxdb/v2/admin/tokens/',
    named: [['influxdb-token', 'influx', '[A-Za-z0-9_-]{86}(?:==)?', 'INFLUX_TOKEN=<an:86>==', 'influx bucket a']],
    prefixed: [['influxdb-3-token', 'apiv3_', 'apiv3_[A-Za-z0-9_-]{80}', 'apiv3_<an:86>', 'apiv3_<an:4>']],
  },
  {
    source: 'https://docs.databricks.com/aws/en/dev-tools/auth/pat',
    prefixed: [['databricks-token', 'dapi dkea dose', 'd(?:api|kea|ose)[a-f0-9]{32}', 'dapi<hex:32>', 'dapi<hex:4>']],
  },
  {
    source: 'https://docs.getdbt.com/docs/dbt-cloud-apis/user-tokens',
    prefixed: [['dbt-token', 'dbtc_ dbtu_', 'dbt[cu]_[A-Za-z0-9_-]{30}', 'dbtc_<an:42>', 'dbtc_<an:4>']],
  },
  {
    source: 'https://www.algolia.com/doc/guides/security/api-keys/',
    named: [['algolia-key', 'algolia', '[a-z0-9]{32}', 'ALGOLIA_ADMIN_KEY=<hex:32>', 'algolia index a']],
  },
  {
    source: 'https://www.elastic.co/docs/deploy-manage/api-keys/elastic-cloud-api-keys',
    prefixed: [['elastic-cloud-key', 'essu_', 'essu_[A-Za-z0-9+/=]{40}', 'essu_<an:80>', 'essu_<an:4>']],
    named: [
      [
        'elasticsearch-key',
        'elastic apikey',
        '[A-Za-z0-9_-]{60}(?:==)?',
        'ELASTIC_API_KEY=<an:60>',
        'elastic index logs',
      ],
    ],
  },
  {
    source: 'https://docs.pinecone.io/guides/projects/manage-api-keys',
    prefixed: [['pinecone-key', 'pcsk_', 'pcsk_[A-Za-z0-9_]{40}', 'pcsk_<an:5>_<an:63>', 'pcsk_<an:4>']],
    named: [
      [
        'pinecone-key',
        'pinecone',
        '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
        'PINECONE_API_KEY=<uuid>',
        'pinecone index a',
      ],
    ],
  },
  {
    source: 'https://posthog.com/docs/api',
    prefixed: [['posthog-key', 'phx_ phs_ phc_ pha_ phr_', 'ph[xscar]_[A-Za-z0-9]{30}', 'phx_<an:43>', 'phx_<an:4>']],
  },
  {
    source: 'https://xata.io/docs/concepts/api-keys',
    prefixed: [['xata-key', 'xau_', 'xau_[A-Za-z0-9]{30}', 'xau_<an:30>', 'xau_<an:4>']],
  },
  {
    source: 'https://www.tinybird.co/docs/forward/administration/tokens',
    prefixed: [
      [
        'tinybird-token',
        'p.eyJ',
        'p\\.eyJ[A-Za-z0-9_-]{20,400}\\.[A-Za-z0-9_-]{30}',
        'p.eyJ<an:70>.<an:43>',
        'p.eyJ<an:4>',
      ],
    ],
  },
  {
    source: 'https://docs.fauna.com/fauna/current/learn/security/keys/',
    prefixed: [['fauna-key', 'fnA', 'fnA[A-Za-z0-9_-]{37}\\b', 'fnA<an:37>', 'fnApply']],
  },
  {
    source: 'https://segment.com/docs/api/public-api/',
    prefixed: [['segment-token', 'sgp_', 'sgp_[A-Za-z0-9]{64}', 'sgp_<an:64>', 'sgp_<an:6>']],
  },
  {
    source: 'https://docs.mapbox.com/api/accounts/tokens/',
    prefixed: [
      [
        'mapbox-secret-token',
        'sk.eyJ',
        'sk\\.eyJ[A-Za-z0-9_-]{50,400}\\.[A-Za-z0-9_-]{20}',
        'sk.eyJ<an:80>.<an:22>',
        'sk.eyJ<an:4>',
      ],
      [
        'mapbox-token',
        'pk.eyJ',
        'pk\\.eyJ[A-Za-z0-9_-]{50,400}\\.[A-Za-z0-9_-]{20}',
        'pk.eyJ<an:80>.<an:22>',
        'pk.eyJ<an:4>',
      ],
    ],
  },
  {
    source: 'https://mixpanel.com/docs/orgs-and-projects/managing-projects',
    named: [
      [
        'analytics-key',
        'mixpanel amplitude rudderstack statsig',
        '[A-Za-z0-9]{32}',
        'MIXPANEL_API_SECRET=<hex:32>',
        'mixpanel event a',
      ],
    ],
  },
  {
    source: 'https://www.alchemy.com/docs/how-to-use-access-keys-in-alchemy-http-headers',
    prefixed: [['alchemy-key', 'alcht_', 'alcht_[A-Za-z0-9]{30}', 'alcht_<an:30>', 'alcht_<an:4>']],
  },
];
