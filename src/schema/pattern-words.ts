/** Every pattern of the schemas in words, to finish the sentence "… is not". */
const WORDS: Readonly<Record<string, string>> = {
  '^\\d{4}-\\d{2}-\\d{2}-\\d{4}-[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])?-[0-9a-hjkmnp-tv-z]{4}$':
    'a request id such as 2026-11-20-1430-api-timeout-k7m2',
  '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$': 'a name of small letters, digits and inner hyphens, at most 63 characters',
  '^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$':
    'a name of letters, digits and inner dots, underscores and hyphens, at most 63 characters',
  '^[a-z0-9]([a-z0-9./-]{0,61}[a-z0-9])?$':
    'a name of small letters, digits and inner dots, slashes and hyphens, at most 63 characters',
  '^[a-z0-9]+(-[a-z0-9]+)*$': 'words of small letters and digits joined by hyphens',
  '^[^\\s<>"\\\\]+$': 'a name or address without white space, quotes, backslashes and angle brackets',
  '^[A-Za-z0-9][A-Za-z0-9./:@_-]*$': 'letters, digits and . / : @ _ -, beginning with a letter or digit',
  '^[A-Za-z0-9][A-Za-z0-9._-]*$': 'letters, digits and . _ -, beginning with a letter or digit',
  '^[A-Za-z0-9][A-Za-z0-9._/-]*$': 'letters, digits and . _ / -, beginning with a letter or digit',
  '^refs/[a-z0-9/-]+[a-z0-9]$': 'a git ref such as refs/warroom, in small letters, digits, slashes and hyphens',
  '^[^@\\s]+@sha256:[0-9a-f]{64}$': 'an image by its digest, such as registry.example.com/name@sha256:…',
  '^[0-9]+(?:\\.[0-9]+)?m?$': 'a number of processors such as 1, 0.5 or 500m',
  '^[0-9]+(?:Mi|Gi)$': 'a size such as 512Mi or 2Gi',
  '^[0-9a-f]{64}$': 'a SHA-256 digest, 64 digits of 0-9 a-f',
  '^(?:[0-9a-f]{40}|[0-9a-f]{64})$': 'a whole commit id of 40 or 64 digits of 0-9 a-f',
  '^(?:(?:udp|tcp)://[^\\s/?#]+:[0-9]{1,5}|unix:/[^\\s]+)$': 'udp://host:port, tcp://host:port or unix:/path',
  '^[0-9a-f]{32}$': 'a number of 32 digits of 0-9 a-f',
  '^[0-9a-f]{8,64}$': 'a number of 8 to 64 digits of 0-9 a-f',
  '^[0-9a-f]{16,64}$': 'a number of 16 to 64 digits of 0-9 a-f',
  '^[A-Z][A-Z0-9_]*$': 'a code of capital letters, digits and underscores',
  '^[A-Z_][A-Z0-9_]*$': 'the name of an environment variable in capital letters',
  '^F\\d{2,4}$': 'a finding id such as F01',
  '^E\\d{3,5}$': 'an evidence id such as E001',
  '^N\\d{1,4}$': 'a number in a map such as N1',
  '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,9})?)?(?:Z|[+-]\\d{2}:\\d{2})$':
    'a date and time with its zone such as 2026-11-20T14:30:12Z',
  '^(user|root|group:[a-z][a-z0-9-]*)$': 'user, root or group:<name>',
  '^[a-z][a-zA-Z0-9]{0,30}$': 'a name in camelCase, at most 31 characters',
  '^\\d{1,3}$': 'an exit code',
  '^[a-z0-9*?-]+$': 'a name of small letters, digits and hyphens, in which * and ? may stand for others',
  '^(?:(?:[01]\\d|2[0-3]):[0-5]\\d|24:00)$': 'a time of day such as 07:00',
  '^[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*$': 'the name of a time zone such as Europe/Oslo',
  '^[A-Za-z0-9](?:[A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?$': 'a DNS name or an IP address',
  '^[A-Za-z_][A-Za-z0-9_.-]{0,31}$': 'the name of a user, at most 32 characters',
  '^[^"\\p{Cc}]+$': 'a path without double quotes and control characters',
  '^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}$': 'a label of letters, digits and . _ / -, at most 63 characters',
  '^[A-Za-z0-9][A-Za-z0-9._@+:/-]*$': 'a literal name such as alice@example.com',
  '^[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}$': 'a public key such as ssh-ed25519 AAAA…, without a comment',
  '^SHA256:[A-Za-z0-9+/]{43}$': 'the fingerprint of a key, SHA256: and 43 characters',
  '^[a-z0-9@.-]{1,64} [A-Za-z0-9+/]{40,1900}={0,2}$': 'a public key such as ssh-ed25519 AAAA…, without a comment',
  '^[0-9a-fA-F.:]+$': 'an IP address',
  '^[a-z0-9][a-z0-9-]*$': 'a region such as eu-north-1',
  '^[A-Za-z0-9][A-Za-z0-9._/-]*/$': 'the beginning of a key such as warroom/, with a slash at its end',
  '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$': 'the name of a bucket: 3 to 63 small letters, digits, inner dots and hyphens',
  '^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$': 'a host name of letters, digits and inner dots and hyphens',
  '^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$': 'a name of small letters, digits and inner dots and hyphens',
  '^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)?$': 'an API group such as apps, or nothing for the core group',
  '^[a-z][a-z0-9-]{0,62}(?:/(?:status|scale))?$':
    'a resource in the plural such as deployments, alone or with /status or /scale',
  '^[a-z0-9][a-z0-9.:/_-]{0,300}@sha256:[0-9a-f]{64}$':
    'an image with its digest, such as registry.example.com/x@sha256:…',
  '^https?://[^\\s@?#]+$': 'a plain http:// or https:// address without user, query and fragment',
  '^http://[^\\s/@]+:[0-9]{1,5}/?$': 'an http:// address with a port, without user and path',
  '^[A-Za-z0-9](?:[A-Za-z0-9.:_-]{0,251}[A-Za-z0-9])?$':
    'a label value of letters, digits and inner dots, colons, underscores and hyphens',
  '^/': 'an absolute path',
  '^[1-9]\\d{0,3}[smhd]$': 'a duration like 30m',
  '^[a-z0-9.-]*$': 'an API group such as apps, or nothing for the core',
  '^[a-z0-9./,* -]+$': 'a resource such as pods, or several with commas',
  '^/[\\w/.*-]*$': 'a path such as /readyz',
  '^[\\w.@+-]+(?:/[\\w.@+-]+)*$': 'a file below the folder of the test',
  '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?#rules$': 'the rules of a playbook such as workload-crashloop#rules',
  '^(namespace|target|resource|resource:[a-z][a-z0-9-]*)$': 'namespace, target, resource or resource:<kind>',
};

/** What a pattern allows, in words; undefined for one that nobody has described. */
export function patternWords(pattern: string): string | undefined {
  return Object.hasOwn(WORDS, pattern) ? WORDS[pattern] : undefined;
}
