import { defineConfig } from 'vitest/config';

/** One browser at a time: on two cores nothing else is quicker. */
const common = { fileParallelism: false, testTimeout: 30_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    fileParallelism: false,
    projects: [
      // Against a whole server.
      {
        test: {
          ...common,
          name: 'server',
          include: ['**/*.test.ts'],
          exclude: ['events/**', 'live/**', 'node_modules/**'],
          globalSetup: ['./server.ts'],
        },
      },
      // Live events with every process behind them, which the tests start, kill and start again.
      { test: { ...common, name: 'live', include: ['live/**/*.test.ts'] } },
      // The built pages of the events, whose server each test plays.
      { test: { ...common, name: 'events', include: ['events/**/*.test.ts'], globalSetup: ['./events/pages.ts'] } },
    ],
  },
});
