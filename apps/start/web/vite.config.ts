import { pageConfig } from '@carillon/web-kit/vite';
import { defineConfig } from 'vite';

export default defineConfig({
  ...pageConfig('start', '^/start/(status|ca\\.pem|sign-in|sign-out|demo)'),
  // The stock Chime client is CommonJS and expects Node's name for the global object.
  define: { global: 'globalThis' },
});
