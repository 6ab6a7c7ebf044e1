import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    baseUrl: string;
    /** Empty when it is not known. */
    signInLink: string;
  }
}

const root = resolve(import.meta.dirname, '../..');
const standard = 'dotnet artifacts/bin/Carillon.Stack/debug/Carillon.Stack.dll --data {data} --port 0 --tls-port 0';
const startWithinMs = 40_000;

/** Starts the server, unless one is named, and stops the one it started. */
export default async function setup(project: TestProject) {
  // Vite gives this variable a meaning of its own, a path; ours is an address.
  const given = process.env.BASE_URL;
  if (given?.startsWith('http')) {
    project.provide('baseUrl', given.replace(/\/$/, ''));
    project.provide('signInLink', process.env.SIGN_IN_LINK ?? '');
    return;
  }
  const data = await mkdtemp(join(tmpdir(), 'carillon-browser-'));
  const [program = '', ...rest] = (process.env.CARILLON_COMMAND ?? standard).split(' ');
  const args = rest.map(arg => arg.replace('{data}', data));
  const server = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = async () => {
    const gone = new Promise(done => server.once('exit', done));
    if (server.exitCode === null && server.kill('SIGTERM')) await gone;
    await rm(data, { recursive: true, force: true });
  };
  try {
    const link = await signInLinkOf(server);
    const baseUrl = new URL(link).origin;
    await until(async () => (await fetch(`${baseUrl}/readyz`)).ok);
    project.provide('baseUrl', baseUrl);
    project.provide('signInLink', link);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

/** The server says where it is in the link that it prints for its operator. */
function signInLinkOf(server: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    let said = '';
    const timer = setTimeout(() => fail(new Error(`no sign-in link within 40 s:\n${said}`)), startWithinMs);
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      const link = /https?:\/\/\S+\/sign-in#[\w-]+/.exec(said)?.[0];
      if (!link) return;
      clearTimeout(timer);
      done(link);
    };
    server.stdout?.on('data', hear);
    server.stderr?.on('data', hear);
    server.once('error', fail);
    server.once('exit', code => fail(new Error(`the server ended with ${code}:\n${said}`)));
  });
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + startWithinMs;
  for (;;) {
    try {
      if (await holds()) return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    if (Date.now() > deadline) throw new Error('the server did not become ready');
    await new Promise(done => setTimeout(done, 100));
  }
}
