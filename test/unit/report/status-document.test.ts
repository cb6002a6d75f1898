import { describe, expect, it } from 'vitest';
import { schemaErrors } from '../../../src/schema/validators.ts';
import { statusOfReport, statusWithoutReport } from '../../../src/report/status-document.ts';
import { doubtfulReport, REQUEST, sampleReport } from './report-samples.ts';

const processor = { holder: 'processor-0', incarnation: '00000002', version: '0.1.0' };

describe('statusOfReport', () => {
  it('repeats what a listing needs, and follows its schema', async () => {
    const createdAt = REQUEST.metadata.timestamp;
    const report = await sampleReport();
    const status = statusOfReport(report, { processor, createdAt, claimedAt: '2026-11-20T14:30:12.000Z' });
    expect(schemaErrors('Status', status)).toEqual([]);
    expect(status).toMatchObject({
      phase: 'succeeded',
      outcome: 'root-cause',
      findings: 2,
      attempt: 2,
      bottomLine: report.bottomLine,
    });
    expect(status).not.toHaveProperty('qualityReasons');
    expect(schemaErrors('Status', statusOfReport(await doubtfulReport(), { processor, createdAt }))).toEqual([]);
  });
});

describe('statusWithoutReport', () => {
  it.each(['failed', 'timed-out', 'cancelled', 'rejected', 'expired'] as const)(
    'tells why a request is %s',
    (phase) => {
      const status = statusWithoutReport({
        id: REQUEST.metadata.name,
        cluster: 'production-hub',
        phase,
        reason: { code: 'some-reason', message: 'm'.repeat(3000), hint: 'try again' },
        request: REQUEST,
        requestSha256: 'ab'.repeat(32),
        attempts: [],
        processor,
        finishedAt: '2026-11-20T14:31:00.000Z',
      });
      expect(schemaErrors('Status', status)).toEqual([]);
      expect(status).toMatchObject({
        phase,
        attempt: 0,
        title: REQUEST.metadata.title,
        times: { createdAt: REQUEST.metadata.timestamp },
      });
    },
  );

  it('manages without a request that could be read', () => {
    const status = statusWithoutReport({
      id: REQUEST.metadata.name,
      cluster: 'production-hub',
      phase: 'rejected',
      reason: { code: 'invalid-file', message: 'line 3 is no YAML' },
      createdAt: '2026-11-20T14:30:00.000Z',
      requestSha256: 'ab'.repeat(32),
      attempts: [],
      processor,
      finishedAt: '2026-11-20T14:31:00.000Z',
    });
    expect(schemaErrors('Status', status)).toEqual([]);
    expect(status).not.toHaveProperty('title');
  });
});
