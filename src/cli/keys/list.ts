import { loadProcessorKeys } from '../../client/processor-keys.ts';
import { signingEnvironment } from '../../config/signing-environment.ts';
import { readRevoked, readSigners } from '../../signature/edit-trust.ts';
import type { AllowedSigner } from '../../signature/allowed-signers.ts';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { renderTable, renderTsv } from '../render/table.ts';
import { withWarRoom } from '../session.ts';
import { loadZone } from '../zone.ts';
import { readZoneEnrolments, trustDirOf } from './zone-keys.ts';

export interface ListKeyFlags {
  readonly c?: string;
}

/** In the zone: who may sign what, and who asks to. Elsewhere: the own key and those of processors. */
export async function listKeys(context: CliContext, flags: ListKeyFlags): Promise<ExitCode> {
  return flags.c === undefined ? await listOwn(context) : await listZone(context, flags.c);
}

interface Row {
  readonly owner: string;
  readonly key: string;
  readonly state: string;
  readonly note: string;
}

async function listOwn(context: CliContext): Promise<ExitCode> {
  return await withWarRoom(context, async (session) => {
    const { env, signal } = context;
    const signer = await session.signer();
    const principal = (await session.principal()) ?? '';
    const own: Row[] =
      signer.kind === 'none'
        ? []
        : [
            {
              owner: principal,
              key: (await signer.publicKey({ env: signingEnvironment(env), signal })).fingerprint,
              state: 'yours',
              note: signer.source,
            },
          ];
    if (signer.kind === 'none') context.io.err(`you have no key to sign with: ${signer.why}\n  ${signer.hint}`);
    const { all } = await loadProcessorKeys(session.verification);
    const known = all.map(({ cluster, signer: { key, comment }, origin }): Row => {
      return { owner: cluster, key: key.fingerprint, state: origin, note: comment };
    });
    return print(context, [...own, ...known]);
  });
}

async function listZone(context: CliContext, file: string): Promise<ExitCode> {
  const settings = await loadZone(context, file);
  const dir = trustDirOf(settings);
  const revoked = new Set((await readRevoked(dir)).map(({ fingerprint }) => fingerprint));
  const signers = await readSigners(dir);
  const now = context.clock.now();
  const accepted = signers.map((signer): Row => ({
    owner: signer.principal,
    key: signer.key.fingerprint,
    state: revoked.has(signer.key.fingerprint) ? 'revoked' : validity(signer, now),
    note: [signer.namespaces.map((name) => name.replace(/^warroom-|@v1$/gu, '')).join(','), signer.comment]
      .filter(Boolean)
      .join(' · '),
  }));
  const known = new Set(signers.map(({ key }) => key.fingerprint));
  const pending = (await readZoneEnrolments(context, settings)).filter(({ key }) => !known.has(key.fingerprint));
  const asking = pending.map((one): Row => ({
    owner: one.principal,
    key: one.key.fingerprint,
    state: 'asks',
    note: [`since ${one.askedAt.toISOString().slice(0, 10)}`, one.comment].filter(Boolean).join(' · '),
  }));
  return print(context, [...accepted, ...asking]);
}

function validity({ validAfter, validBefore }: AllowedSigner, now: Date): string {
  if (validBefore !== undefined && validBefore <= now) return 'expired';
  if (validAfter !== undefined && validAfter > now) return 'not yet';
  return validBefore === undefined ? 'accepted' : `until ${validBefore.toISOString().slice(0, 10)}`;
}

function print({ io, flags }: CliContext, rows: readonly Row[]): ExitCode {
  if (flags.json) {
    io.out(JSON.stringify({ keys: rows }, null, 2));
    return EXIT.done;
  }
  const cells = rows.map(({ owner, key, state, note }) => [owner, key, state, note]);
  const table = [['OWNER', 'KEY', 'STATE', 'NOTE'], ...cells];
  for (const line of io.isTerminal ? renderTable(table, io.width) : cells.map(renderTsv)) io.out(line);
  return EXIT.done;
}
