// The supergraph from its file, read again when it changes. One that is wrong changes nothing: what was in force stays so.
import { readFile } from 'node:fs/promises';
import { buildASTSchema, parse, visit } from 'graphql';
import { subgraphsOf, trespasses } from './ours.mjs';

// Those of composition and of GraphQL itself. Hive Gateway obeys others (`transport`, `resolveTo`, …): by one of these a subgraph
// could have requests for others, and the tokens in them, sent to wherever it says.
const KNOWN = /^(join__(?!directive$)\w+|link|core|tag|inaccessible|authenticated|requiresScopes|policy|cost|listSize|deprecated|specifiedBy|oneOf)$/;

/** Names of directives in `document` that nobody may bring into a supergraph, sorted. */
export function unknownDirectives(document) {
  const found = new Set();
  function look({ name }) {
    if (!KNOWN.test(name.value)) found.add(`@${name.value}`);
  }
  visit(document, { Directive: look, DirectiveDefinition: look });
  return [...found].sort();
}

/** `sdl`, once it is seen to be a supergraph that can be served. */
export function checked(sdl) {
  const document = parse(sdl);
  const unknown = unknownDirectives(document);
  if (unknown.length) throw new Error(`has directives that a router could obey: ${unknown.join(', ')}`);
  const schema = buildASTSchema(document, { assumeValidSDL: true });
  if (!schema.getType('join__Graph') || !schema.getQueryType()) throw new Error('is no supergraph: compose.mjs makes one');
  // Again, where compose.mjs has looked already: a supergraph may be of another composer.
  const taken = trespasses(sdl);
  if (taken.length) throw new Error(taken.join('\n'));
  return sdl;
}

/** Reads the file anew each time. A name in `trusted` that no subgraph has is misspelt, or somebody was renamed: it is told. */
export function supergraphFrom(path, trusted = new Set()) {
  let inForce;
  let refused;
  return async function read({ log }) {
    try {
      const sdl = await readFile(path, 'utf-8');
      if (sdl !== inForce) {
        inForce = checked(sdl);
        log.info({ path }, 'Supergraph in force');
        const known = new Set([...subgraphsOf(sdl), '*']);
        const names = [...trusted].filter((name) => !known.has(name));
        if (names.length) log.warn({ names }, 'TOKEN_SUBGRAPHS names subgraphs that are not in the supergraph');
      }
      refused = undefined;
    } catch (error) {
      if (inForce === undefined) throw new Error(`SUPERGRAPH ${path}: ${error.message}`, { cause: error });
      if (refused !== error.message) log.error({ path, reason: error.message }, 'The supergraph stays as it was');
      refused = error.message;
    }
    return inForce;
  };
}
