import { defineConfig } from 'vite';
import { pageConfig } from '../../web-kit/vite.ts';

export default defineConfig({
  ...pageConfig('start', '^/start/(status|ca\\.pem|sign-in|sign-out|demo)'),
  // The stock Chime client is CommonJS and expects Node's name for the global object.
  define: { global: 'globalThis' },
});
