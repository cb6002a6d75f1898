/** A draft whose only finding quotes what `uname` printed. */
export function linuxDraft(
  citation: { readonly evidence: string; readonly quote: string },
  change: { readonly bottomLine?: string; readonly severity?: 'info' | 'warning' } = {},
): Record<string, unknown> {
  const { bottomLine = 'The kernel answers and nothing else is wrong.', severity = 'info' } = change;
  return {
    bottomLine,
    outcome: 'inconclusive',
    findings: [
      {
        title: 'The machine runs Linux',
        severity,
        object: 'host',
        explanation: 'The kernel names itself.',
        confidence: 0.9,
        citations: [citation],
      },
    ],
    timeline: [],
    ruledOut: [],
    recommendations: [{ action: 'watch the load', risk: 'none' }],
    unknowns: [],
    confidence: 0.6,
  };
}
