import { describe, expect, it } from 'vitest';
import { servedCertificates } from '../../../src/playbook/detectors/served-certificates.ts';
import type { StepData } from '../../../src/playbook/parse-output.ts';

const CHAIN = `CONNECTED(00000003)
---
Certificate chain
 0 s:CN = shop.example.com
   i:CN = Example Issuing CA
   a:PKEY: rsaEncryption, 2048 (bit); sigalg: RSA-SHA256
   v:NotBefore: Nov  1 06:00:00 2026 GMT; NotAfter: Dec  1 06:00:00 2026 GMT
 1 s:CN = Example Issuing CA
   i:CN = Example Root CA
   v:NotBefore: Jan  1 00:00:00 2020 GMT; NotAfter: Jan  1 00:00:00 2036 GMT
---`;

function dataOf(text: string): StepData {
  const lines = text.split('\n').map((each) => ({ text: each }));
  return { root: { lines }, lines: text.split('\n'), spanOf: () => undefined, isPartial: false };
}

function read(text: string): readonly unknown[] {
  return servedCertificates(dataOf(text)).map(({ item }) => item);
}

describe('served-certificates', () => {
  it('reads every certificate of the chain, and the verdict on it', () => {
    expect(read(`${CHAIN}\n    Verify return code: 62 (hostname mismatch)`)).toEqual([
      {
        ...{ position: 0, subject: 'CN = shop.example.com', issuer: 'CN = Example Issuing CA', lifetimeDays: 30 },
        ...{ notBefore: 'Nov  1 06:00:00 2026 GMT', notAfter: 'Dec  1 06:00:00 2026 GMT' },
        ...{ code: 62, verdict: 'hostname mismatch' },
      },
      expect.objectContaining({ position: 1, subject: 'CN = Example Issuing CA', issuer: 'CN = Example Root CA' }),
    ]);
  });

  it('takes the first verdict: with every ticket of TLS 1.3 there is another one', () => {
    const text = `${CHAIN}\nVerify return code: 10 (certificate has expired)\n    Verify return code: 0 (ok)`;
    expect(read(text)[0]).toMatchObject({ code: 10, verdict: 'certificate has expired' });
  });

  it('cites the dates, or the verdict when that is about something else', () => {
    const cited = (verdict: string): unknown => servedCertificates(dataOf(`${CHAIN}\n${verdict}`))[0]?.source;
    expect(cited('Verify return code: 10 (certificate has expired)')).toHaveProperty(
      'text',
      expect.stringContaining('NotAfter'),
    );
    expect(cited('Verify return code: 62 (hostname mismatch)')).toHaveProperty(
      'text',
      expect.stringContaining('hostname mismatch'),
    );
  });

  it('says nothing of dates that are not printed, and nothing without a chain', () => {
    expect(read(' 0 s:CN = a\n   i:CN = a')).toEqual([{ position: 0, subject: 'CN = a', issuer: 'CN = a' }]);
    expect(read('no peer certificate available\nVerify return code: 0 (ok)')).toEqual([]);
  });
});
