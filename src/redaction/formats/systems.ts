import type { TokenIssuer } from './token-format.ts';

/** What operating systems and container tools write down. */
export const SYSTEMS: readonly TokenIssuer[] = [
  {
    source: 'https://man7.org/linux/man-pages/man5/crypt.5.html',
    prefixed: [
      [
        'password-hash',
        '$1$ $2a$ $2b$ $2y$ $5$ $6$ $y$ $7$ $8$ $9$ $gy$ $apr1$ $sha1$',
        '\\$[a-z0-9]{1,8}\\$[A-Za-z0-9./$=,+-]{20}[A-Za-z0-9./$=,+-]*',
        '$6$<an:16>$<an:86>',
        '$6$<an:4>',
      ],
      [
        'password-hash',
        '$argon2 $scrypt$ $pbkdf2',
        '\\$(?:argon2(?:id|i|d)|scrypt|pbkdf2[a-z0-9-]{0,12})\\$[A-Za-z0-9./$=,+-]{20}[A-Za-z0-9./$=,+-]*',
        '$argon2id$v=19$m=65536,t=3,p=4$<an:22>$<an:43>',
        '$argon2id',
      ],
    ],
  },
  {
    source: 'https://www.openldap.org/doc/admin26/security.html',
    prefixed: [
      [
        'password-hash',
        '{SSHA} {SHA} {SMD5} {CRYPT} {PBKDF2',
        '\\{(?:SSHA|SHA|SMD5|CRYPT|PBKDF2[A-Z0-9-]{0,12})\\}[A-Za-z0-9+/$=.]{20}[A-Za-z0-9+/$=.]*',
        '{SSHA}<an:38>',
        '{SSHA}',
      ],
    ],
  },
  {
    source: 'https://www.postgresql.org/docs/current/auth-password.html',
    prefixed: [
      [
        'password-hash',
        'SCRAM-SHA-256$',
        'SCRAM-SHA-256\\$[0-9]{1,8}:[A-Za-z0-9+/=]{16,64}\\$[A-Za-z0-9+/=:]{40,200}',
        'SCRAM-SHA-256$4096:<an:22>==$<an:43>=:<an:43>=',
        'SCRAM-SHA-256$',
      ],
    ],
  },
  {
    // {"auths": as base64: a pull secret outside its Secret
    source: 'https://kubernetes.io/docs/concepts/containers/images/#config-json',
    prefixed: [
      ['docker-config', 'eyJhdXRocyI6', 'eyJhdXRocyI6[A-Za-z0-9+/=_-]{8}', 'eyJhdXRocyI6<an:80>', 'eyJhdXRocyI6'],
    ],
  },
  {
    source: 'https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/',
    prefixed: [
      [
        'etcd-encrypted',
        'k8s:enc:',
        'k8s:enc:(?:aescbc|aesgcm|secretbox|kms):v[12]:[\\w-]{1,64}:[^\\s"]{16,400}',
        'k8s:enc:aescbc:v1:key1:<an:64>',
        'k8s:enc:identity',
      ],
    ],
  },
  {
    source: 'https://www.wireguard.com/quickstart/',
    named: [
      [
        'wireguard-key',
        'privatekey presharedkey',
        '[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=',
        'PrivateKey = <an:42>A=',
        'PrivateKey = none',
      ],
    ],
  },
  {
    source: 'https://web.mit.edu/kerberos/krb5-latest/doc/formats/ccache_file_format.html',
    prefixed: [['kerberos-ticket', 'doIE doIF doIG', 'doI[EFG][A-Za-z0-9+/]{300}', 'doIF<an:400>', 'doIF<an:4>']],
  },
  {
    source: 'https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/nkey_auth',
    prefixed: [
      [
        'nats-seed',
        'SUA SUB SUC SUD SAA SAB SAC SAD SOA SOB SOC SOD SNA SNB SNC SND',
        'S[UAON][A-D][A-Z2-7]{55}\\b',
        'SUA<b32:55>',
        'SUA<b32:5>',
      ],
    ],
  },
  {
    source: 'https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-nlmp/',
    prefixed: [
      ['ntlm-answer', 'TlRMTVNTUAAD', 'TlRMTVNTUAAD[A-Za-z0-9+/]{40}', 'TlRMTVNTUAAD<an:200>', 'TlRMTVNTUAAD'],
    ],
  },
  {
    source: 'https://dev.maxmind.com/geoip/updating-databases/',
    inside: [['maxmind-key', '_mmk', '[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk', '<an:6>_<an:29>_mmk', '<an:4>_mmk']],
  },
  {
    source: 'https://docs.defined.net/guides/automating-host-creation/',
    prefixed: [
      [
        'defined-networking-key',
        'dnkey-',
        'dnkey-[A-Za-z0-9=_-]{26}-[A-Za-z0-9=_-]{52}',
        'dnkey-<an:26>-<an:52>',
        'dnkey-<an:4>',
      ],
    ],
  },
  {
    source: 'https://authress.io/knowledge-base/docs/authorization/service-clients/',
    prefixed: [
      [
        'authress-key',
        'scauth_ ext_',
        '(?:sc|ext)_?(?:auth_)?[A-Za-z0-9]{5,30}\\.[A-Za-z0-9]{4,6}\\.acc[_-][A-Za-z0-9-]{10,32}\\.[A-Za-z0-9+/_=-]{30}',
        'scauth_<low:10>.<low:4>.acc_<low:20>.<an:60>',
        'ext_<low:4>',
      ],
    ],
  },
];
