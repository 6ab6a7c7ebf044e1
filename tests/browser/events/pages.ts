import { execFile } from 'node:child_process';
import { createReadStream, existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the built pages are served, without a server behind them. */
    pagesUrl: string;
    /** The folder they were built into. */
    pagesFolder: string;
  }
}

const web = resolve(import.meta.dirname, '../../../apps/events/web');
const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** What a server of these pages has to allow, and nothing more. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' https:",
  "media-src 'self' blob: data: https:",
  "connect-src 'self' https: wss: ws:",
  'frame-src https:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

/** Which page an address of the events is, as the server says it. */
function pageOf(path: string): string | undefined {
  if (/^\/events\/(sign-in|organise(\/[^.]*)?)\/?$/.test(path)) return 'organise.html';
  if (/^\/events\/desk\/[^/.]+\/?$/.test(path)) return 'desk.html';
  return /^\/events\/[^/.]*$/.test(path) ? 'fan.html' : undefined;
}

/** Builds the pages, unless a folder is named, and serves them; their API is played by each test. */
export default async function setup(project: TestProject) {
  const given = process.env.EVENTS_PAGES;
  const folder = given ?? (await mkdtemp(join(tmpdir(), 'carillon-events-')));
  if (!given)
    await promisify(execFile)('node', [resolve(web, '../../../node_modules/vite/bin/vite.js'), 'build'], {
      cwd: web,
      // The runner says that this is a test; what is measured is what people get.
      env: { ...process.env, NODE_ENV: 'production', CARILLON_WEB_OUT: folder },
    });
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname);
    const file = normalize(join(folder, path));
    const found = file.startsWith(folder) && extname(path) !== '' && existsSync(file);
    const page = pageOf(path);
    const send = found ? file : page && join(folder, 'events', page);
    if (!send) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'content-type': types[extname(send)] ?? 'application/octet-stream',
      'content-security-policy': policy,
      'cache-control': 'no-store',
    });
    createReadStream(send).pipe(response);
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  project.provide('pagesUrl', `http://localhost:${(server.address() as AddressInfo).port}`);
  project.provide('pagesFolder', folder);
  return async () => {
    await new Promise(done => {
      server.close(done);
      server.closeAllConnections();
    });
    if (!given) await rm(folder, { recursive: true, force: true });
  };
}
