// What subgraphs of others may do to ours in a supergraph: add to it, and nothing else. They are told keys alone, and answer for
// nothing that is ours. Read from the supergraph, where every alias and every older spelling has become what a router obeys.
import { Kind, parse } from 'graphql';

/** Ours, by name: the operator's file says who is called so, and no subgraph does. Everybody else is somebody else. */
export const OURS = Object.freeze(['directory', 'projects', 'discovery']);

const EXTENDED = new Set([Kind.OBJECT_TYPE_DEFINITION, Kind.SCALAR_TYPE_DEFINITION]);
const CLOSING = new Set(['inaccessible', 'authenticated', 'requiresScopes', 'policy']);
// Of a field: what makes the router tell its subgraph more than a key, or take its word for what others have.
const OBEYED = ['requires', 'provides', 'override', 'contextArguments'];

function given(node, directive) {
  return (node.directives ?? [])
    .filter(({ name }) => name.value === directive)
    .map(({ arguments: listed }) => Object.fromEntries((listed ?? []).map(({ name, value }) => [name.value, value])));
}

function text(value) {
  return value?.value === undefined ? undefined : String(value.value);
}

function isTrue(value) {
  return value?.kind === Kind.BOOLEAN && value.value;
}

function fieldsOf(key) {
  return key.replace(/[{}]/g, ' $& ').split(/[\s,]+/).filter(Boolean).join(' ');
}

function namesOfGraphs(document) {
  const graphs = document.definitions.find(({ name }) => name?.value === 'join__Graph');
  return new Map((graphs?.values ?? []).map((one) => [one.name.value, text(given(one, 'join__graph')[0]?.name) ?? one.name.value]));
}

class Reading {
  #names;
  #isOurs = (graph) => OURS.includes(this.#names.get(graph));
  #found = [];

  constructor(document) {
    this.#names = namesOfGraphs(document);
    document.definitions.filter(({ name }) => name && !/^(join|link)__/.test(name.value)).forEach((one) => this.#type(one));
  }

  get found() {
    return this.#found;
  }

  #refuse(code, graph, told) {
    this.#found.push(`${code}: ${graph === undefined ? '' : `${this.#names.get(graph) ?? graph}: `}${told}`);
  }

  #type(definition) {
    const type = definition.name.value;
    const joined = given(definition, 'join__type').map(({ graph, ...more }) => ({ ...more, graph: text(graph) }));
    const ours = joined.filter(({ graph }) => this.#isOurs(graph));
    const others = joined.filter(({ graph }) => !this.#isOurs(graph));
    for (const { graph, isInterfaceObject } of others) {
      if (isTrue(isInterfaceObject)) this.#refuse('FOREIGN_DIRECTIVE', graph, `@interfaceObject on ${type} would answer for types of others.`);
    }
    if (ours.length) {
      this.#openness(definition, type);
      if (!EXTENDED.has(definition.kind)) {
        for (const graph of new Set(others.map((one) => one.graph))) {
          this.#refuse('FOREIGN_TYPE', graph, `${type} is ours, and none that others add to: rename yours.`);
        }
      }
    }
    const keys = this.#keys(type, ours, others);
    for (const field of definition.fields ?? []) this.#field(field, type, joined, keys, definition.kind);
  }

  /** Key of each of the others, by graph, for a type that is ours. */
  #keys(type, ours, others) {
    const known = new Set(ours.flatMap(({ key }) => (key ? [fieldsOf(text(key))] : [])));
    const found = new Map();
    for (const { graph, key } of ours.length ? others : []) {
      if (!key) continue;
      const fields = fieldsOf(text(key));
      if (!known.has(fields)) this.#refuse('FOREIGN_KEY', graph, `@key(fields: "${fields}") on ${type}: no key of ours, whose fields you would be told.`);
      else if (found.has(graph)) this.#refuse('FOREIGN_KEY', graph, `${type} has more than one @key: you would answer for the one when asked by the other.`);
      else found.set(graph, fields);
    }
    return found;
  }

  #field(definition, type, joined, keys, kind) {
    const place = `${type}.${definition.name.value}`;
    const written = given(definition, 'join__field').filter(({ graph }) => graph);
    const all = [...new Set(joined.map(({ graph }) => graph))].map((graph) => ({ graph }));
    const fields = written.length ? written.map(({ graph, ...more }) => ({ ...more, graph: text(graph) })) : all;
    const isOurs = fields.some(({ graph }) => this.#isOurs(graph));
    if (isOurs) this.#openness(definition, place);
    for (const { graph, external, ...more } of fields.filter((one) => !this.#isOurs(one.graph))) {
      const obeyed = OBEYED.filter((name) => more[name]);
      const isKey = keys.get(graph) === definition.name.value;
      if (obeyed.length) this.#refuse('FOREIGN_DIRECTIVE', graph, `@${obeyed.join(', @')} on ${place}: you are told keys alone, and answer for what is yours.`);
      else if (isOurs && !isKey && kind === Kind.OBJECT_TYPE_DEFINITION) {
        const told = isTrue(external) ? 'you are told keys alone' : 'you would answer in our name';
        this.#refuse('FOREIGN_FIELD', graph, `${place} is ours, and not your key: ${told}. Leave it out.`);
      }
    }
  }

  #openness({ directives, arguments: listed, values }, place) {
    const closing = (directives ?? []).map(({ name }) => name.value).filter((name) => CLOSING.has(name));
    for (const name of closing) this.#refuse('FOREIGN_DIRECTIVE', undefined, `@${name} on ${place}, which is ours and stays open as we say.`);
    for (const one of [...(listed ?? []), ...(values ?? [])]) this.#openness(one, `${place}.${one.name.value}`);
  }
}

/** Names of the subgraphs of a supergraph, as its operator gave them. */
export function subgraphsOf(sdl) {
  return [...namesOfGraphs(parse(sdl)).values()];
}

/** What others take of ours in a supergraph, each as `CODE: who: what`. docs/federate.md explains the codes. */
export function trespasses(sdl) {
  return new Reading(parse(sdl)).found;
}
