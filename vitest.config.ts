import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Threads that the code under test starts must be able to run TypeScript.
const execArgv = ['--import', new URL('test/support/register-typescript.js', import.meta.url).href];

// For machines that do many other things as well: WARROOM_TEST_PATIENCE=5 waits five times as long.
const patience = Number(process.env['WARROOM_TEST_PATIENCE'] ?? 1);

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
          testTimeout: 30_000 * patience,
          // The default leaves a core to the machine, which is half of a small one.
          maxWorkers: Math.max(2, availableParallelism() - 1),
          // No test mocks a module or leaves anything behind, so a worker loads each module once: half the time of the suite.
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'integration',
          execArgv,
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 60_000 * patience,
          hookTimeout: 60_000 * patience,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'e2e',
          execArgv,
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 120_000 * patience,
          hookTimeout: 120_000 * patience,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 's3',
          execArgv,
          include: ['test/s3/**/*.test.ts'],
          testTimeout: 60_000 * patience,
          hookTimeout: 60_000 * patience,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'cluster',
          execArgv,
          include: ['test/cluster/**/*.test.ts'],
          globalSetup: ['test/cluster/global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // One control plane for all of them, and one of them makes it ill.
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: 'machine',
          execArgv,
          include: ['test/machine/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
