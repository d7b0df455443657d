// The supergraph from its file, read again when it changes. One that is wrong changes nothing: what was in force stays so.
import { readFile } from 'node:fs/promises';
import { buildSchema } from 'graphql';

function checked(sdl) {
  const schema = buildSchema(sdl, { assumeValidSDL: true });
  if (!schema.getType('join__Graph') || !schema.getQueryType()) throw new Error('is no supergraph: compose.mjs makes one');
  return sdl;
}

export function supergraphFrom(path) {
  let inForce;
  let refused;
  return async function read({ log }) {
    try {
      const sdl = await readFile(path, 'utf-8');
      if (sdl !== inForce) {
        inForce = checked(sdl);
        log.info({ path }, 'Supergraph in force');
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
