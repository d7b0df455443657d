// Hive Gateway in front of the subgraphs. docs/router.md says what it passes on, what it refuses and why.
import { defineConfig } from '@graphql-hive/gateway';
import { useLimitedDocuments } from './documents.mjs';
import { useDocumentedErrors } from './errors.mjs';
import { passedOn, requestIds, timeLeft, useGuardedFetch, useNamedRequests, useStrictRequests } from './requests.mjs';
import { settings } from './settings.mjs';
import { supergraphFrom } from './supergraph.mjs';
import { useTrustedDocuments } from './trusted.mjs';

export const gatewayConfig = defineConfig({
  supergraph: supergraphFrom(settings.supergraph, settings.tokenSubgraphs),
  // The shortest that Hive Gateway takes. A function is asked again, where a watched file would be lost when it is replaced.
  pollingInterval: 10_000,
  gracefulSchemaReload: { drainTimeout: settings.operationTimeoutMs },
  gracefulShutdownTimeout: settings.shutdownMs,
  logging: settings.logLevel,
  propagateHeaders: { fromClientToSubgraphs: passedOn },
  upstreamTimeout: timeLeft(settings),
  // Each request gets an answer of its own: nobody waits for another's, shares its id, or ends with it.
  transportEntries: { '*.http': { options: { deduplicateInflightRequests: false } } },
  inboundInflightRequestDeduplication: false,
  disableIntrospection: settings.isIntrospectionOpen ? undefined : {},
  blockFieldSuggestions: !settings.isIntrospectionOpen,
  batching: false,
  multipart: false,
  disableWebsockets: true,
  graphiql: false,
  landingPage: false,
  cors: settings.corsOrigins.length
    ? {
        origin: settings.corsOrigins,
        credentials: false,
        methods: ['GET', 'POST'],
        allowedHeaders: ['Authorization', 'Content-Type', 'X-Request-Id', 'apollographql-client-name', 'apollographql-client-version'],
        exposedHeaders: ['X-Request-Id', 'Retry-After'],
      }
    : false,
  // Ours, and masking, are in errors.mjs and requests.mjs.
  maskedErrors: false,
  subgraphErrors: false,
  requestId: false,
  plugins: ({ log }) => [
    useNamedRequests(settings),
    useStrictRequests(settings.limits),
    useTrustedDocuments(settings, log),
    useLimitedDocuments(settings.limits),
    useGuardedFetch(settings),
    useDocumentedErrors(requestIds),
  ],
});
