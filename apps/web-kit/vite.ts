import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import type { Plugin, UserConfig } from 'vite';

const common = [
  { file: 'theme.js', type: 'text/javascript' },
  { file: 'icon.svg', type: 'image/svg+xml' },
];

/** Puts what every page has into each page's own folder, because one page may be served without the others. */
function commonFiles(name: string): Plugin {
  const read = (file: string) => readFileSync(join(import.meta.dirname, 'static', file));
  return {
    name: 'common-files',
    generateBundle() {
      for (const { file } of common) this.emitFile({ type: 'asset', fileName: `${name}/${file}`, source: read(file) });
    },
    configureServer(server) {
      for (const { file, type } of common)
        server.middlewares.use(`/${name}/${file}`, (_, response) => {
          response.setHeader('content-type', type);
          response.end(read(file));
        });
    },
  };
}

/** How a page is built. @param name Its folder on the server: all its files lie below, so that none can equal an API path. */
export function pageConfig(name: string, proxied: string): UserConfig {
  return {
    plugins: [react(), commonFiles(name)],
    build: {
      // The build goes where the server's project embeds it from; that project sets the variable.
      outDir: process.env.CARILLON_WEB_OUT ?? 'dist',
      emptyOutDir: true,
      assetsDir: `${name}/assets`,
      // A data: URL would need a wider Content-Security-Policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      target: 'es2022',
    },
    server: { proxy: { [proxied]: process.env.CARILLON_URL ?? 'http://localhost:4580' } },
  };
}
