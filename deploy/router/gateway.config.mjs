// Hive Gateway in front of the subgraphs: what of a request reaches them, how long it waits, what strangers see.
import { defineConfig } from '@graphql-hive/gateway';

// Who asks (verified in every subgraph), which request it is, and which program sent it: nothing else goes on. No cookie does.
const PASSED_ON = [
  'authorization',
  'x-request-id',
  'traceparent',
  'tracestate',
  'x-forwarded-for',
  'apollographql-client-name',
  'apollographql-client-version',
];
const ASK_MS = Number(process.env.SUBGRAPH_TIMEOUT_MS ?? 12_000);

export const gatewayConfig = defineConfig({
  supergraph: process.env.SUPERGRAPH ?? './supergraph.graphql',
  propagateHeaders: {
    fromClientToSubgraphs: ({ request }) =>
      Object.fromEntries(PASSED_ON.map((name) => [name, request.headers.get(name)]).filter(([, value]) => value)),
  },
  upstreamTimeout: ASK_MS,
  maskedErrors: false,
  graphiql: false,
  landingPage: false,
  cors: false,
});
