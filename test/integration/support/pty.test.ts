import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { closedEnvironment } from '../../support/closed-environment.ts';
import { canOpenTerminal, KEYS, openTerminal } from '../../support/pty.ts';

const ECHO = `
  process.stdin.setRawMode(true);
  console.log(['size', process.stdout.columns, process.stdout.rows, process.stdin.isTTY].join(' '));
  process.stdout.write('\\x1b[31mname?\\x1b[0m ');
  process.stdin.on('data', (keys) => {
    console.log('got ' + JSON.stringify(keys.toString()));
    if (keys.includes('q')) process.exit(7);
  });
`;

function openEcho(): ReturnType<typeof openTerminal> {
  const argv = [process.execPath, '-e', ECHO];
  return openTerminal(argv, { cwd: tmpdir(), env: closedEnvironment(), columns: 90, lines: 20 });
}

describe.skipIf(!(await canOpenTerminal()))('terminal', () => {
  it('has the size that was asked for, takes keys and hands over the exit code', async () => {
    const terminal = openEcho();
    try {
      await terminal.waitFor(/size 90 20 true/u);
      await terminal.waitFor(/name\?/u);
      terminal.send(`it's${KEYS.enter}`);
      await terminal.waitFor(/got "it's\\r"/u);
      terminal.send(KEYS.down);
      await terminal.waitFor(/got "\\u001b\[B"/u);
      terminal.send('q');
      expect(await terminal.exit).toBe(7);
      expect(terminal.screen().text).toContain('\nname? got');
      expect(terminal.screen().raw).toContain('\u001b[31mname?');
    } finally {
      await terminal.close();
    }
  });

  it('says what is shown when the awaited text does not come', async () => {
    const terminal = openEcho();
    try {
      await terminal.waitFor(/name\?/u);
      await expect(terminal.waitFor(/colour\?/u, 50)).rejects.toThrow(/colour.*\nsize 90 20 true\nname\?/su);
      terminal.send('q');
      await terminal.exit;
      await expect(terminal.waitFor(/colour\?/u)).rejects.toThrow(/colour/u);
    } finally {
      await terminal.close();
    }
  });

  it('ends a command that goes on when it is closed', async () => {
    const terminal = openEcho();
    await terminal.waitFor(/name\?/u);
    await terminal.close();
    expect(await terminal.exit).toBe(137);
  });
});
