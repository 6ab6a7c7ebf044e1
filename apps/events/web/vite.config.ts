import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The build goes where the server's project embeds it from; `CARILLON_WEB_OUT` is set by that project.
const outDir = process.env.CARILLON_WEB_OUT ?? 'dist';

// What every page draws at once, in one file: many small ones would be larger together. The base comes first, so that
// what a component says of itself counts.
const common = new RegExp(
  [
    'web-kit/src/(base|announce|cx|theme|http|ui/(Button|Field|Menu|Notice|Icon|StatusDot|ThemeSwitch|Wordmark))\\.',
    'web/src/shared/(i18n/(format|language|useText|messages/en(?=\\.ts))|time|useNow|http|useArrival|ErrorBoundary|ui/(?!Qr)\\w+)\\.',
  ].join('|'),
);

export default defineConfig({
  plugins: [react()],
  // The stock Chime client is CommonJS and expects Node's name for the global object.
  define: { global: 'globalThis' },
  build: {
    outDir,
    emptyOutDir: true,
    // Everything of this page lives below /events/, so that no file's path can equal an API path.
    assetsDir: 'events/assets',
    // A data: URL would need a wider Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    // Says which file needs which: the test of the budget reads it.
    manifest: 'events/manifest.json',
    rolldownOptions: {
      input: { fan: 'events/fan.html', organise: 'events/organise.html', desk: 'events/desk.html' },
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\// },
            { name: 'common', test: common },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      '^/events/api': { target: process.env.CARILLON_URL ?? 'http://localhost:4580', ws: true },
    },
  },
});
