// Composes ours with each of several attempts at one more. Input on stdin: {"ours": {"<subgraph>": "<SDL>", …}, "attempts": ["<SDL>", …]};
// output: a JSON list with, for each attempt, the codes of `errors` (of the router's composition) and of `hints` (of Apollo's, where there is no error).
import { composeServices } from '@apollo/composition';
import { composeServices as composeByGuild } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { trespasses } from '../../deploy/router/ours.mjs';

let input = '';
for await (const chunk of process.stdin) input += chunk;
const { ours, attempts } = JSON.parse(input);

const service = ([name, sdl]) => ({ name, url: `http://127.0.0.1/${name}`, typeDefs: parse(sdl) });
const ready = Object.entries(ours).map(service);
const codes = (errors) => [...new Set((errors ?? []).map((error) => error.extensions?.code))].sort();

process.stdout.write(
  JSON.stringify(
    attempts.map((sdl) => {
      const services = [...ready, service(['yours', sdl])];
      const { errors, supergraphSdl } = composeByGuild(services);
      if (errors?.length) return { errors: codes(errors), hints: [] };
      const taken = trespasses(supergraphSdl).map((one) => one.split(':')[0]);
      if (taken.length) return { errors: [...new Set(taken)].sort(), hints: [] };
      const apollo = composeServices(services);
      const hints = (apollo.hints ?? []).map((hint) => hint.definition.code);
      return { errors: codes(apollo.errors), hints: [...new Set(hints)].sort() };
    }),
  ),
);
