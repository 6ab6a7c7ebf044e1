import { defineConfig } from 'vitest/config';

/** One server and one browser for all: files run one after another, on two cores nothing else is quicker. */
export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    globalSetup: ['./server.ts'],
    fileParallelism: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
