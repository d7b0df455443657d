// What clients read where something fails: the codes of README, messages that say what to do, and nothing of the machines behind.
import { GraphQLError, Kind, visit } from 'graphql';
import { measured } from './answers.mjs';
import { isTrusted } from './settings.mjs';

const STATUS = {
  GRAPHQL_PARSE_FAILED: 400,
  GRAPHQL_VALIDATION_FAILED: 400,
  BAD_USER_INPUT: 400,
  QUERY_NOT_IN_SAFELIST: 400,
  PERSISTED_QUERY_NOT_IN_LIST: 400,
  PERSISTED_QUERY_NOT_SUPPORTED: 400,
  UNAUTHENTICATED: 401,
  LIMIT_EXCEEDED: 400,
  RATE_LIMITED: 429,
};
// What Hive Gateway itself says of an answer that never came, came too late, or is none.
const NO_ANSWER = new Set(['SUBREQUEST_HTTP_ERROR', 'RESPONSE_VALIDATION_FAILED', 'GATEWAY_TIMEOUT', 'TIMEOUT_ERROR', 'SCHEMA_RELOAD']);
// These say of the router's own document that the subgraph cannot run it, so that the supergraph is of another version.
const UNLIKE = new Set(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'QUERY_NOT_IN_SAFELIST']);
// The same of servers that give no code, in the words of the reference implementation.
const UNLIKE_UNCODED = /^(Cannot query field|Unknown (argument|type|directive)) /;
const NEVER_ARRIVED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
const OURS = {
  BAD_REQUEST: 'BAD_USER_INPUT',
  OPERATION_RESOLUTION_FAILURE: 'BAD_USER_INPUT',
  REQUEST_ENTITY_TOO_LARGE: 'LIMIT_EXCEEDED',
};
const CLOSED = 'GraphQL introspection has been disabled';
const MASKED = 'Internal error. Please report it with the request id.';
const MAX_RETRY_S = 86_400;

/** An error that stands for the whole request. `isHttp`: its status tells in either form of answer, as it is none of GraphQL. */
export function refusal(code, message, more = {}, { status = STATUS[code], isHttp = false, headers } = {}) {
  return new GraphQLError(message, { extensions: { code, ...more, http: { status, spec: !isHttp, headers } } });
}

function isMutation(executionRequest) {
  return executionRequest.operationType === 'mutation';
}

/** `clientMutationId` of a mutation on its way to a subgraph, where its client gave one. */
function idempotencyKey({ document, variables }) {
  let found;
  function look({ name, value }) {
    if (name.value !== 'clientMutationId') return;
    const given = value.kind === Kind.VARIABLE ? variables?.[value.name.value] : value.value;
    if (typeof given === 'string') found ??= given;
  }
  visit(document, { Argument: look, ObjectField: look });
  return found ?? keyWithin(variables);
}

function keyWithin(value, depth = 0) {
  if (value === null || typeof value !== 'object' || depth > 4) return undefined;
  if (typeof value.clientMutationId === 'string') return value.clientMutationId;
  return Object.values(value).reduce((found, one) => found ?? keyWithin(one, depth + 1), undefined);
}

function retryAfter(headers) {
  const text = headers?.['retry-after'] ?? '';
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : Math.ceil((Date.parse(text) - Date.now()) / 1_000);
  return Math.min(MAX_RETRY_S, Math.max(1, seconds || 1));
}

function unanswered(error, subgraph, executionRequest) {
  const response = error.extensions?.response;
  if (response?.status === 429) {
    const seconds = retryAfter(response.headers);
    const message = `Too many requests: try again in ${seconds} second${seconds === 1 ? '' : 's'}.`;
    return ['RATE_LIMITED', message, { retryable: true, retryAfter: seconds }];
  }
  if (isMutation(executionRequest) && !NEVER_ARRIVED.has(error.originalError?.code)) {
    const key = idempotencyKey(executionRequest);
    const advice = key === undefined ? 'Look whether it did before you repeat it.' : 'Repeat it with the same clientMutationId: it happens once.';
    return [
      'OUTCOME_UNKNOWN',
      `${subgraph} did not answer: the change may or may not have happened. ${advice}`,
      key === undefined ? {} : { retryable: true, idempotencyKey: key },
    ];
  }
  return ['UNAVAILABLE', `${subgraph} does not answer at the moment. Try again.`, { retryable: true }];
}

function reason({ extensions, originalError, message }) {
  const status = extensions?.response?.status;
  // Never what a subgraph answered, which may be anybody's data.
  if (extensions?.code === 'RESPONSE_VALIDATION_FAILED') return `status ${status}, not an answer of GraphQL`;
  return `${originalError?.code ?? extensions?.code}: ${message}`;
}

function toldBySubgraph(error, data, { subgraphName, executionRequest, requestId, log }) {
  const { http: _, request: __, response: ___, ...extensions } = error.extensions ?? {};
  const code = typeof extensions.code === 'string' ? extensions.code : undefined;
  let told = [code ?? 'INTERNAL', typeof error.message === 'string' ? error.message : MASKED, code ? extensions : { ...extensions, requestId }];
  if (NO_ANSWER.has(code)) {
    told = unanswered(error, subgraphName, executionRequest);
    log.warn({ subgraph: subgraphName, reason: reason(error) }, 'A subgraph does not answer');
  } else if (data === null && (UNLIKE.has(code) || (!code && UNLIKE_UNCODED.test(error.message)))) {
    told = [
      'UNAVAILABLE',
      `${subgraphName} is of another version than this router knows, as while it is being renewed. Try again.`,
      { retryable: true },
    ];
    log.error({ subgraph: subgraphName, reason: error.message }, 'The supergraph does not fit a subgraph: compose it anew');
  } else if (code === 'UNAUTHENTICATED' && !isTrusted(subgraphName)) {
    // It has seen no token, and could have every client of ours sign in again.
    told[0] = 'FORBIDDEN';
  }
  const [name, message, more] = told;
  return new GraphQLError(message, { path: error.path, extensions: { ...more, code: name } });
}

function otherThanAsked(path, { subgraphName }) {
  return new GraphQLError(`${subgraphName} answered something else than it was asked.`, { path, extensions: { code: 'UNAVAILABLE' } });
}

function noAnswer() {
  return { data: null, errors: [new GraphQLError('not an answer of GraphQL', { extensions: { code: 'RESPONSE_VALIDATION_FAILED' } })], wrong: [] };
}

function isWrongVariable(error) {
  return error.nodes?.[0]?.kind === Kind.VARIABLE_DEFINITION || error.nodes?.[0]?.kind === Kind.VARIABLE;
}

function toClient(error, hasData, requestId, log) {
  const { http, request: _, response: __, originalError: ___, unexpected: ____, ...extensions } = error.extensions ?? {};
  let code = OURS[extensions.code] ?? extensions.code;
  if (!code && isWrongVariable(error)) code = 'BAD_USER_INPUT';
  const isCoded = code !== undefined && code !== 'INTERNAL_SERVER_ERROR';
  if (!isCoded) log.error({ err: error.originalError ?? error }, 'Internal error');
  const more = isCoded ? { ...extensions, code } : { code: 'INTERNAL', requestId };
  if (!hasData && !error.path) more.http = http ?? { spec: true, status: STATUS[code] ?? 500 };
  return new GraphQLError(isCoded ? error.message : MASKED, {
    nodes: error.nodes,
    source: error.source,
    positions: error.positions,
    // A place in what the router asked is none in what its client did.
    path: error.path?.[0] === '_entities' ? undefined : error.path,
    extensions: more,
  });
}

function isEmpty(data) {
  return data === null || data === undefined || Object.values(data).every((one) => one === null);
}

/** Status and headers of an answer that holds nothing because a subgraph turned its caller away: as the subgraph said it. */
function turnedAway(errors) {
  const codes = new Set(errors.map((error) => error.extensions.code));
  if (codes.size !== 1) return undefined;
  if (codes.has('UNAUTHENTICATED')) return { status: 401, headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' } };
  if (!codes.has('RATE_LIMITED')) return undefined;
  const seconds = Math.max(...errors.map((error) => Number(error.extensions.retryAfter) || 1));
  return { status: 429, headers: { 'Retry-After': String(seconds) } };
}

async function settled(executor, executionRequest) {
  try {
    return await executor(executionRequest);
  } catch (error) {
    return { errors: [error] };
  }
}

export function useDocumentedErrors(requestIds) {
  return {
    onSubgraphExecute({ subgraphName, executor, setExecutor }) {
      setExecutor(async (executionRequest) => {
        const result = await settled(executor, executionRequest);
        const { data, errors, wrong } = measured(result, executionRequest) ?? noAnswer();
        const { request, log } = executionRequest.context;
        const about = { subgraphName, executionRequest, requestId: requestIds.get(request), log };
        if (wrong.length) log.error({ subgraph: subgraphName, count: wrong.length }, 'A subgraph answers something else than it was asked');
        const told = [
          ...errors.map((error) => toldBySubgraph(error, data, about)),
          ...wrong.map((path) => otherThanAsked(path, about)),
        ];
        // Extensions of a whole answer are left out: among them are status and headers of ours.
        return told.length ? { data, errors: told } : { data };
      });
    },
    onResultProcess({ request, result, setResult, serverContext }) {
      if (!Array.isArray(result.errors) || !result.errors.length) return;
      const hasData = result.data !== undefined && result.data !== null;
      // Once, where Hive Gateway says it of each field.
      const isClosed = result.errors.some((error) => error.message?.startsWith(CLOSED));
      const found = isClosed ? [refusal('FORBIDDEN', 'Introspection is closed here.', {}, { status: 400 })] : result.errors;
      const errors = found.map((error) => toClient(error, hasData, requestIds.get(request), serverContext.log));
      const http = isEmpty(result.data) ? turnedAway(errors) : undefined;
      setResult({ ...result, errors, ...(http && { extensions: { ...result.extensions, http } }) });
    },
  };
}
