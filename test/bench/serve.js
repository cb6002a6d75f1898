import { register } from 'node:module';

register('./load-typescript.js', import.meta.url);
await import('./serve.ts');
