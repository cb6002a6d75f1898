import { register } from 'node:module';

// Threads that the code under test starts inherit this, so that they run the same sources as the test.
register('../bench/load-typescript.js', import.meta.url);
