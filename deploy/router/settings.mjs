// What the environment says; all mistakes are told at once, before anything listens. docs/router.md has the table.
const problems = [];

function given(name) {
  return process.env[name]?.trim() || undefined;
}

function whole(name, usual, least, most) {
  const text = given(name);
  if (text === undefined) return usual;
  if (/^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
  problems.push(`${name}: expected a whole number from ${least} to ${most}, got ${JSON.stringify(text)}`);
  return usual;
}

function chosen(name, usual, ...others) {
  const text = given(name) ?? usual;
  if ([usual, ...others].includes(text)) return text;
  problems.push(`${name}: expected ${[usual, ...others].join(' or ')}, got ${JSON.stringify(text)}`);
  return usual;
}

function origins(name) {
  const listed = (given(name) ?? '').split(',').map((one) => one.trim()).filter(Boolean);
  for (const one of listed) {
    if (!/^https?:\/\/[^/\s*]+$/.test(one)) problems.push(`${name}: expected https://host[:port], got ${JSON.stringify(one)}`);
  }
  return listed;
}

function names(name, usual) {
  const listed = (given(name) ?? usual).split(',').map((one) => one.trim()).filter(Boolean);
  for (const one of listed) {
    if (!/^(\*|[A-Za-z][A-Za-z0-9_-]*)$/.test(one)) problems.push(`${name}: expected names of subgraphs, or * for all, got ${JSON.stringify(one)}`);
  }
  return new Set(listed);
}

export const settings = Object.freeze({
  supergraph: given('SUPERGRAPH') ?? './supergraph.graphql',
  subgraphTimeoutMs: whole('SUBGRAPH_TIMEOUT_MS', 12_000, 100, 300_000),
  operationTimeoutMs: whole('OPERATION_TIMEOUT_MS', 30_000, 100, 600_000),
  tokenSubgraphs: names('TOKEN_SUBGRAPHS', 'directory,projects,discovery'),
  shutdownMs: whole('SHUTDOWN_MS', 15_000, 1, 600_000),
  documents: given('DOCUMENTS'),
  isDocumentsOnly: chosen('DOCUMENTS_ONLY', 'on', 'off') === 'on',
  isIntrospectionOpen: chosen('INTROSPECTION', 'closed', 'open') === 'open',
  corsOrigins: origins('CORS_ORIGINS'),
  maxAnswerBytes: whole('MAX_ANSWER_BYTES', 8_388_608, 1_024, 268_435_456),
  logLevel: chosen('LOG_LEVEL', 'info', 'debug', 'warn', 'error'),
  limits: Object.freeze({
    max_body_bytes: whole('MAX_BODY_BYTES', 262_144, 1_024, 16_777_216),
    max_tokens: whole('MAX_TOKENS', 2_000, 1, 1_000_000),
    max_depth: whole('MAX_DEPTH', 15, 1, 60),
    max_aliases: whole('MAX_ALIASES', 15, 1, 1_000_000),
    max_root_fields: whole('MAX_ROOT_FIELDS', 20, 1, 1_000_000),
    max_mutations: whole('MAX_MUTATIONS', 10, 1, 1_000_000),
    max_directives: whole('MAX_DIRECTIVES', 50, 1, 1_000_000),
    max_directives_per_place: whole('MAX_DIRECTIVES_PER_PLACE', 4, 1, 1_000_000),
    max_fields: whole('MAX_FIELDS', 1_000, 1, 1_000_000),
  }),
});

if (problems.length) throw new Error(`The router does not start: ${problems.join('; ')}`);

/** Whether a subgraph is told who asks, and its word about who may ask counts. */
export function isTrusted(subgraphName) {
  return settings.tokenSubgraphs.has('*') || settings.tokenSubgraphs.has(subgraphName);
}
