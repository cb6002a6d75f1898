import type { TokenIssuer } from './token-format.ts';

/** Metrics, logs, traces, errors and on-call. */
export const OBSERVABILITY: readonly TokenIssuer[] = [
  {
    source: 'https://docs.datadoghq.com/account_management/api-app-keys/',
    prefixed: [['datadog-token', 'ddapp_ ddpat_', 'dd(?:app|pat)_[A-Za-z0-9]{32}', 'ddapp_<an:34>', 'ddapp_<an:4>']],
    named: [
      ['datadog-api-key', 'datadog dd_api dd-api', '[a-f0-9]{32}', 'DD_API_KEY=<hex:32>', 'datadog agent 7'],
      ['datadog-app-key', 'datadog dd_app dd-app', '[a-z0-9]{40}', 'DD_APPLICATION_KEY=<hex:40>', 'datadog site eu1'],
    ],
  },
  {
    source: 'https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/',
    prefixed: [
      ['newrelic-user-key', 'NRAK-', 'NRAK-[A-Z0-9]{27}', 'NRAK-<up:27>', 'NRAK-<up:4>'],
      ['newrelic-browser-key', 'NRJS-', 'NRJS-[a-f0-9]{19}', 'NRJS-<hex:19>', 'NRJS-<hex:4>'],
      [
        'newrelic-insert-key',
        'NRII- NRIQ- NRRA- NRSP-',
        'NR(?:II|IQ|RA|SP)-[A-Za-z0-9_-]{32}',
        'NRII-<an:32>',
        'NRII-<an:4>',
      ],
    ],
    inside: [
      [
        'newrelic-license-key',
        'FFFFNRAL',
        '(?:eu01xx|gov01x)?[a-f0-9]{26,32}FFFFNRAL',
        '<hex:32>FFFFNRAL',
        '<hex:4>FFFFNRAL',
      ],
    ],
    named: [
      ['newrelic-key', 'newrelic new_relic', '[a-z0-9]{40,64}', 'NEW_RELIC_LICENSE_KEY=<hex:40>', 'newrelic agent 9'],
    ],
  },
  {
    source: 'https://grafana.com/docs/grafana/latest/administration/service-accounts/',
    prefixed: [
      ['grafana-service-token', 'glsa_', 'glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}', 'glsa_<an:32>_<hex:8>', 'glsa_<an:4>'],
      ['grafana-cloud-token', 'glc_', 'glc_[A-Za-z0-9+/]{32}', 'glc_<an:120>', 'glc_<an:4>'],
      ['grafana-key', 'eyJrIjoi', 'eyJrIjoi[A-Za-z0-9]{60}', 'eyJrIjoi<an:80>', 'eyJrIjoi<an:4>'],
    ],
  },
  {
    source: 'https://docs.sentry.io/api/auth/',
    prefixed: [
      ['sentry-token', 'sntryu_ sntrya_', 'sntry[ua]_[a-f0-9]{64}', 'sntryu_<hex:64>', 'sntryu_<hex:4>'],
      ['sentry-org-token', 'sntrys_', 'sntrys_eyJ[A-Za-z0-9+/=_]{60}', 'sntrys_eyJ<an:160>', 'sntrys_eyJ'],
    ],
    named: [['sentry-token', 'sentry', '[a-f0-9]{64}', 'SENTRY_AUTH_TOKEN=<hex:64>', 'sentry release 1.2.3']],
  },
  {
    source:
      'https://docs.dynatrace.com/docs/manage/identity-access-management/access-tokens-and-oauth-clients/access-tokens',
    prefixed: [
      [
        'dynatrace-token',
        'dt0c01. dt0s01. dt0s02. dt0s06. dt0s16.',
        'dt0[cs][0-9]{2}\\.[A-Z0-9]{8,24}\\.[A-Z0-9]{64}',
        'dt0c01.<up:24>.<up:64>',
        'dt0c01.<up:4>',
      ],
    ],
  },
  {
    source: 'https://help.splunk.com/en/splunk-enterprise/get-started/get-data-in/get-data-with-http-event-collector',
    named: [
      [
        'splunk-token',
        'splunk',
        '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}',
        'Authorization: Splunk <uuid>',
        'splunk index main',
      ],
    ],
  },
  {
    source: 'https://docs.honeycomb.io/get-started/configure/environments/manage-api-keys/',
    prefixed: [
      [
        'honeycomb-key',
        'hcaik_ hcxik_ hcbik_ hcaic_ hcamk_',
        'hc[abx](?:ik|ic|mk)_[a-z0-9]{26}[A-Za-z0-9]{32}',
        'hcaik_<low:58>',
        'hcaik_<low:4>',
      ],
    ],
    named: [
      [
        'honeycomb-key',
        'honeycomb',
        '(?:[a-f0-9]{32}|[A-Za-z0-9]{22})',
        'HONEYCOMB_API_KEY=<an:22>',
        'honeycomb dataset a',
      ],
    ],
  },
  {
    source: 'https://axiom.co/docs/reference/tokens',
    prefixed: [
      [
        'axiom-token',
        'xaat- xapt-',
        'xa(?:at|pt)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
        'xaat-<uuid>',
        'xaat-<hex:4>',
      ],
    ],
  },
  {
    source: 'https://coralogix.com/docs/user-guides/account-management/api-keys/api-keys/',
    prefixed: [['coralogix-key', 'cxtp_ cxup_', 'cx[tu]p_[A-Za-z0-9]{28}', 'cxtp_<an:30>', 'cxtp_<an:4>']],
  },
  {
    source: 'https://developer.pagerduty.com/docs/authentication',
    named: [
      [
        'pagerduty-key',
        'pagerduty pager_duty',
        '(?:u\\+[A-Za-z0-9_-]{16,18}|[A-Za-z0-9_+-]{20}|[a-f0-9]{32})',
        'PAGERDUTY_TOKEN=u+<an:18>',
        'pagerduty service a',
      ],
    ],
  },
  {
    source: 'https://docs.opsgenie.com/docs/api-key-management',
    named: [
      [
        'opsgenie-key',
        'opsgenie',
        '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
        'OPSGENIE_API_KEY=<uuid>',
        'opsgenie team a',
      ],
    ],
  },
  {
    source: 'https://help.sumologic.com/docs/manage/security/access-keys/',
    named: [
      [
        'sumologic-key',
        'sumo',
        '(?:su[A-Za-z0-9]{12}|[A-Za-z0-9]{64})',
        'SUMO_ACCESS_KEY=<an:64>',
        'sumologic source a',
      ],
    ],
  },
  {
    source: 'https://docs.rollbar.com/docs/access-tokens',
    named: [
      [
        'error-tracker-token',
        'rollbar bugsnag raygun airbrake honeybadger',
        '(?:[a-f0-9]{32}|[A-Za-z0-9]{20,24})',
        'ROLLBAR_ACCESS_TOKEN=<hex:32>',
        'rollbar item 12',
      ],
    ],
  },
  {
    source: 'https://docs.logz.io/docs/user-guide/admin/authentication-tokens/api-tokens/',
    named: [
      [
        'log-service-token',
        'logzio logz.io loggly logdna mezmo papertrail logtail betterstack',
        '(?:[A-Za-z]{32}|[a-f0-9]{32}|[A-Za-z0-9]{24}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})',
        'LOGZIO_TOKEN=<al:32>',
        'loggly tag http',
      ],
    ],
  },
  {
    source: 'https://uptimerobot.com/api/',
    inside: [['uptimerobot-key', 'ur1 ur2', 'ur[0-9]{6,8}-[a-f0-9]{24}', 'ur1<dig:6>-<hex:24>', 'ur1<dig:4>']],
  },
  {
    source: 'https://www.checklyhq.com/docs/accounts-and-users/creating-api-key/',
    prefixed: [['checkly-key', 'cu_', 'cu_[a-f0-9]{32}\\b', 'cu_<hex:32>', 'cu_total']],
  },
  {
    source: 'https://www.ibm.com/docs/en/instana-observability/current?topic=apis-instana-rest-api',
    named: [
      [
        'instana-token',
        'instana lightstep appdynamics chronosphere',
        '[A-Za-z0-9_+/=-]{22,90}[0-9][A-Za-z0-9_+/=-]{0,9}',
        'INSTANA_AGENT_KEY=<an:22>7',
        'instana zone a',
      ],
    ],
  },
];
