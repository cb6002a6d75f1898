import type { TokenIssuer } from './token-format.ts';

/** Payment, shops and shipping. */
export const PAYMENT: readonly TokenIssuer[] = [
  {
    source: 'https://docs.stripe.com/keys',
    prefixed: [
      [
        'stripe-key',
        'sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_',
        '[sr]k_(?:live|test|prod)_[A-Za-z0-9]{10}',
        'sk_live_<an:24>',
        'sk_live_<an:4>',
      ],
      ['webhook-signing-secret', 'whsec_', 'whsec_[A-Za-z0-9+/=]{24}', 'whsec_<an:32>', 'whsec_<an:4>'],
    ],
  },
  {
    source: 'https://developer.squareup.com/docs/build-basics/access-tokens',
    prefixed: [
      [
        'square-token',
        'EAAA sq0atp-',
        '(?:EAAA[A-Za-z0-9_-]{60}|sq0atp-[A-Za-z0-9_-]{22})',
        'EAAA<an:60>',
        'EAAA<an:6>',
      ],
      ['square-secret', 'sq0csp-', 'sq0csp-[A-Za-z0-9_-]{43}', 'sq0csp-<an:43>', 'sq0csp-<an:6>'],
    ],
  },
  {
    source: 'https://developer.paypal.com/api/rest/authentication/',
    prefixed: [
      [
        'paypal-token',
        'access_token$',
        'access_token\\$(?:production|sandbox)\\$[a-z0-9]{16}\\$[a-f0-9]{32}',
        'access_token$production$<low:16>$<hex:32>',
        'access_token$production',
      ],
    ],
    named: [['paypal-secret', 'paypal', 'E[A-Za-z0-9_-]{79}', 'PAYPAL_CLIENT_SECRET=E<an:79>', 'paypal order 12']],
  },
  {
    source: 'https://docs.adyen.com/development-resources/api-credentials',
    prefixed: [['adyen-key', 'AQE', 'AQE[a-z0-9][A-Za-z0-9+/=-]{80}', 'AQEyhmf<an:120>', 'AQE<an:6>']],
  },
  {
    source: 'https://plaid.com/docs/api/tokens/',
    prefixed: [
      [
        'plaid-token',
        'access-sandbox- access-development- access-production-',
        'access-(?:sandbox|development|production)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
        'access-production-<uuid>',
        'access-production-log',
      ],
    ],
    named: [['plaid-secret', 'plaid', '[a-z0-9]{24,30}', 'PLAID_SECRET=<low:30>', 'plaid item 12']],
  },
  {
    source: 'https://razorpay.com/docs/api/authentication/',
    prefixed: [
      [
        'razorpay-key',
        'rzp_live_ rzp_test_',
        'rzp_(?:live|test)_[A-Za-z0-9]{14}',
        'rzp_live_<an:14>',
        'rzp_live_<an:3>',
      ],
    ],
  },
  {
    source: 'https://docs.mollie.com/docs/authentication',
    prefixed: [['live-key', 'live_ test_', '(?:live|test)_[A-Za-z0-9]{28,64}\\b', 'live_<an:30>', 'test_suite_name']],
  },
  {
    source: 'https://shopify.dev/docs/apps/build/authentication-authorization',
    prefixed: [
      [
        'shopify-token',
        'shpat_ shpca_ shppa_ shpss_',
        'shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}',
        'shpat_<hex:32>',
        'shpat_<hex:5>',
      ],
    ],
  },
  {
    source: 'https://developer.flutterwave.com/docs/authentication',
    prefixed: [
      [
        'flutterwave-key',
        'FLWSECK- FLWSECK_TEST- FLWPUBK_TEST-',
        'FLW(?:SECK|PUBK)(?:_TEST)?-[A-Za-z0-9]{12}',
        'FLWSECK_TEST-<hex:32>-X',
        'FLWSECK-<hex:3>',
      ],
    ],
  },
  {
    source: 'https://duffel.com/docs/api/overview/authentication',
    prefixed: [
      [
        'duffel-token',
        'duffel_live_ duffel_test_',
        'duffel_(?:live|test)_[A-Za-z0-9_=-]{43}',
        'duffel_live_<an:43>',
        'duffel_live_<an:4>',
      ],
    ],
  },
  {
    source: 'https://docs.easypost.com/docs/authentication',
    prefixed: [['easypost-key', 'EZAK EZTK', 'EZ[AT]K[A-Za-z0-9]{54}', 'EZAK<an:54>', 'EZAK<an:5>']],
  },
  {
    source: 'https://docs.goshippo.com/docs/guides_general/authentication/',
    prefixed: [
      [
        'shippo-token',
        'shippo_live_ shippo_test_',
        'shippo_(?:live|test)_[a-f0-9]{40}',
        'shippo_live_<hex:40>',
        'shippo_live_<hex:4>',
      ],
    ],
  },
  {
    source: 'https://developer.paddle.com/api-reference/about/authentication',
    prefixed: [
      [
        'paddle-key',
        'pdl_live_ pdl_sdbx_ pdl_ntfset_',
        'pdl_(?:live_apikey|sdbx_apikey|ntfset)_[a-z0-9]{26}_[A-Za-z0-9+/_]{22}',
        'pdl_live_apikey_<low:26>_<an:22>_<an:3>',
        'pdl_live_x',
      ],
    ],
  },
  {
    source: 'https://polar.sh/docs/integrate/oat',
    prefixed: [
      ['polar-token', 'polar_oat_ polar_pat_', 'polar_[op]at_[A-Za-z0-9]{30}', 'polar_oat_<an:43>', 'polar_oat_<an:3>'],
    ],
  },
  {
    source: 'https://docs.cdp.coinbase.com/coinbase-app/docs/authentication',
    named: [['coinbase-key', 'coinbase', '[A-Za-z0-9_-]{64}', 'COINBASE_API_SECRET=<an:64>', 'coinbase pair BTC-EUR']],
  },
  {
    source: 'https://docs.bitfinex.com/docs/rest-auth',
    named: [
      [
        'exchange-key',
        'bittrex kraken kucoin binance bitmex bybit',
        '(?:[A-Za-z0-9]{32}|[A-Za-z0-9]{64}|[A-Za-z0-9/+]{80,90}|[a-f0-9-]{36}|[a-f0-9]{24})',
        'BINANCE_API_SECRET=<an:64>',
        'binance pair BTCEUR',
      ],
    ],
  },
  {
    source: 'https://docs.lob.com/#tag/Authentication',
    named: [['lob-key', 'lob_', '(?:live|test)_(?:pub_)?[a-f0-9]{31,35}', 'LOB_API_KEY=live_<hex:35>', 'lob_size=12']],
  },
  {
    source: 'https://developers.gocardless.com/getting-started/api/making-your-first-request/',
    named: [
      [
        'gocardless-token',
        'gocardless',
        '(?:live|sandbox)_[A-Za-z0-9_=-]{40}',
        'GOCARDLESS_TOKEN=live_<an:40>',
        'gocardless mandate',
      ],
    ],
  },
];
