import type { TokenIssuer } from './token-format.ts';

/** Identity, social networks and application platforms. */
export const IDENTITY: readonly TokenIssuer[] = [
  {
    source: 'https://developer.okta.com/docs/guides/create-an-api-token/main/',
    named: [['okta-token', 'okta ssws', '00[A-Za-z0-9_-]{40}', 'Authorization: SSWS 00<an:40>', 'okta group a']],
  },
  {
    source: 'https://auth0.com/docs/get-started/applications/application-settings',
    named: [['auth0-secret', 'auth0', '[A-Za-z0-9_-]{64}', 'AUTH0_CLIENT_SECRET=<an:64>', 'auth0 tenant a']],
  },
  {
    source: 'https://stytch.com/docs/api/authentication',
    prefixed: [
      [
        'stytch-secret',
        'secret-live- secret-test-',
        'secret-(?:live|test)-[A-Za-z0-9_=-]{36}',
        'secret-live-<an:36>',
        'secret-live-<an:4>',
      ],
    ],
  },
  {
    source: 'https://jumpcloud.com/support/jumpcloud-apis1',
    prefixed: [['jumpcloud-key', 'jca_', 'jca_[A-Za-z0-9]{36}', 'jca_<an:36>', 'jca_<an:4>']],
    named: [['jumpcloud-key', 'jumpcloud', '[a-f0-9]{40}', 'JUMPCLOUD_API_KEY=<hex:40>', 'jumpcloud system a']],
  },
  {
    source: 'https://duo.com/docs/authapi',
    named: [['duo-secret', 'duo_ duosecurity', '[A-Za-z0-9]{40}', 'DUO_SECRET_KEY=<an:40>', 'duo_host=a']],
  },
  {
    source: 'https://developers.facebook.com/docs/facebook-login/guides/access-tokens/',
    prefixed: [['facebook-token', 'EAA', 'EAA[CM][A-Za-z0-9]{80}', 'EAAC<an:160>', 'EAAC<an:4>']],
    named: [
      [
        'facebook-secret',
        'facebook fb_app',
        '(?:[a-f0-9]{32}|[0-9]{15,16}[|%][A-Za-z0-9_-]{27,40})',
        'FACEBOOK_APP_SECRET=<hex:32>',
        'facebook page 12',
      ],
    ],
  },
  {
    source: 'https://developers.facebook.com/docs/instagram-platform/',
    prefixed: [['instagram-token', 'IGQ IGAA', 'IG(?:Q|AA)[A-Za-z0-9_-]{100}', 'IGQ<an:150>', 'IGQ<an:4>']],
  },
  {
    source: 'https://docs.x.com/fundamentals/authentication/oauth-2-0/application-only',
    prefixed: [
      [
        'twitter-bearer-token',
        'AAAAAAAAAAAAAAAAAAAAA',
        'A{21,24}[A-Za-z0-9%]{80}',
        'AAAAAAAAAAAAAAAAAAAAA<an:90>',
        'AAAAAAAAAAAAAAAAAAAAA<an:4>',
      ],
    ],
    named: [
      [
        'twitter-secret',
        'twitter',
        '(?:[A-Za-z0-9]{25}|[A-Za-z0-9]{45}|[A-Za-z0-9]{50}|[0-9]{15,25}-[A-Za-z0-9]{20,40})',
        'TWITTER_API_SECRET=<an:50>',
        'twitter user a',
      ],
    ],
  },
  {
    source: 'https://learn.microsoft.com/en-us/linkedin/shared/authentication/authentication',
    prefixed: [
      [
        'linkedin-secret',
        'WPL_AP1.',
        'WPL_AP1\\.[A-Za-z0-9]{16}\\.[A-Za-z0-9+/=]{6}',
        'WPL_AP1.<an:16>.<an:8>',
        'WPL_AP1.<an:4>',
      ],
    ],
    named: [
      [
        'linkedin-secret',
        'linkedin linked_in',
        '[A-Za-z0-9]{14,16}',
        'LINKEDIN_CLIENT_SECRET=<an:16>',
        'linkedin post a',
      ],
    ],
  },
  {
    source: 'https://clerk.com/docs/guides/development/clerk-environment-variables',
    prefixed: [['clerk-machine-key', 'ak_ mt_', '(?:ak|mt)_[A-Za-z0-9]{32}\\b', 'ak_<an:32>', 'ak_state']],
  },
  {
    source: 'https://developer.spotify.com/documentation/web-api/concepts/access-token',
    named: [['spotify-secret', 'spotify', '[a-f0-9]{32}', 'SPOTIFY_CLIENT_SECRET=<hex:32>', 'spotify track a']],
  },
  {
    source: 'https://www.reddit.com/dev/api/',
    named: [
      [
        'oauth-client-secret',
        'reddit strava fitbit instapaper',
        '(?:[A-Za-z0-9_-]{27,30}|[a-f0-9]{32}|[a-f0-9]{40})',
        'STRAVA_CLIENT_SECRET=<hex:40>',
        'reddit post a',
      ],
    ],
  },
  {
    source: 'https://firebase.google.com/docs/cloud-messaging/auth-server',
    inside: [
      [
        'firebase-server-key',
        'AAAA',
        'AAAA[A-Za-z0-9_-]{7}:APA91[A-Za-z0-9_-]{129,180}',
        'AAAA<an:7>:APA91<an:134>',
        'AAAA<an:7>:x',
      ],
    ],
  },
  {
    source: 'https://www.zoho.com/accounts/protocol/oauth.html',
    prefixed: [
      ['zoho-token', '1000.', '1000\\.[a-f0-9]{32}\\.[a-f0-9]{32}', '1000.<hex:32>.<hex:32>', '1000.25 seconds'],
    ],
  },
  {
    source: 'https://developer.apple.com/documentation/sign_in_with_apple/generate_and_validate_tokens',
    named: [
      [
        'apple-app-password',
        'apple',
        '[a-z]{4}-[a-z]{4}-[a-z]{4}-[a-z]{4}',
        'APPLE_APP_PASSWORD=<lo:4>-<lo:4>-<lo:4>-<lo:4>',
        'apple device a',
      ],
    ],
  },
];
