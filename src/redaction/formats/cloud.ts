import type { TokenIssuer } from './token-format.ts';

/** Clouds, hosting and edge networks. */
export const CLOUD: readonly TokenIssuer[] = [
  {
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html',
    prefixed: [
      [
        'aws-access-key-id',
        'AKIA ASIA ABIA ACCA',
        'A(?:KIA|SIA|BIA|CCA)[A-Z0-9]{16}\\b',
        'AKIA<b32:16>',
        'AKIA<b32:9>',
      ],
      [
        'aws-bedrock-key',
        'bedrock-api-key-',
        'bedrock-api-key-[A-Za-z0-9+/]{28}',
        'bedrock-api-key-<an:60>',
        'bedrock-api-key-id',
      ],
      [
        'aws-bedrock-key',
        'ABSKQmVkcm9ja0FQSUtleS',
        'ABSKQmVkcm9ja0FQSUtleS[A-Za-z0-9+/]{60}',
        'ABSKQmVkcm9ja0FQSUtleS<an:90>',
        'ABSKQmVkcm9ja0FQ',
      ],
    ],
    named: [
      [
        'aws-secret-key',
        'aws_secret secretaccesskey',
        '[A-Za-z0-9/+]{40}',
        'aws_secret_access_key = <an:38>/a',
        'aws_secret_access_key_file = /etc/aws/key',
      ],
      [
        'aws-session-token',
        'aws_session_token sessiontoken',
        '[A-Za-z0-9/+]{100,1000}',
        'aws_session_token = <an:300>',
        'aws_session_token = none',
      ],
    ],
  },
  {
    source: 'https://cloud.google.com/docs/authentication/api-keys',
    prefixed: [
      ['google-api-key', 'AIza', 'AIza[A-Za-z0-9_-]{35}', 'AIza<an:35>', 'AIza<an:12>'],
      ['google-oauth-secret', 'GOCSPX-', 'GOCSPX-[A-Za-z0-9_-]{28}', 'GOCSPX-<an:28>', 'GOCSPX-<an:8>'],
      ['google-access-token', 'ya29.', 'ya29\\.[A-Za-z0-9_-]{30}', 'ya29.<an:120>', 'ya29.json'],
      ['google-refresh-token', '1//0', '1//0[A-Za-z0-9_-]{50}', '1//0<an:80>', '1//0'],
    ],
  },
  {
    source: 'https://learn.microsoft.com/en-us/purview/sit-defn-azure-ad-client-secret',
    inside: [
      [
        'azure-client-secret',
        '0q~ 1q~ 2q~ 3q~ 4q~ 5q~ 6q~ 7q~ 8q~ 9q~',
        '[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}',
        '<an:3>8Q~<an:34>',
        '<an:3>8Q~<an:9>',
      ],
      ['azure-key', 'JQQJ99', '[A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{26}', '<an:52>JQQJ99<an:26>', '<an:6>JQQJ99<an:4>'],
      ['azure-devops-token', 'AZDO', '[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}', '<an:76>AZDO<an:4>', '<an:9>AZDO<an:4>'],
      ['azure-registry-key', '+ACR', '[A-Za-z0-9/+]{42}\\+ACR[A-Za-z0-9]{6}', '<an:42>+ACR<an:6>', '<an:4>+ACR<an:6>'],
      [
        'azure-storage-key',
        '+ASt',
        '[A-Za-z0-9/+]{76}\\+ASt[A-Za-z0-9/+]{5,8}',
        '<an:76>+ASt<an:6>',
        '<an:8>+ASt<an:6>',
      ],
      ['azure-cosmos-key', 'ACDb', '[A-Za-z0-9/+]{76}ACDb[A-Za-z0-9/+]{5,8}', '<an:76>ACDb<an:6>', '<an:8>ACDb<an:6>'],
      [
        'azure-function-key',
        'AzFu',
        '[A-Za-z0-9_-]{44}AzFu[A-Za-z0-9_-]{5,8}',
        '<an:44>AzFu<an:6>',
        '<an:8>AzFu<an:6>',
      ],
      ['azure-search-key', 'AzSe', '[A-Za-z0-9]{42}AzSe[A-Za-z0-9]{6}', '<an:42>AzSe<an:6>', '<an:8>AzSe<an:6>'],
      ['azure-batch-key', '+ABa', '[A-Za-z0-9/+]{76}\\+ABa[A-Za-z0-9/+]{5,8}', '<an:76>+ABa<an:6>', '<an:8>+ABa<an:6>'],
    ],
    named: [
      [
        'azure-account-key',
        'accountkey sharedaccesskey',
        '[A-Za-z0-9/+]{43,86}={0,2}',
        'AccountKey=<an:86>==',
        'AccountKey=none',
      ],
      [
        'azure-sas-signature',
        '&sig= ?sig=',
        '[A-Za-z0-9%/+]{43,60}',
        'https://a.blob.core.windows.net/c?sv=2022&sig=<an:44>%3D',
        'https://a.example.com/?a=1&sig=<an:6>',
      ],
      [
        'azure-subscription-key',
        'ocp-apim-subscription-key',
        '[0-9a-f]{32}',
        'Ocp-Apim-Subscription-Key: <hex:32>',
        'Ocp-Apim-Subscription-Key: <hex:8>',
      ],
    ],
  },
  {
    source: 'https://docs.digitalocean.com/reference/api/create-personal-access-token/',
    prefixed: [
      [
        'digitalocean-token',
        'dop_v1_ doo_v1_ dor_v1_',
        'do[por]_v1_[a-f0-9]{64}',
        'dop_v1_<hex:64>',
        'dop_v1_<hex:10>',
      ],
      ['digitalocean-spaces-key', 'DO00', 'DO00[A-Z0-9]{16}\\b', 'DO00<up:16>', 'DO00<up:6>'],
    ],
  },
  {
    source: 'https://devcenter.heroku.com/articles/platform-api-quickstart',
    prefixed: [
      ['heroku-key', 'HRKU-', 'HRKU-(?:AA[A-Za-z0-9_-]{58}|[a-f0-9-]{36})', 'HRKU-AA<an:58>', 'HRKU-AA<an:7>'],
    ],
    named: [
      [
        'heroku-key',
        'heroku',
        '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
        'HEROKU_API_KEY=<uuid>',
        'heroku release v12 done',
      ],
    ],
  },
  {
    source: 'https://www.alibabacloud.com/help/en/ram/user-guide/create-an-accesskey-pair',
    prefixed: [['alibaba-key-id', 'LTAI', 'LTAI[A-Za-z0-9]{12,20}\\b', 'LTAI5t<an:18>', 'LTAI<an:4>']],
    named: [
      [
        'alibaba-secret',
        'alibaba aliyun accesskeysecret',
        '[A-Za-z0-9]{30}',
        'ALIBABA_CLOUD_ACCESS_KEY_SECRET=<an:30>',
        'aliyun region=cn-hangzhou',
      ],
    ],
  },
  {
    source: 'https://www.tencentcloud.com/document/product/598/32675',
    prefixed: [['tencent-secret-id', 'AKID', 'AKID[A-Za-z0-9]{32}\\b', 'AKID<an:32>', 'AKID<an:5>']],
    named: [
      [
        'tencent-secret-key',
        'tencent',
        '[A-Za-z0-9]{32}',
        'TENCENTCLOUD_SECRET_KEY=<an:32>',
        'tencentcloud region=ap-guangzhou',
      ],
    ],
  },
  {
    source: 'https://yandex.cloud/en/docs/iam/concepts/authorization/api-key',
    prefixed: [
      ['yandex-key', 'AQVN', 'AQVN[A-Za-z0-9_-]{35,38}\\b', 'AQVN<an:36>', 'AQVN<an:6>'],
      ['yandex-access-key', 'YCAJE YCM YCN', 'YC[A-Z][A-Za-z0-9_-]{38}', 'YCM<an:38>', 'YCM<an:8>'],
      ['yandex-oauth-token', 'y0_', 'y0_[A-Za-z0-9_-]{40}', 'y0_<an:55>', 'y0_axis'],
      ['yandex-iam-token', 't1.9eu', 't1\\.9eu[A-Za-z0-9_.-]{80}', 't1.9eu<an:100>', 't1.9eu'],
    ],
  },
  {
    source: 'https://www.volcengine.com/docs/6291/65568',
    prefixed: [['volcengine-key-id', 'AKLT', 'AKLT[A-Za-z0-9]{40}', 'AKLT<an:44>', 'AKLT<an:5>']],
  },
  {
    source: 'https://cloud.ibm.com/docs/account?topic=account-userapikey',
    prefixed: [
      [
        'ibm-api-key',
        'ApiKey-',
        'ApiKey-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
        'ApiKey-<uuid>',
        'ApiKey-rotation',
      ],
    ],
    named: [
      [
        'ibm-api-key',
        'ibmcloud ibm_cloud bluemix',
        '[A-Za-z0-9_-]{44}',
        'IBMCLOUD_API_KEY=<an:44>',
        'ibmcloud region eu-de',
      ],
    ],
  },
  {
    source: 'https://developers.cloudflare.com/fundamentals/api/get-started/create-token/',
    prefixed: [
      ['cloudflare-token', 'cfat_ cfut_ cfk_', 'cf(?:at|ut|k)_[A-Za-z0-9]{40}', 'cfat_<an:48>', 'cfat_<an:4>'],
      ['cloudflare-origin-key', 'v1.0-', 'v1\\.0-[a-f0-9]{24}-[a-f0-9]{146}', 'v1.0-<hex:24>-<hex:146>', 'v1.0-rc1'],
    ],
    named: [
      [
        'cloudflare-token',
        'cloudflare cf_api',
        '[A-Za-z0-9_-]{40}',
        'CLOUDFLARE_API_TOKEN=<an:40>',
        'cloudflare zone example.com',
      ],
      [
        'cloudflare-global-key',
        'cloudflare x-auth-key',
        '[a-f0-9]{37}',
        'X-Auth-Key: <hex:37>',
        'cloudflare status=active',
      ],
    ],
  },
  {
    source: 'https://fly.io/docs/security/tokens/',
    prefixed: [
      ['fly-token', 'fo1_ fm1r_ fm1a_ fm2_', 'f(?:o1|m1[ar]|m2)_[A-Za-z0-9+/_-]{40}', 'fm2_<an:120>', 'fm2_<an:7>'],
    ],
  },
  {
    source: 'https://vercel.com/docs/sign-in-with-vercel/tokens',
    prefixed: [['vercel-token', 'vcp_ vci_ vca_ vcr_ vck_', 'vc[piark]_[A-Za-z0-9]{24}', 'vcp_<an:56>', 'vcp_<an:6>']],
    named: [['vercel-token', 'vercel', '[A-Za-z0-9]{24}', 'VERCEL_TOKEN=<an:24>', 'vercel deploy --prod']],
  },
  {
    source: 'https://docs.netlify.com/api-and-cli-guides/api-guides/get-started-with-api/',
    prefixed: [
      ['netlify-token', 'nfp_ nfc_ nfo_ nfu_ nfb_', 'nf[pcoub]_[A-Za-z0-9_]{36}', 'nfp_<an:36>', 'nfp_<an:8>'],
    ],
    named: [
      ['netlify-token', 'netlify', '[A-Za-z0-9_=-]{40,46}', 'NETLIFY_AUTH_TOKEN=<an:43>', 'netlify site=example'],
    ],
  },
  {
    source: 'https://techdocs.akamai.com/linode-api/reference/get-started',
    named: [
      ['linode-token', 'linode', '[a-f0-9]{64}', 'LINODE_TOKEN=<hex:64>', 'linode region=eu-west'],
      [
        'akamai-client-secret',
        'akamai edgegrid client_secret',
        '[A-Za-z0-9/+]{43}=',
        'client_secret = <an:43>=',
        'client_secret = none',
      ],
    ],
    inside: [
      ['akamai-client-token', 'akab-', 'akab-[a-z0-9]{16}-[a-z0-9]{16}', 'akab-<low:16>-<low:16>', 'akab-<low:5>'],
    ],
  },
  {
    source: 'https://docs.hetzner.com/cloud/api/getting-started/generating-api-token/',
    named: [['hetzner-token', 'hetzner hcloud', '[A-Za-z0-9]{64}', 'HCLOUD_TOKEN=<an:64>', 'hcloud server list']],
  },
  {
    source: 'https://www.scaleway.com/en/docs/iam/concepts/',
    prefixed: [['scaleway-key-id', 'SCW', 'SCW[A-Z0-9]{17}\\b', 'SCW<up:17>', 'SCW<up:3>']],
    named: [
      [
        'scaleway-secret',
        'scaleway scw_secret',
        '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
        'SCW_SECRET_KEY=<uuid>',
        'scaleway zone fr-par-1',
      ],
    ],
  },
  {
    source: 'https://docs.vultr.com/platform/other/api',
    named: [['vultr-key', 'vultr', '[A-Z0-9]{36}', 'VULTR_API_KEY=<up:36>', 'vultr plan vc2']],
  },
  {
    source: 'https://help.ovhcloud.com/csm/en-api-getting-started-ovhcloud-api',
    named: [['ovh-key', 'ovh_', '[A-Za-z0-9]{16,32}', 'OVH_CONSUMER_KEY=<an:32>', 'ovh_region=gra7']],
  },
  {
    source: 'https://render.com/docs/api',
    prefixed: [['render-key', 'rnd_', 'rnd_[A-Za-z0-9]{28}', 'rnd_<an:28>', 'rnd_state']],
  },
  {
    source: 'https://docs.railway.com/reference/public-api',
    named: [
      ['railway-token', 'railway', '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}', 'RAILWAY_TOKEN=<uuid>', 'railway up'],
    ],
  },
  {
    source: 'https://docs.fastly.com/en/guides/using-api-tokens',
    named: [['fastly-token', 'fastly', '[A-Za-z0-9_-]{32}', 'FASTLY_API_TOKEN=<an:32>', 'fastly service=1']],
  },
];
