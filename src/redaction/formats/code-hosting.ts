import type { TokenIssuer } from './token-format.ts';

/** Code hosting, reviews and planning. */
export const CODE_HOSTING: readonly TokenIssuer[] = [
  {
    source:
      'https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats',
    prefixed: [
      ['github-token', 'ghp_ gho_ ghu_ ghs_ ghr_', 'gh[pousr]_[A-Za-z0-9]{36}', 'ghp_<an:36>', 'ghp_<an:9>'],
      [
        'github-fine-grained-token',
        'github_pat_',
        'github_pat_[A-Za-z0-9_]{36}',
        'github_pat_<an:22>_<an:59>',
        'github_pat_<an:6>',
      ],
    ],
    named: [
      [
        'github-oauth-secret',
        'github_client github_secret github_token',
        '[a-f0-9]{40}',
        'GITHUB_CLIENT_SECRET=<hex:40>',
        'github_secret: see the vault',
      ],
    ],
  },
  {
    source: 'https://docs.gitlab.com/security/tokens/#token-prefixes',
    prefixed: [
      ['gitlab-token', 'glpat-', 'glpat-[A-Za-z0-9_-]{20}', 'glpat-<an:20>', 'glpat-<an:6>'],
      ['gitlab-deploy-token', 'gldt-', 'gldt-[A-Za-z0-9_-]{20}', 'gldt-<an:20>', 'gldt-<an:6>'],
      ['gitlab-runner-token', 'glrt- glrtr-', 'glrtr?-[A-Za-z0-9_.-]{20}', 'glrt-<an:20>', 'glrt-<an:6>'],
      ['gitlab-job-token', 'glcbt-', 'glcbt-[A-Za-z0-9_-]{16}', 'glcbt-<an:25>', 'glcbt-<an:6>'],
      ['gitlab-trigger-token', 'glptt-', 'glptt-[0-9a-f]{40}', 'glptt-<hex:40>', 'glptt-<hex:6>'],
      ['gitlab-feed-token', 'glft-', 'glft-[A-Za-z0-9_-]{20}', 'glft-<an:20>', 'glft-<an:6>'],
      ['gitlab-mail-token', 'glimt-', 'glimt-[A-Za-z0-9_-]{20}', 'glimt-<an:25>', 'glimt-<an:6>'],
      ['gitlab-agent-token', 'glagent-', 'glagent-[A-Za-z0-9_-]{40}', 'glagent-<an:50>', 'glagent-<an:6>'],
      ['gitlab-oauth-secret', 'gloas-', 'gloas-[A-Za-z0-9_-]{40}', 'gloas-<an:64>', 'gloas-<an:6>'],
      ['gitlab-workspace-token', 'glwt-', 'glwt-[A-Za-z0-9_-]{20}', 'glwt-<an:20>', 'glwt-<an:6>'],
      ['gitlab-scim-token', 'glsoat-', 'glsoat-[A-Za-z0-9_-]{20}', 'glsoat-<an:20>', 'glsoat-<an:6>'],
      ['gitlab-feature-token', 'glffct-', 'glffct-[A-Za-z0-9_-]{20}', 'glffct-<an:20>', 'glffct-<an:6>'],
      ['gitlab-registration-token', 'GR1348941', 'GR1348941[A-Za-z0-9_-]{20}', 'GR1348941<an:20>', 'GR1348941'],
      [
        'gitlab-session',
        '_gitlab_session=',
        '_gitlab_session=([0-9a-z]{32})',
        '_gitlab_session=<hex:32>',
        '_gitlab_session=none',
      ],
    ],
  },
  {
    source: 'https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/',
    prefixed: [
      ['atlassian-token', 'ATATT3', 'ATATT3[A-Za-z0-9_=-]{60}', 'ATATT3xFfGF0<an:180>', 'ATATT3'],
      [
        'bitbucket-token',
        'ATCTT3 BBDC-',
        '(?:ATCTT3[A-Za-z0-9_=-]{60}|BBDC-[A-Za-z0-9+/]{40})',
        'ATCTT3xFfGN0<an:170>',
        'BBDC-<an:7>',
      ],
      ['bitbucket-app-password', 'ATBB', 'ATBB[A-Za-z0-9]{32}', 'ATBB<an:32>', 'ATBB<an:5>'],
      ['trello-token', 'ATTA', 'ATTA[a-f0-9]{64}', 'ATTA<hex:72>', 'ATTA<hex:6>'],
    ],
    named: [
      ['bitbucket-key', 'bitbucket', '[A-Za-z0-9]{32}', 'BITBUCKET_CLIENT_SECRET=<an:32>', 'bitbucket pipeline 12'],
    ],
  },
  {
    source: 'https://sourcegraph.com/docs/cli/how-tos/creating-an-access-token',
    prefixed: [
      [
        'sourcegraph-token',
        'sgp_ slk_',
        '(?:sgp_(?:[a-fA-F0-9]{16}_|local_)?[a-fA-F0-9]{40}|slk_[a-f0-9]{64})',
        'sgp_<hex:16>_<hex:40>',
        'sgp_<hex:6>',
      ],
    ],
  },
  {
    source: 'https://docs.gitea.com/development/api-usage',
    named: [['gitea-token', 'gitea forgejo codeberg', '[a-f0-9]{40}', 'GITEA_TOKEN=<hex:40>', 'gitea version 1.22.0']],
  },
  {
    source: 'https://linear.app/developers/graphql',
    prefixed: [
      ['linear-key', 'lin_api_ lin_oauth_', 'lin_(?:api|oauth)_[A-Za-z0-9]{40}', 'lin_api_<an:40>', 'lin_api_<an:4>'],
    ],
  },
  {
    source: 'https://developers.notion.com/reference/authentication',
    prefixed: [
      [
        'notion-token',
        'ntn_ secret_',
        '(?:ntn_[A-Za-z0-9]{40}|secret_[A-Za-z0-9]{43})',
        'ntn_<dig:11><an:35>',
        'secret_name',
      ],
    ],
  },
  {
    source: 'https://www.figma.com/developers/api#access-tokens',
    prefixed: [['figma-token', 'figd_ figo_ figu_', 'fig[dou]_[A-Za-z0-9_-]{38}', 'figd_<an:40>', 'figd_<an:5>']],
  },
  {
    source: 'https://developers.asana.com/docs/personal-access-token',
    named: [
      [
        'asana-token',
        'asana',
        '(?:[12]/[0-9]{10,20}(?:/[0-9]{10,20})?[:/][a-f0-9]{32}|[a-f0-9]{32})',
        'ASANA_CLIENT_SECRET=<hex:32>',
        'asana project 12',
      ],
    ],
  },
  {
    source: 'https://developer.clickup.com/docs/authentication',
    prefixed: [['clickup-token', 'pk_', 'pk_[0-9]{6,10}_[A-Z0-9]{32}', 'pk_<dig:8>_<up:32>', 'pk_12_AB']],
  },
  {
    source: 'https://learning.postman.com/docs/developer/postman-api/authentication/',
    prefixed: [
      [
        'postman-key',
        'PMAK- PMAT-',
        '(?:PMAK-[a-f0-9]{24}-[a-f0-9]{34}|PMAT-[0-9A-Z]{26})',
        'PMAK-<hex:24>-<hex:34>',
        'PMAK-<hex:4>',
      ],
    ],
  },
  {
    source: 'https://airtable.com/developers/web/guides/personal-access-tokens',
    prefixed: [['airtable-token', 'pat', 'pat[A-Za-z0-9]{14}\\.[a-f0-9]{64}', 'pat<an:14>.<hex:64>', 'path.to.value']],
    named: [['airtable-key', 'airtable', 'key[A-Za-z0-9]{14}', 'AIRTABLE_API_KEY=key<an:14>', 'airtable base=app1']],
  },
  {
    source: 'https://docs.readme.com/main/reference/authentication',
    prefixed: [['readme-key', 'rdme_', 'rdme_[a-z0-9]{70}', 'rdme_<low:70>', 'rdme_<low:5>']],
  },
  {
    source: 'https://developer.adobe.com/developer-console/docs/guides/authentication/',
    prefixed: [['adobe-secret', 'p8e-', 'p8e-[A-Za-z0-9_-]{32}', 'p8e-<an:32>', 'p8e-<an:5>']],
  },
  {
    source: 'https://help.salesforce.com/s/articleView?id=sf.connected_app_about.htm',
    prefixed: [
      ['salesforce-session', '00D', '00D[A-Za-z0-9]{12,15}![A-Za-z0-9._]{60,130}', '00D<an:12>!<an:90>', '00D<an:12>'],
    ],
  },
  {
    source: 'https://developers.hubspot.com/docs/guides/apps/private-apps/overview',
    prefixed: [
      [
        'hubspot-token',
        'pat-na1- pat-na2- pat-eu1- pat-ap1-',
        'pat-(?:na[12]|eu1|ap1)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
        'pat-eu1-<uuid>',
        'pat-eu1-x',
      ],
    ],
    named: [
      [
        'hubspot-key',
        'hubspot',
        '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
        'HUBSPOT_API_KEY=<uuid>',
        'hubspot form 12',
      ],
    ],
  },
  {
    source: 'https://www.contentful.com/developers/docs/references/authentication/',
    prefixed: [['contentful-token', 'CFPAT-', 'CFPAT-[A-Za-z0-9_-]{43}', 'CFPAT-<an:43>', 'CFPAT-<an:5>']],
    named: [
      ['contentful-token', 'contentful', '[A-Za-z0-9_=-]{43}', 'CONTENTFUL_ACCESS_TOKEN=<an:43>', 'contentful space=1'],
    ],
  },
  {
    source: 'https://www.typeform.com/developers/get-started/personal-access-token/',
    prefixed: [['typeform-token', 'tfp_', 'tfp_[A-Za-z0-9_.=-]{44}', 'tfp_<an:59>', 'tfp_<an:5>']],
  },
  {
    source: 'https://www.dropbox.com/developers/documentation/http/documentation',
    prefixed: [['dropbox-token', 'sl.', 'sl\\.[A-Za-z0-9_=-]{130}', 'sl.<an:140>', 'sl.json']],
    named: [
      [
        'dropbox-key',
        'dropbox',
        '(?:[a-z0-9]{15}|[A-Za-z0-9]{11}AAAAAAAAAA[A-Za-z0-9_=-]{43})',
        'DROPBOX_APP_SECRET=<low:15>',
        'dropbox folder a',
      ],
    ],
  },
];
