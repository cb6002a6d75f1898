import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Threads that the code under test starts must be able to run TypeScript.
const execArgv = ['--import', new URL('test/support/register-typescript.js', import.meta.url).href];

export default defineConfig({
  test: {
    reporters: ['default'],
    coverage: { provider: 'v8', include: ['src/**'], exclude: ['src/schema/generated.ts'] },
    projects: [
      {
        test: {
          name: 'unit',
          execArgv,
          include: ['test/unit/**/*.test.ts'],
          // For machines that do other things as well: a property takes seconds there.
          testTimeout: 30_000,
          // The default leaves a core to the machine, which is half of a small one.
          maxWorkers: Math.max(2, availableParallelism() - 1),
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'integration',
          execArgv,
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'e2e',
          execArgv,
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
