// fetch-tool.js NAME URL SHA256 FOLDER: puts one program into FOLDER when its bytes are the ones that were asked for.
// An empty URL leaves it out. An archive (.tar.gz, .tgz) is unpacked for the one file of that name.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [name, url, sha256, folder] = process.argv.slice(2);
if (name === undefined || folder === undefined) throw new Error('usage: fetch-tool.js NAME URL SHA256 FOLDER');

if (!url) {
  process.stdout.write(`${name}: left out\n`);
} else {
  if (!/^[0-9a-f]{64}$/u.test(sha256 ?? ''))
    throw new Error(`${name}: a sha256 of 64 characters must be given with its URL`);
  const bytes = await read(url);
  const digest = createHash('sha256').update(bytes).digest('hex');
  if (digest !== sha256) throw new Error(`${name}: ${url} has the sha256 ${digest}, not ${sha256}`);
  const target = join(folder, name);
  if (/\.t(?:ar\.)?gz$/u.test(new URL(url).pathname)) unpack(bytes, target);
  else writeFileSync(target, bytes);
  chmodSync(target, 0o755);
  process.stdout.write(`${name}: ${url}\n`);
}

async function read(address) {
  if (address.startsWith('file://')) return readFileSync(new URL(address));
  if (!address.startsWith('https://')) throw new Error(`${name}: ${address} is neither https:// nor file://`);
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${name}: ${address} answered ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}

function unpack(bytes, target) {
  const scratch = mkdtempSync(join(folder, '.unpack-'));
  try {
    execFileSync('tar', ['-xzf', '-', '-C', scratch, name], { input: bytes });
    renameSync(join(scratch, name), target);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
