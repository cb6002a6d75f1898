import { describe, expect, it } from 'vitest';
import { modelWarning } from '../../../src/processor/model-warning.ts';

describe('a processor without its model', () => {
  it('says why, and the war room learns that there is none', () => {
    const opened = { why: 'claude 2.1.400 fails in a self test: it took too long', lost: { hint: 'install 2.1.329' } };
    const warning = modelWarning('auto', opened);
    expect(warning?.event).toEqual({
      type: 'warning',
      code: 'no-model',
      message:
        'this processor judges by its playbooks alone: claude 2.1.400 fails in a self test: it took too long; install 2.1.329; it is tried again by itself',
    });
    expect(warning?.warnings).toEqual([
      {
        code: 'no-model',
        message:
          'this processor judges by its playbooks alone: its model cannot be used, and is tried again; its log has the reason',
      },
    ]);
  });

  it('that was never given one has lost nothing', () => {
    expect(modelWarning('auto', { why: 'no model credential is configured' })).toBeUndefined();
  });

  it('says nothing when its configuration wants none', () => {
    expect(modelWarning('diagnostics', { why: 'engine: diagnostics' })).toBeUndefined();
  });
});
