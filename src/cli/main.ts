import { writeSync } from 'node:fs';

// The list of commands is answered before anything else is loaded: it costs hardly more than starting Node. Even
// `process.stdout` is left alone, because making the stream takes a good part of that.
const args = process.argv.slice(2);
const [first] = args;

if (first === undefined || (args.length === 1 && ['--help', '-h', 'help'].includes(first))) {
  const { renderOverview } = await import('./render/overview.ts');
  try {
    writeSync(1, `${renderOverview()}\n`);
  } catch (error) {
    // `| head -1` closes the pipe, and that is no failure.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error;
  }
} else {
  const { start } = await import('./start.ts');
  await start();
}
