// Trusted documents: which texts are run, and the texts that their hashes stand for, from the manifest of `hubnetz documents publish`.
// As in front of a single process (network/operations/trusted.py); only who asks is not known here, so that nobody is excepted.
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { refusal } from './errors.mjs';

const CHECK_MS = 3_000;

function hashOf(text) {
  return createHash('sha256').update(text, 'utf-8').digest('hex');
}

function read(path) {
  const { format, version, operations } = JSON.parse(readFileSync(path, 'utf-8'));
  if (format !== 'apollo-persisted-query-manifest' || version !== 1) throw new Error('is no manifest of version 1');
  const documents = new Map(operations.map(({ id, body }) => [id, body]));
  for (const [id, body] of documents) {
    // Whoever could choose ids could have one document published and another one run.
    if (hashOf(body) !== id) throw new Error(`${id} is not the SHA-256 of its body`);
  }
  return documents;
}

/** The documents of a manifest, read again when it changes; one that is wrong changes nothing, and does not start. */
function manifest(path, log) {
  let documents = read(path);
  let seen = statSync(path).mtimeMs;
  let checked = Date.now();
  return () => {
    if (Date.now() - checked < CHECK_MS) return documents;
    checked = Date.now();
    try {
      const { mtimeMs } = statSync(path);
      if (mtimeMs !== seen) {
        seen = mtimeMs;
        documents = read(path);
        log.info({ path, count: documents.size }, 'Trusted documents in force');
      }
    } catch (error) {
      log.error({ path, reason: error.message }, 'Trusted documents stay as they were');
    }
    return documents;
  };
}

function identifier({ documentId, extensions }) {
  const found = documentId ?? extensions?.persistedQuery?.sha256Hash;
  return typeof found === 'string' ? found.replace(/^sha256:/, '') : undefined;
}

function textOf(params, documents) {
  const id = identifier(params);
  if (params.query === undefined && id !== undefined) {
    // By this very code clients with automatic persisted queries go over to sending the text.
    if (!documents) throw refusal('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');
    const text = documents.get(id);
    if (text === undefined) throw refusal('PERSISTED_QUERY_NOT_IN_LIST', 'No published document has this id. Nothing is published by asking.');
    return text;
  }
  if (id !== undefined && typeof params.query === 'string' && hashOf(params.query) !== id) {
    throw refusal('BAD_USER_INPUT', 'query: the document has another SHA-256 than the request says.');
  }
  if (typeof params.query !== 'string' || !params.query.trim()) {
    const told = 'query: expected a GraphQL document as a string, or documentId in its place.';
    throw refusal('BAD_USER_INPUT', told, {}, { isHttp: true });
  }
  return params.query;
}

export function useTrustedDocuments({ documents: path, isDocumentsOnly }, log) {
  const inForce = path === undefined ? () => undefined : manifest(path, log);
  return {
    onParams({ params, setParams }) {
      const documents = inForce();
      const { documentId: _, ...others } = params;
      const query = textOf(params, documents);
      if (documents && isDocumentsOnly && !documents.has(hashOf(query))) {
        throw refusal('QUERY_NOT_IN_SAFELIST', 'This service runs published documents only, and this is none of them. Have it published.');
      }
      setParams({ ...others, query });
    },
  };
}
