import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The build goes where the server's project embeds it from; `CARILLON_WEB_OUT` is set by that project.
const outDir = process.env.CARILLON_WEB_OUT ?? 'dist';

export default defineConfig({
  plugins: [react()],
  // The stock Chime client is CommonJS and expects Node's name for the global object.
  define: { global: 'globalThis' },
  build: {
    outDir,
    emptyOutDir: true,
    // Everything of this page lives below /start/, so that no file's path can equal an API path.
    assetsDir: 'start/assets',
    // A data: URL would need a wider Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
  },
  server: {
    proxy: {
      '^/start/(status|ca\\.pem|sign-in|sign-out|demo)': process.env.CARILLON_URL ?? 'http://localhost:4580',
    },
  },
});
