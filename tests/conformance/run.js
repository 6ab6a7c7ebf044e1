// Starts a server, aims every test file at it, counts, and stops it. "npm test -- messages" runs files so named.

import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { writeSettings } from './lib/provider.js';
import { removeFolder, Server, temporaryFolder } from './lib/server.js';

const folder = fileURLToPath(new URL('tests/', import.meta.url));
const wanted = process.argv.slice(2);
const files = readdirSync(folder)
  .filter(name => name.endsWith('.test.js') && (wanted.length === 0 || wanted.some(part => name.includes(part))))
  .map(name => join(folder, name));

// Our floor is the version of Node that the SDK says it will leave behind; once per process is often enough to be noise.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const target = process.env.CARILLON_CONFORMANCE_TARGET ?? 'carillon';

async function main() {
  if (files.length === 0) {
    throw new Error(`No test file is named like ${wanted.join(' or ')}.`);
  }

  if (target === 'aws') {
    if (!process.env.AWS_REGION) {
      throw new Error('AWS_REGION must name the region of AWS to aim at.');
    }

    return await runTests();
  }

  if (target !== 'carillon') {
    throw new Error(`CARILLON_CONFORMANCE_TARGET can be carillon or aws, not ${target}.`);
  }

  const data = await temporaryFolder();
  try {
    const providerKey = await writeSettings(data);
    const server = await Server.start({ data });
    try {
      await aimAt(server, data, providerKey);
      return await runTests();
    } finally {
      await server.stop();
    }
  } finally {
    await removeFolder(data);
  }
}

/** Tells the test processes where the server is, and makes them trust its certificate from their start. */
async function aimAt(server, data, providerKey) {
  process.env.CARILLON_CONFORMANCE_SERVER = JSON.stringify({
    http: server.http,
    tlsPort: server.tlsPort,
    data,
    providerKey,
    credentials: await server.credentials(),
  });
  const others = process.env.NODE_EXTRA_CA_CERTS ? readFileSync(process.env.NODE_EXTRA_CA_CERTS, 'utf8') : '';
  const trusted = join(data, 'trusted.pem');
  await writeFile(trusted, `${others}\n${readFileSync(server.ca, 'utf8')}`);
  process.env.NODE_EXTRA_CA_CERTS = trusted;
}

async function runTests() {
  const counts = { passed: 0, failed: 0, skipped: 0, gaps: 0 };
  const leftOut = [];
  const gaps = [];
  const closed = [];
  const tests = run({ files, concurrency: target === 'aws' ? 1 : 2 });
  tests.on('test:pass', event => {
    if (typeof event.skip === 'string') {
      counts.skipped++;
      leftOut.push(`${event.name} (${event.skip})`);
    } else if (typeof event.todo === 'string') {
      counts.failed++;
      closed.push(event.name);
    } else {
      counts.passed++;
    }
  });
  tests.on('test:fail', event => {
    if (typeof event.todo === 'string') {
      counts.gaps++;
      gaps.push(`${event.name} (${event.todo})`);
    } else {
      counts.failed++;
    }
  });
  const printed = tests.compose(spec);
  printed.pipe(process.stdout, { end: false });
  await finished(printed);

  print('Left out', leftOut);
  print('Known gaps, which fail as expected', gaps);
  print('Known gaps that are closed; take their marks away', closed);
  process.stdout.write(
    `conformance: ${counts.passed} passed, ${counts.failed} failed, ${counts.gaps} known gaps, ${counts.skipped} skipped\n`,
  );
  return counts.failed === 0 && counts.passed > 0;
}

function print(title, lines) {
  if (lines.length > 0) {
    process.stdout.write(`\n${title}:\n${lines.map(line => `  ${line}\n`).join('')}\n`);
  }
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.stdout.write('conformance: 0 passed, 1 failed, 0 known gaps, 0 skipped\n');
  process.exitCode = 1;
}
