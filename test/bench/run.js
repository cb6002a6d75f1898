import { register } from 'node:module';

register('./load-typescript.js', import.meta.url);
const { main } = await import('./main.ts');
process.exitCode = await main(process.argv.slice(2));
