import { defineConfig } from 'vitest/config';

/** Models are tested without a page. The browser tests need a server, so they have a configuration of their own. */
export default defineConfig({
  test: { include: ['apps/**/src/**/*.test.ts'], environment: 'node', css: true },
});
