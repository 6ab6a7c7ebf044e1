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

/** A server of the tests' own. */
export interface Started {
  baseUrl: string;
  signInLink: string;
  stop: () => Promise<void>;
}

/** Starts the server that all suites share, unless one is named, and stops the one it started. */
export default async function setup(project: TestProject) {
  if (isGiven) {
    project.provide('baseUrl', (process.env.BASE_URL ?? '').replace(/\/$/, ''));
    project.provide('signInLink', process.env.SIGN_IN_LINK ?? '');
    return;
  }
  const server = await start();
  project.provide('baseUrl', server.baseUrl);
  project.provide('signInLink', server.signInLink);
  return server.stop;
}

/** True when the tests are to run against a server of somebody else's. Vite gives the variable a meaning of its own, a path. */
export const isGiven = process.env.BASE_URL?.startsWith('http') ?? false;

/** Starts a server on free ports with a new data folder. @param more Settings as flags. */
export async function start(more: readonly string[] = []): Promise<Started> {
  const data = await mkdtemp(join(tmpdir(), 'carillon-browser-'));
  const [program = '', ...rest] = (process.env.CARILLON_COMMAND ?? standard).split(' ');
  const args = [...rest.map(arg => arg.replace('{data}', data)), ...more];
  const server = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = async () => {
    const gone = new Promise(done => server.once('exit', done));
    if (server.exitCode === null && server.kill('SIGTERM')) await gone;
    await rm(data, { recursive: true, force: true });
  };
  try {
    const signInLink = await signInLinkOf(server);
    const baseUrl = new URL(signInLink).origin;
    await until(async () => (await fetch(`${baseUrl}/readyz`)).ok);
    return { baseUrl, signInLink, stop };
  } catch (error) {
    await stop();
    throw error;
  }
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
