// Composes subgraphs as routers' composers do. Input on stdin: {"<subgraph>": "<SDL>", …}; output: one JSON object with
// `errors` and `hints` of both composers and `apiSchema`, what clients see of the supergraph, sorted.
import { composeServices } from '@apollo/composition';
import { Supergraph } from '@apollo/federation-internals';
import { composeServices as composeByGuild } from '@theguild/federation-composition';
import { lexicographicSortSchema, parse, printSchema } from 'graphql';

let input = '';
for await (const chunk of process.stdin) input += chunk;

const services = Object.entries(JSON.parse(input)).map(([name, sdl]) => ({
  name,
  url: `http://127.0.0.1/subgraphs/${name}`,
  typeDefs: parse(sdl),
}));
const messages = (errors) => (errors ?? []).map((error) => error.message);

const apollo = composeServices(services);
const guild = composeByGuild(services);
const apiSchema = apollo.supergraphSdl
  ? printSchema(lexicographicSortSchema(Supergraph.build(apollo.supergraphSdl).apiSchema().toGraphQLJSSchema()))
  : null;

process.stdout.write(
  JSON.stringify({
    apollo: messages(apollo.errors),
    guild: messages(guild.errors),
    hints: (apollo.hints ?? []).map((hint) => `${hint.definition.code}: ${hint.message}`),
    apiSchema,
  }),
);
