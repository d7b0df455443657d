// Which documents are run at all: measured before anything else reads them, so that a hostile one costs no more than its parsing.
//
// The same limits as in front of a single process (network/limits.py): linear in the document, since what a fragment amounts
// to is kept. The subgraphs measure again what the router asks of them, and know what it costs.
import { Kind, OperationTypeNode, parse, visit } from 'graphql';
import { refusal } from './errors.mjs';

const SATURATED = 1_000_000_000;
const INTROSPECTION_DEPTH = 20;
const INTROSPECTION_ROOTS = new Set(['__schema', '__type']);
const NOTHING = { depth: 0, schemaDepth: 0, roots: 0, aliases: 0, directives: 0, atOnePlace: 0, fields: 0 };

function limitExceeded(limit, value, asked) {
  const told = asked >= SATURATED ? `at least ${SATURATED}` : asked;
  return refusal('LIMIT_EXCEEDED', `Limit ${limit} is ${value}, asked for ${told}.`, { limit, value, asked: told });
}

export { limitExceeded };

function sum(...counts) {
  return Math.min(SATURATED, counts.reduce((all, one) => all + one, 0));
}

function joined(one, other) {
  return {
    depth: Math.max(one.depth, other.depth),
    schemaDepth: Math.max(one.schemaDepth, other.schemaDepth),
    roots: sum(one.roots, other.roots),
    aliases: sum(one.aliases, other.aliases),
    directives: sum(one.directives, other.directives),
    atOnePlace: Math.max(one.atOnePlace, other.atOnePlace),
    fields: sum(one.fields, other.fields),
  };
}

class Measuring {
  #fragments = new Map();
  #known = new Map();

  constructor(document) {
    for (const one of document.definitions) {
      if (one.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(one.name.value, one);
    }
  }

  of(definition) {
    const own = definition.directives?.length ?? 0;
    return joined(this.#set(definition.selectionSet), { ...NOTHING, directives: own, atOnePlace: own });
  }

  #fragment(name) {
    const known = this.#known.get(name);
    if (known) return known;
    // Met again within itself it counts for nothing: a rule of validation refuses such a document.
    this.#known.set(name, NOTHING);
    const definition = this.#fragments.get(name);
    const found = definition ? this.of(definition) : NOTHING;
    this.#known.set(name, found);
    return found;
  }

  #set(selectionSet) {
    return (selectionSet?.selections ?? []).map((one) => this.#selection(one)).reduce(joined, NOTHING);
  }

  #selection(selection) {
    const own = selection.directives?.length ?? 0;
    const here = { ...NOTHING, directives: own, atOnePlace: own };
    if (selection.kind === Kind.FRAGMENT_SPREAD) return joined(this.#fragment(selection.name.value), here);
    const inner = this.#set(selection.selectionSet);
    if (selection.kind === Kind.INLINE_FRAGMENT) return joined(inner, here);
    const depth = inner.depth + 1;
    const isSchema = INTROSPECTION_ROOTS.has(selection.name.value);
    return {
      ...joined(inner, here),
      depth: isSchema ? 1 : depth,
      schemaDepth: isSchema ? depth : inner.schemaDepth,
      roots: 1,
      aliases: sum(inner.aliases, selection.alias ? 1 : 0),
      fields: sum(inner.fields, 1),
    };
  }
}

// As a key of an object it is none, so that Hive Gateway loses what it joins of several subgraphs.
const LOST = '__proto__';

function hasLostAlias(document) {
  let found = false;
  visit(document, {
    Field({ alias }) {
      found ||= alias?.value === LOST;
    },
  });
  return found;
}

function problem(document, limits) {
  if (hasLostAlias(document)) return refusal('GRAPHQL_VALIDATION_FAILED', `No field can be called ${LOST} here: choose another alias.`);
  const measuring = new Measuring(document);
  for (const operation of document.definitions) {
    if (operation.kind !== Kind.OPERATION_DEFINITION) continue;
    if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
      return refusal('GRAPHQL_VALIDATION_FAILED', 'This service has no subscriptions.');
    }
    const measured = measuring.of(operation);
    const mutations = operation.operation === OperationTypeNode.MUTATION ? measured.roots : 0;
    for (const [limit, value, asked] of [
      ['max_root_fields', limits.max_root_fields, measured.roots],
      ['max_mutations', limits.max_mutations, mutations],
      ['max_depth', limits.max_depth, measured.depth],
      ['max_depth', INTROSPECTION_DEPTH, measured.schemaDepth],
      ['max_aliases', limits.max_aliases, measured.aliases],
      ['max_directives', limits.max_directives, measured.directives],
      ['max_directives_per_place', limits.max_directives_per_place, measured.atOnePlace],
      ['max_fields', limits.max_fields, measured.fields],
    ]) {
      if (asked > value) return limitExceeded(limit, value, asked);
    }
  }
  return undefined;
}

function parseWithin(limits) {
  return function parseLimited(source, options) {
    try {
      return parse(source, { ...options, maxTokens: limits.max_tokens });
    } catch (error) {
      // The parser's own word for it, which it has no other way to say.
      if (!/^Syntax Error: Document contains more tha[nt] \d+ tokens/.test(error.message)) throw error;
      throw limitExceeded('max_tokens', limits.max_tokens, 'more');
    }
  };
}

export function useLimitedDocuments(limits) {
  return {
    onParse({ setParseFn }) {
      setParseFn(parseWithin(limits));
      return ({ result, replaceParseResult }) => {
        const found = result?.kind === Kind.DOCUMENT ? problem(result, limits) : undefined;
        if (found) replaceParseResult(found);
      };
    },
  };
}
