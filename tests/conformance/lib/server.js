// Starts the real server as a stranger would: its own process, its own data folder, loopback only.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deadline } from './wait.js';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const built = join(repository, 'artifacts/bin/Carillon.Server/debug/Carillon.Server.dll');

/** The command that starts a server; `CARILLON_SERVER`, split at spaces, replaces it. */
function command() {
  if (process.env.CARILLON_SERVER) {
    return process.env.CARILLON_SERVER.split(' ').filter(part => part.length > 0);
  }

  if (!existsSync(built)) {
    throw new Error(
      `The server is not built: there is no ${built}. Run "dotnet build src/Carillon.Server" in the repository, ` +
        'or set CARILLON_SERVER to a command that starts one.',
    );
  }

  return ['dotnet', built];
}

/** A new folder, which the caller removes. */
export const temporaryFolder = () => mkdtemp(join(tmpdir(), 'carillon-conformance-'));

export const removeFolder = folder => rm(folder, { recursive: true, force: true });

/** The server refuses variables it does not know, and none of ours or of AWS's are its business. */
function environment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !name.startsWith('CARILLON_') && !name.startsWith('AWS_') && name !== 'NODE_EXTRA_CA_CERTS',
    ),
  );
}

export class Server {
  #process;
  #ended;

  constructor(child, ended, address) {
    this.#process = child;
    this.#ended = ended;
    Object.assign(this, address);
  }

  /**
   * Resolves when the server says that it is running; its ports are those it printed.
   * @param {{ data: string, port?: number, tlsPort?: number }} options ports of 0 let the system choose
   */
  static async start({ data, port = 0, tlsPort = 0 }) {
    const [program, ...args] = command();
    const child = spawn(
      program,
      [...args, '--data', data, '--port', `${port}`, '--tls-port', `${tlsPort}`, '--bind', '127.0.0.1'],
      { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let output = '';
    const ended = new Promise(resolve => child.once('exit', (code, signal) => resolve({ code, signal })));
    const said = new Promise((resolve, reject) => {
      const read = chunk => {
        output += chunk;
        const http = /^\s+HTTP\s+(http:\/\/\S+)/m.exec(output);
        const https = /^\s+HTTPS\s+https:\/\/\S+:(\d+)\s+\(trust (.+)\)$/m.exec(output);
        const credentials = /^\s+credentials\s+(\S.*)$/m.exec(output);
        if (http && https && credentials) {
          resolve({ http: http[1], tlsPort: Number(https[1]), ca: https[2], credentialsFile: credentials[1].trim() });
        }
      };
      child.stdout.setEncoding('utf8').on('data', read);
      child.stderr.setEncoding('utf8').on('data', read);
      child.once('error', reject);
      ended.then(({ code, signal }) => reject(new Error(`The server ended (${code ?? signal}):\n${output}`)));
    });
    try {
      const address = await deadline(said, 30_000, () => `the server's banner; it said:\n${output}`);
      return new Server(child, ended, { ...address, data, port: Number(new URL(address.http).port) });
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  get pid() {
    return this.#process.pid;
  }

  /** The root key, from the file that the server made for the AWS clients. */
  async credentials() {
    const text = await readFile(this.credentialsFile, 'utf8');
    const member = name => new RegExp(`^${name} *= *(\\S+)`, 'm').exec(text)[1];
    return { accessKeyId: member('aws_access_key_id'), secretAccessKey: member('aws_secret_access_key') };
  }

  /** Asks the server to stop and waits until it has. */
  async stop(signal = 'SIGTERM') {
    this.#process.kill(signal);
    try {
      return await deadline(this.#ended, 20_000, () => `the server (process ${this.pid}) to end after ${signal}`);
    } catch (error) {
      this.#process.kill('SIGKILL');
      throw error;
    }
  }
}
