/** Requests are signed byte for byte, so git must never change their line ends. */
export function gitAttributes(): string {
  return [
    '# Signatures and hashes cover bytes: git must not change line ends on the way.',
    'requests/** -text',
    'approvals/** -text',
    '*.sig -text',
    '# Written by processors; folded in the diff of a pull request.',
    'results/** -text linguist-generated',
    '',
  ].join('\n');
}

/** What ends up in a folder by accident and must not be published. */
export function gitIgnore(): string {
  return [
    '# Keys and credentials never belong here.',
    '*.key',
    '*.pem',
    '.env',
    '.env.*',
    'kubeconfig*',
    '',
    '.DS_Store',
    '*.swp',
    '*~',
    '',
  ].join('\n');
}

/** Rules for `owners`, or the same rules as a comment when nobody is known. */
export function codeOwners(owners: readonly string[]): string {
  const isKnown = owners.length > 0;
  const who = isKnown ? owners.join(' ') : '@your-org/your-team';
  const rules = ['/clusters/', '/.github/', '/schemas/', '/.gitattributes', '/CODEOWNERS'];
  return [
    '# Who has to agree to a change, once the branch asks for reviews of code owners.',
    '# Requests, results and PAUSE have no owner on purpose: asking and braking must not wait for anybody.',
    ...(isKnown ? [] : ['# Put a team in and remove the # in front of the rules:']),
    ...rules.map((path) => `${isKnown ? '' : '# '}${path.padEnd(16)} ${who}`),
    '',
  ].join('\n');
}
