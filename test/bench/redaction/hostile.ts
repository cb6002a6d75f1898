const PIECES: Readonly<Record<string, string>> = {
  'one letter': 'A',
  base64: 'aGVsbG8gd29ybGQg',
  quotes: '{\\"a\\":',
  'open objects': '{"kind":"Secret","data":{',
  'password names': 'password=',
  'block scalars': 'password: |\n',
  headers: 'Authorization: Bearer x ',
  armour: '-----BEGIN PRIVATE KEY-----',
  'URL passwords': '://a:b@',
  'token prefixes': 'ghp_ xoxb- glpat- sk-ant- AKIA ',
  'issuer names': 'datadog cloudflare heroku twitter ',
  'password hashes': '$6$',
  'percent codes': '%41%42 ',
  'hex digits': 'deadbeef',
  'YAML lists': '- - - a: b\n',
  'programs with passwords': 'mysql login ',
  'beginnings of random values': ' "=x_',
  'keys of somebody': 'secret-key-',
  'mistyped passwords': 'pssw ',
};

/** Texts that repeat what begins many finds and ends none. */
export function hostileTexts(bytes: number): readonly { readonly what: string; readonly text: string }[] {
  return Object.entries(PIECES).map(([what, piece]) => ({
    what,
    text: piece.repeat(Math.ceil(bytes / piece.length)).slice(0, bytes),
  }));
}
