// What of a request counts, and what of it goes on to the subgraphs.
import { randomUUID } from 'node:crypto';
import { limitExceeded } from './documents.mjs';
import { refusal } from './errors.mjs';
import { isTrusted } from './settings.mjs';

// Who asks, by which program, and in which trace of whose. No cookie goes on, nor what a proxy says of who somebody is.
const WHO_ASKS = [
  'authorization',
  'tracestate',
  'apollographql-client-name',
  'apollographql-client-version',
  'graphql-client-name',
  'graphql-client-version',
];
// As the subgraphs take it; another would be a different one in each of them.
const REQUEST_ID = /^[A-Za-z0-9._-]{8,64}$/;
const JSON_TYPE = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;
const ANSWERED = {
  'cache-control': 'no-store',
  vary: 'Accept, Authorization',
  'x-content-type-options': 'nosniff',
};

/** Id of each request: the client's where it is well-formed, else a new one. */
export const requestIds = new WeakMap();
const deadlines = new WeakMap();

export function useNamedRequests({ operationTimeoutMs }) {
  return {
    onRequest({ request, serverContext }) {
      const given = request.headers.get('x-request-id') ?? '';
      const requestId = REQUEST_ID.test(given) ? given : randomUUID();
      requestIds.set(request, requestId);
      deadlines.set(request, Date.now() + operationTimeoutMs);
      serverContext.log = serverContext.log.child({ requestId });
    },
    onResponse({ request, response }) {
      const requestId = requestIds.get(request);
      if (requestId) response.headers.set('x-request-id', requestId);
      for (const [name, value] of Object.entries(ANSWERED)) response.headers.set(name, value);
    },
  };
}

/** How long a subgraph may take: its own time, and no more than is left of the whole operation's. */
export function timeLeft({ subgraphTimeoutMs }) {
  return ({ executionRequest }) => {
    const deadline = deadlines.get(executionRequest?.context?.request) ?? Infinity;
    return Math.max(1, Math.min(subgraphTimeoutMs, deadline - Date.now()));
  };
}

/**
 * Headers for a subgraph. Who asks goes to those that are trusted with it: whoever has a token can use it everywhere, and beside
 * the keys of entities an address says who looks at what. Who came to us is appended to what the client says of itself, which
 * nobody has to believe.
 */
export function passedOn({ request, context, subgraphName }) {
  const named = { traceparent: request.headers.get('traceparent') || undefined, 'x-request-id': requestIds.get(request) };
  if (!isTrusted(subgraphName)) return named;
  const came = context.req?.socket?.remoteAddress;
  const through = [request.headers.get('x-forwarded-for'), came].filter(Boolean).join(', ');
  return {
    ...named,
    ...Object.fromEntries(WHO_ASKS.map((name) => [name, request.headers.get(name)]).filter(([, value]) => value)),
    'x-forwarded-for': through || undefined,
  };
}

async function bytes(body, most) {
  const reader = body.getReader();
  const chunks = [];
  let read = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks);
    read += value.byteLength;
    if (read > most) {
      reader.cancel().catch(() => undefined);
      return undefined;
    }
    chunks.push(value);
  }
}

function tooLarge(most) {
  const error = limitExceeded('max_body_bytes', most, 'more');
  error.extensions.http = { status: 413, spec: false, headers: { Connection: 'close' } };
  return error;
}

function wrong(message, status = 400) {
  return refusal('BAD_USER_INPUT', message, {}, { status, isHttp: true });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw wrong('The body is not JSON in UTF-8.');
  }
}

function jsonWithin(most) {
  return async function parseBody(request) {
    const announced = request.headers.get('content-length');
    if (announced !== null && !(Number(announced) <= most)) throw tooLarge(most);
    const body = request.body ? await bytes(request.body, most) : Buffer.alloc(0);
    if (body === undefined) throw tooLarge(most);
    const found = parsed(body.toString('utf-8'));
    if (Array.isArray(found)) throw wrong('The body: expected a JSON object. Batches are not supported.');
    if (found === null || typeof found !== 'object') throw wrong('The body: expected a JSON object.');
    return found;
  };
}

export function useStrictRequests({ max_body_bytes: most }) {
  return {
    onRequestParse({ request, requestParser, setRequestParser }) {
      if (request.method === 'POST') {
        if (!JSON_TYPE.test(request.headers.get('content-type') ?? '')) {
          throw wrong('Content-Type: expected application/json in utf-8', 415);
        }
        setRequestParser(jsonWithin(most));
      } else if (requestParser) {
        setRequestParser(async (given) => {
          try {
            return await requestParser(given);
          } catch {
            throw wrong('variables, extensions: expected a JSON object.');
          }
        });
      }
    },
  };
}

/** A subgraph answers where it is, within a size: a redirect would carry the caller's token to wherever it says. */
export function useGuardedFetch({ maxAnswerBytes }) {
  return {
    onFetch({ options, setOptions }) {
      setOptions({ ...options, redirect: 'error' });
      return async ({ response, setResponse }) => {
        if (!response.body) return;
        const body = await bytes(response.body, maxAnswerBytes);
        if (body === undefined) throw new Error(`The answer is longer than MAX_ANSWER_BYTES, ${maxAnswerBytes}`);
        setResponse(new Response(body, { status: response.status, headers: Object.fromEntries(response.headers) }));
      };
    },
  };
}
