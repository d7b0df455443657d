// Apollo's compatibility tests against the products subgraph at the URL given: `node run.mjs http://127.0.0.1:4001/`.
// Beside it run the `users` and `inventory` subgraphs of the tests' own package, and Apollo's gateway over the three. Prints a
// line for each test and the sum; ends with 1 where one fails.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { composeServices } from '@apollo/composition';
import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { parse } from 'graphql';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const suite = join(here, 'node_modules/@apollo/federation-subgraph-compatibility-tests/dist');
const productsUrl = process.argv[2];
const started = [];

const freePort = () =>
  new Promise((found, failed) => {
    const probe = createServer().on('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => found(port));
    });
  });

// A subgraph of the tests' package says on its output that it is ready.
async function subgraph(name, variable) {
  const port = await freePort();
  const folder = join(suite, 'subgraphs', name);
  const child = spawn(process.execPath, ['index.js'], { cwd: folder, env: { ...process.env, [variable]: String(port) } });
  started.push(child);
  await new Promise((ready, failed) => {
    child.stdout.once('data', ready);
    child.once('exit', (code) => failed(new Error(`${name} ended with ${code}`)));
  });
  return { name, url: `http://localhost:${port}/`, typeDefs: parse(readFileSync(join(folder, `${name}.graphql`), 'utf-8')) };
}

async function products() {
  const answer = await fetch(productsUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ _service { sdl } }' }),
  });
  const { data } = await answer.json();
  return { name: 'products', url: productsUrl, typeDefs: parse(data._service.sdl) };
}

async function router(services) {
  const { supergraphSdl, errors, hints } = composeServices(services);
  if (errors?.length) throw new Error(errors.map((error) => error.message).join('\n'));
  for (const hint of hints ?? []) console.log(`hint ${hint.definition.code}: ${hint.message}`);
  const server = new ApolloServer({ gateway: new ApolloGateway({ supergraphSdl }) });
  const { url } = await startStandaloneServer(server, { listen: { port: await freePort(), host: '127.0.0.1' } });
  return { url, stop: () => server.stop() };
}

function jest(routerUrl) {
  const command = [require.resolve('jest/bin/jest'), '--ci', '--json', '--config', join(here, 'jest.config.cjs'), '--maxWorkers=1'];
  const env = { ...process.env, PRODUCTS_URL: productsUrl, ROUTER_URL: routerUrl };
  const child = spawn(process.execPath, command, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  let output = '';
  let log = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (log += chunk));
  return new Promise((ended, failed) =>
    child.once('close', () => {
      try {
        ended(JSON.parse(output));
      } catch {
        failed(new Error(log));
      }
    }),
  );
}

let passed = 0;
let all = 0;
try {
  const services = [await subgraph('users', 'USERS_PORT'), await subgraph('inventory', 'INVENTORY_PORT'), await products()];
  const gateway = await router(services);
  const { testResults } = await jest(gateway.url);
  for (const test of testResults.flatMap((file) => file.assertionResults)) {
    all += 1;
    passed += test.status === 'passed';
    console.log(`${test.status.padEnd(7)} ${test.fullName}`);
    for (const message of test.failureMessages) console.log(message);
  }
  // A file that does not even start has no test in it.
  for (const file of testResults.filter((found) => found.status === 'failed' && !found.assertionResults.length)) {
    all += 1;
    console.log(`failed  ${file.name}\n${file.message}`);
  }
  await gateway.stop();
} finally {
  for (const child of started) child.kill();
}
console.log(`${passed} of ${all} tests passed`);
process.exitCode = all > 0 && passed === all ? 0 : 1;
