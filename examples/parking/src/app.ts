import { parse } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import { subgraph } from './schema.js';

// What a router asks stays far below: it knows the schema and writes its requests itself.
export const MAX_BODY_BYTES = 256 * 1024;
export const MAX_TOKENS = 1000;

const withFewTokens: Plugin = {
  onParse({ setParseFn }) {
    setParseFn((source, options) => parse(source, { ...options, maxTokens: MAX_TOKENS }));
  },
};

/** GraphQL over HTTP. Everything here is public and nobody may write, so no token is read; depth needs no limit, as no type leads back. */
export const app = createYoga({
  schema: subgraph(),
  plugins: [withFewTokens],
  maxRequestBodySize: MAX_BODY_BYTES,
  multipart: false,
  cors: false,
  graphiql: false,
  landingPage: false,
  logging: 'error',
});
