// Apollo's gateway over a supergraph: `node gateway.mjs SUPERGRAPH.graphql PORT`. For tests: what it passes on is what the
// router that we deploy passes on (deploy/router/gateway.config.mjs).
import { readFileSync } from 'node:fs';
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';

const PASSED_ON = ['authorization', 'x-request-id', 'traceparent', 'tracestate'];
const [path, port] = process.argv.slice(2);

class Forwarding extends RemoteGraphQLDataSource {
  willSendRequest({ request, context }) {
    for (const [name, value] of Object.entries(context.passedOn ?? {})) request.http.headers.set(name, value);
  }
}

const server = new ApolloServer({
  gateway: new ApolloGateway({
    supergraphSdl: readFileSync(path, 'utf-8'),
    buildService: ({ url }) => new Forwarding({ url }),
  }),
  includeStacktraceInErrorResponses: false,
  csrfPrevention: false,
});
const { url } = await startStandaloneServer(server, {
  listen: { port: Number(port), host: '127.0.0.1' },
  context: async ({ req }) => ({
    passedOn: Object.fromEntries(PASSED_ON.map((name) => [name, req.headers[name]]).filter(([, value]) => value)),
  }),
});
console.log(url);
