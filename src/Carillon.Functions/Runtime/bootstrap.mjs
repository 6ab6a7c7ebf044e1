// Asks for events and hands them to the function's handler, as AWS's own runtime client for Node does.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';

const env = process.env;
const root = env.LAMBDA_TASK_ROOT;
const [authority, ...prefix] = env.AWS_LAMBDA_RUNTIME_API.split('/');
const [host, port] = authority.split(':');
const base = ['', ...prefix, '2018-06-01', 'runtime'].join('/');
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let current = null;
let ready = false;

const call = (method, path, body = '', headers = {}) => new Promise((done, fail) => {
  const length = Buffer.byteLength(body);
  request({ host, port, agent, method, path: base + path, headers: { ...headers, 'content-length': length } }, (answer) => {
    const parts = [];
    answer.on('data', (part) => parts.push(part)).on('error', fail);
    answer.on('end', () => done({ status: answer.statusCode, headers: answer.headers, text: Buffer.concat(parts).toString() }));
  }).on('error', fail).end(body);
});
const named = (name, message) => Object.assign(new Error(message), { name, stack: `${name}: ${message}` });
const described = (e) => (e instanceof Error
  ? { errorType: e.name, errorMessage: e.message, trace: (e.stack ?? '').split('\n') }
  : { errorType: typeof e, errorMessage: String(e), trace: [] });
const report = (path, e) => {
  const error = described(e);
  process.stderr.write(`${new Date().toISOString()}\t${current ?? 'undefined'}\tERROR\tInvoke Error\t${JSON.stringify(error)}\n`);
  mark();
  const type = error.errorType.replace(/[^\w.-]/g, '_');
  return call('POST', path, JSON.stringify(error), { 'content-type': 'application/json', 'lambda-runtime-function-error-type': type });
};
// Tells the host that what this invocation has printed is printed.
const mark = () => [process.stdout, process.stderr].forEach((to) => to.write(`\0${current}\n`));
const die = (code) => async (e) => {
  const told = code === 128 ? named('Runtime.UnhandledPromiseRejection', String(e)) : e;
  if (current || !ready) await report(current ? `/invocation/${current}/error` : '/init/error', told).catch(() => {});
  process.exit(code);
};
process.on('uncaughtException', die(129)).on('unhandledRejection', die(128));
for (const [name, level] of Object.entries({ log: 'INFO', info: 'INFO', warn: 'WARN', error: 'ERROR', debug: 'DEBUG', trace: 'TRACE' })) {
  console[name] = (...said) => (level === 'ERROR' || level === 'WARN' ? process.stderr : process.stdout).write(
    `${new Date().toISOString()}\t${current ?? 'undefined'}\t${level}\t${format(...said)}`.replaceAll('\n', '\r') + '\n');
}

const isFile = (path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
const isModule = (folder) => {
  const file = join(folder, 'package.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')).type === 'module';
  return folder.length > root.length && isModule(dirname(folder));
};
const loadModule = (path) => {
  const require = createRequire(join(root, 'bootstrap.js'));
  if (isFile(path)) return require(path);
  if (isFile(`${path}.js`)) return isModule(dirname(path)) ? import(pathToFileURL(`${path}.js`)) : require(`${path}.js`);
  if (isFile(`${path}.mjs`)) return import(pathToFileURL(`${path}.mjs`));
  return require(isFile(`${path}.cjs`) ? `${path}.cjs` : path);
};
const loadHandler = async (name) => {
  const [, file, exported] = /^([^.]*)\.(.*)$/.exec(basename(name)) ?? [];
  if (name.includes('..') || !file) throw named('Runtime.MalformedHandlerName', `'${name}' is not a valid handler name.`);
  const module = await Promise.resolve().then(() => loadModule(join(root, dirname(name), file))).catch((e) => {
    if (e instanceof SyntaxError) throw named('Runtime.UserCodeSyntaxError', String(e));
    throw /MODULE_NOT_FOUND$/.test(e?.code) ? named('Runtime.ImportModuleError', `Error: ${e.message}`) : e;
  });
  const handler = exported.split('.').reduce((found, part) => found?.[part], module);
  if (typeof handler === 'function') return handler;
  throw named('Runtime.HandlerNotFound', `${name} is ${handler === undefined ? 'undefined or not exported' : 'not a function'}`);
};

let drained = () => {};
process.on('beforeExit', () => drained());
const run = (handler, event, context) => new Promise((resolve, reject) => {
  const ended = (error, result) => {
    if (error !== null && error !== undefined) reject(error);
    else if (context.callbackWaitsForEmptyEventLoop) drained = () => resolve(result);
    else resolve(result);
  };
  Object.assign(context, { done: ended, succeed: (result) => ended(null, result), fail: (e) => ended(e ?? 'handled') });
  drained = () => resolve(null);
  const returned = handler(event, context, ended);
  if (typeof returned?.then === 'function') {
    drained = () => reject(named('Runtime.NodeJsExit', 'The handler returned a promise that can no longer settle.'));
    returned.then(resolve, reject);
  }
});
const contextOf = (headers) => ({
  callbackWaitsForEmptyEventLoop: true,
  functionName: env.AWS_LAMBDA_FUNCTION_NAME,
  functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
  memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
  logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
  clientContext: headers['lambda-runtime-client-context'] && JSON.parse(headers['lambda-runtime-client-context']),
  identity: headers['lambda-runtime-cognito-identity'] && JSON.parse(headers['lambda-runtime-cognito-identity']),
  invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
  awsRequestId: headers['lambda-runtime-aws-request-id'],
  getRemainingTimeInMillis: () => Number(headers['lambda-runtime-deadline-ms']) - Date.now(),
});

const handler = await loadHandler(env._HANDLER).catch(async (e) => {
  await report('/init/error', e);
  process.exit(1);
});
ready = true;
// A server that no longer answers is gone, and its functions go with it.
const orGone = () => process.exit(1);
for (;;) {
  const next = await call('GET', '/invocation/next').catch(orGone);
  if (next.status !== 200) orGone();
  current = next.headers['lambda-runtime-aws-request-id'];
  env._X_AMZN_TRACE_ID = next.headers['lambda-runtime-trace-id'] ?? '';
  await Promise.resolve().then(async () => {
    const text = JSON.stringify((await run(handler, JSON.parse(next.text), contextOf(next.headers))) ?? null);
    drained = () => {};
    mark();
    return () => call('POST', `/invocation/${current}/response`, text ?? 'null', { 'content-type': 'application/json' });
  }).catch((e) => () => report(`/invocation/${current}/error`, e)).then((tell) => tell()).catch(orGone);
  current = null;
}
