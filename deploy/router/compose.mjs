#!/usr/bin/env node
// Composes subgraphs into a supergraph: `node compose.mjs SUBGRAPHS.json > supergraph.graphql`.
//
// SUBGRAPHS.json: {"NAME": {"url": "where the router asks it", "schema": "a file with its SDL"}, …}; paths start at the file's own
// folder. Without `schema` the subgraph itself is asked (`_service`), which it answers to routers alone.
// Ends with 1 and what does not fit on standard error; then nothing is on standard output.
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { composeServices } from '@theguild/federation-composition';
import { parse, visit } from 'graphql';
import { checked } from './supergraph.mjs';

const ASK_MS = 10_000;

async function asked(name, url) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ _service { sdl } }' }),
    redirect: 'error',
    signal: AbortSignal.timeout(ASK_MS),
  });
  const { data, errors } = await answer.json();
  if (!data?._service?.sdl) throw new Error(errors?.[0]?.message ?? `answered ${answer.status} without an SDL`);
  return data._service.sdl;
}

function refuseOwnDirectives(typeDefs) {
  visit(typeDefs, {
    Directive({ name }) {
      if (name.value === 'composeDirective') {
        throw new Error('@composeDirective is not taken: a router obeys directives, and one of yours could turn requests for others elsewhere');
      }
    },
  });
}

async function service(name, { url, schema }, folder) {
  try {
    const sdl = schema ? await readFile(resolve(folder, schema), 'utf-8') : await asked(name, url);
    const typeDefs = parse(sdl);
    refuseOwnDirectives(typeDefs);
    return { name, url, typeDefs };
  } catch (error) {
    throw new Error(`${name}: ${error.message}${error.cause ? ` (${error.cause.message})` : ''}`, { cause: error });
  }
}

async function main(path) {
  if (!path) throw new Error('usage: node compose.mjs SUBGRAPHS.json');
  const listed = Object.entries(JSON.parse(await readFile(path, 'utf-8')));
  const { supergraphSdl, errors } = composeServices(
    await Promise.all(listed.map(([name, given]) => service(name, given, dirname(path)))),
  );
  if (errors?.length) throw new Error(errors.map((error) => `${error.extensions?.code}: ${error.message}`).join('\n'));
  process.stdout.write(`${checked(supergraphSdl).trim()}\n`);
}

main(process.argv[2]).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
