// The list of commands is answered before anything else is loaded: it costs hardly more than starting Node.
const args = process.argv.slice(2);
const [first] = args;

if (first === undefined || (args.length === 1 && ['--help', '-h', 'help'].includes(first))) {
  const { renderOverview } = await import('./render/overview.ts');
  // `| head -1` closes the pipe, and that is no failure.
  process.stdout.on('error', () => undefined);
  process.stdout.write(`${renderOverview()}\n`);
} else {
  const { start } = await import('./start.ts');
  await start();
}
