import type { TokenIssuer } from './token-format.ts';

/** Chat, mail, telephone and notifications. */
export const MESSAGING: readonly TokenIssuer[] = [
  {
    source: 'https://docs.slack.dev/authentication/tokens/',
    prefixed: [
      [
        'slack-token',
        'xoxa- xoxb- xoxe- xoxe. xoxo- xoxp- xoxr- xoxs- xoxc- xoxd-',
        'xox[abcdeoprs][.-][A-Za-z0-9%.-]{10}',
        'xoxb-<dig:12>-<dig:12>-<an:24>',
        'xoxb-<an:3>',
      ],
      [
        'slack-app-token',
        'xapp-',
        'xapp-[0-9]-[A-Z0-9]{9,12}-[0-9]{10,14}-[a-f0-9]{64}',
        'xapp-1-<up:11>-<dig:13>-<hex:64>',
        'xapp-1',
      ],
      [
        'slack-webhook',
        'hooks.slack.com/',
        'hooks\\.slack\\.com/(?:services|workflows|triggers)/[A-Za-z0-9/_-]{20}',
        'hooks.slack.com/services/T<up:8>/B<up:8>/<an:24>',
        'hooks.slack.com/services/',
      ],
    ],
  },
  {
    source: 'https://discord.com/developers/docs/reference#authentication',
    prefixed: [
      [
        'discord-webhook',
        'discord.com/api/webhooks/ discordapp.com/api/webhooks/',
        'discord(?:app)?\\.com/api/webhooks/[0-9]{17,20}/[A-Za-z0-9_-]{60}',
        'discord.com/api/webhooks/<dig:18>/<an:68>',
        'discord.com/api/webhooks/<dig:5>',
      ],
    ],
    named: [
      [
        'discord-token',
        'discord bot',
        '[MNO][A-Za-z0-9_-]{23,27}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,38}',
        'DISCORD_TOKEN=M<an:23>.<an:6>.<an:38>',
        'discord gateway v10',
      ],
      ['discord-client-secret', 'discord', '[A-Za-z0-9_=-]{32}', 'DISCORD_CLIENT_SECRET=<an:32>', 'discord guild 12'],
      ['discord-public-key', 'discord', '[a-f0-9]{64}', 'DISCORD_API_KEY=<hex:64>', 'discord shard 3'],
    ],
  },
  {
    source: 'https://core.telegram.org/bots/api#authorizing-your-bot',
    inside: [
      ['telegram-token', ':aa', '(?:bot)?[0-9]{8,10}:AA[A-Za-z0-9_-]{33}', '<dig:10>:AA<an:33>', '<dig:4>:AA<an:4>'],
    ],
  },
  {
    source: 'https://www.twilio.com/docs/iam/api-keys',
    prefixed: [
      [
        'twilio-key',
        'SK0 SK1 SK2 SK3 SK4 SK5 SK6 SK7 SK8 SK9 SKa SKb SKc SKd SKe SKf',
        'SK[a-f0-9]{32}\\b',
        'SK<hex:32>',
        'SK<hex:9>',
      ],
    ],
    named: [['twilio-token', 'twilio', '[a-f0-9]{32}', 'TWILIO_AUTH_TOKEN=<hex:32>', 'twilio call 12']],
  },
  {
    source: 'https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys',
    prefixed: [
      [
        'sendgrid-key',
        'SG.',
        'SG\\.[A-Za-z0-9_-]{20,24}\\.[A-Za-z0-9_-]{39,50}',
        'SG.<an:22>.<an:43>',
        'SG.internal.name',
      ],
    ],
  },
  {
    source: 'https://documentation.mailgun.com/docs/mailgun/user-manual/api-key-mgmt/rbac-mgmt',
    prefixed: [['mailgun-key', 'key- pubkey-', '(?:pub)?key-[a-f0-9]{32}\\b', 'key-<hex:32>', 'key-1']],
    named: [
      [
        'mailgun-key',
        'mailgun',
        '[a-f0-9]{32}-[a-f0-9]{8}-[a-f0-9]{8}',
        'MAILGUN_SIGNING_KEY=<hex:32>-<hex:8>-<hex:8>',
        'mailgun domain=a',
      ],
    ],
  },
  {
    source: 'https://mailchimp.com/developer/marketing/guides/quick-start/',
    inside: [['mailchimp-key', '-us', '[a-f0-9]{32}-us[0-9]{1,2}', '<hex:32>-us12', '<hex:8>-us12']],
    prefixed: [['mandrill-key', 'md-', 'md-[A-Za-z0-9_-]{22}\\b', 'md-<an:22>', 'md-file']],
  },
  {
    source: 'https://developers.brevo.com/docs/getting-started',
    prefixed: [
      [
        'brevo-key',
        'xkeysib- xsmtpsib-',
        'x(?:keysib|smtpsib)-[a-f0-9]{64}-[A-Za-z0-9]{16}',
        'xkeysib-<hex:64>-<an:16>',
        'xkeysib-<hex:5>',
      ],
    ],
  },
  {
    source: 'https://resend.com/docs/dashboard/api-keys/introduction',
    prefixed: [['resend-key', 're_', 're_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}\\b', 're_<an:8>_<an:24>', 're_try_later']],
  },
  {
    source: 'https://postmarkapp.com/developer/api/overview',
    named: [
      [
        'postmark-token',
        'postmark',
        '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
        'X-Postmark-Server-Token: <uuid>',
        'postmark stream outbound',
      ],
    ],
  },
  {
    source:
      'https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook',
    prefixed: [
      [
        'teams-webhook',
        'webhook.office.com/',
        'webhook\\.office\\.com/webhookb2/[0-9a-f-]{36}@[0-9a-f-]{36}/IncomingWebhook/[0-9a-f]{32}/[0-9a-f-]{36}',
        'webhook.office.com/webhookb2/<uuid>@<uuid>/IncomingWebhook/<hex:32>/<uuid>',
        'webhook.office.com/help',
      ],
    ],
  },
  {
    source: 'https://developers.google.com/workspace/chat/quickstart/webhooks',
    prefixed: [
      [
        'google-chat-webhook',
        'chat.googleapis.com/',
        'chat\\.googleapis\\.com/v1/spaces/[A-Za-z0-9_-]{6,20}/messages\\?key=[A-Za-z0-9_-]{30,45}&token=[A-Za-z0-9_%-]{30,60}',
        'chat.googleapis.com/v1/spaces/<an:11>/messages?key=<an:39>&token=<an:43>',
        'chat.googleapis.com/v1/spaces',
      ],
    ],
  },
  {
    source: 'https://help.zapier.com/hc/en-us/articles/8496288690317',
    prefixed: [
      [
        'zapier-webhook',
        'hooks.zapier.com/',
        'hooks\\.zapier\\.com/hooks/catch/[0-9]{4,10}/[A-Za-z0-9]{6,12}',
        'hooks.zapier.com/hooks/catch/<dig:7>/<low:7>',
        'hooks.zapier.com/docs',
      ],
    ],
  },
  {
    source: 'https://element-hq.github.io/synapse/latest/admin_api/user_admin_api.html',
    prefixed: [['matrix-token', 'syt_', 'syt_[A-Za-z0-9+/=_-]{20}', 'syt_<an:12>_<an:20>_<an:6>', 'syt_<an:4>']],
  },
  {
    source: 'https://developers.mattermost.com/integrate/reference/personal-access-token/',
    named: [['mattermost-token', 'mattermost', '[a-z0-9]{26}', 'MATTERMOST_TOKEN=<low:26>', 'mattermost team a']],
  },
  {
    source: 'https://documentation.onesignal.com/docs/en/keys-and-ids',
    prefixed: [['onesignal-key', 'os_v2_', 'os_v2_(?:app|org)_[a-z0-9]{80}', 'os_v2_app_<low:102>', 'os_v2_app']],
  },
  {
    source: 'https://developers.klaviyo.com/en/docs/retrieve_api_credentials',
    prefixed: [['klaviyo-key', 'pk_', 'pk_[a-f0-9]{34}\\b', 'pk_<hex:34>', 'pk_column']],
  },
  {
    source: 'https://developers.intercom.com/docs/build-an-integration/learn-more/authentication',
    named: [['intercom-token', 'intercom', '[A-Za-z0-9=_-]{60}', 'INTERCOM_TOKEN=<an:60>', 'intercom app a']],
    prefixed: [['intercom-token', 'dG9rO', 'dG9rO[A-Za-z0-9+/]{50}={0,2}', 'dG9rO<an:55>=', 'dG9rO']],
  },
  {
    source: 'https://developers.line.biz/en/docs/basics/channel-access-token/',
    named: [
      [
        'line-token',
        'line_channel',
        '[A-Za-z0-9+/]{170,180}={0,2}',
        'LINE_CHANNEL_ACCESS_TOKEN=<an:170>=',
        'line_channel=1',
      ],
    ],
  },
  {
    source: 'https://developer.zendesk.com/api-reference/introduction/security-and-auth/',
    named: [['zendesk-token', 'zendesk', '[A-Za-z0-9]{40}', 'ZENDESK_TOKEN=<an:40>', 'zendesk ticket 12']],
  },
  {
    source: 'https://dev.twitch.tv/docs/authentication/',
    prefixed: [['twitch-chat-token', 'oauth:', 'oauth:[a-z0-9]{30}\\b', 'oauth:<low:30>', 'oauth:2.0']],
    named: [['twitch-secret', 'twitch', '[a-z0-9]{30}', 'TWITCH_CLIENT_SECRET=<low:30>', 'twitch channel a']],
  },
  {
    source: 'https://www.sparkpost.com/docs/getting-started/create-api-keys/',
    named: [
      [
        'mail-service-key',
        'sparkpost mailjet elasticemail',
        '[A-Za-z0-9]{32,40}',
        'MAILJET_SECRET_KEY=<hex:32>',
        'mailjet list 12',
      ],
    ],
  },
  {
    source: 'https://developers.messagebird.com/api/',
    named: [
      [
        'messagebird-key',
        'messagebird plivo vonage nexmo',
        '[A-Za-z0-9]{25,40}',
        'MESSAGEBIRD_ACCESS_KEY=<an:25>',
        'messagebird voice',
      ],
    ],
  },
];
