// What a subgraph answered, measured by what it was asked: nobody overwrites what belongs to another, and no lie passes in silence.
import { Kind } from 'graphql';

function isObject(value) {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** What may stand at a place: fields by their key in the answer, those of every condition of type. */
function shapeOf(selectionSet, fragments, shape = new Map()) {
  for (const one of selectionSet.selections) {
    if (one.kind === Kind.FIELD) {
      const key = one.alias?.value ?? one.name.value;
      const known = shape.get(key) ?? { name: one.name.value, field: one, within: undefined };
      if (one.selectionSet) known.within = shapeOf(one.selectionSet, fragments, known.within);
      shape.set(key, known);
    } else {
      shapeOf(one.kind === Kind.FRAGMENT_SPREAD ? fragments.get(one.name.value).selectionSet : one.selectionSet, fragments, shape);
    }
  }
  return shape;
}

/** `value` without what was not asked: a subgraph could put fields of others into its answer, and they would be shown. */
function shaped(value, within) {
  if (!within || value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((one) => shaped(one, within));
  const found = {};
  for (const [key, { within: inner }] of within) {
    if (Object.hasOwn(value, key)) found[key] = shaped(value[key], inner);
  }
  return found;
}

function representations(field, variables) {
  const given = field.arguments?.find(({ name }) => name.value === 'representations')?.value;
  const found = given?.kind === Kind.VARIABLE ? variables?.[given.name.value] : undefined;
  return Array.isArray(found) ? found : undefined;
}

/** Whether an entity is the one that was asked for, as far as it says which it is. */
function isAskedFor(entity, representation, within) {
  if (entity === null) return true;
  if (!isObject(entity)) return false;
  return Object.entries(representation).every(([name, asked]) => {
    if (asked !== null && typeof asked === 'object') return true;
    const [key] = [...within].find(([key, { name: selected }]) => key === name && selected === name) ?? [];
    const told = key === undefined ? undefined : entity[key];
    return told === undefined || told === null || String(told) === String(asked);
  });
}

/** Paths of entities that are not those asked for; each is taken out. */
function lies(data, key, { field, within }, variables, isExplained) {
  const asked = representations(field, variables);
  const told = data[key];
  if (!asked) return [];
  if (!Array.isArray(told) || told.length !== asked.length) {
    // Which one is missing nobody knows, so that none can be told from another.
    data[key] = asked.map(() => null);
    return (told === null || told === undefined) && isExplained ? [] : asked.map((_, place) => [key, place]);
  }
  const wrong = asked.map((_, place) => place).filter((place) => !isAskedFor(told[place], asked[place], within));
  for (const place of wrong) told[place] = null;
  return wrong.map((place) => [key, place]);
}

/**
 * The answer as far as it is one, and the paths where it is not what was asked; undefined for what is no answer of GraphQL.
 */
export function measured(result, { document, variables }) {
  const { data, errors } = isObject(result) && !result[Symbol.asyncIterator] ? result : {};
  if (!(isObject(data) || data === null || data === undefined)) return undefined;
  if (!(errors === undefined || (Array.isArray(errors) && errors.every(isObject)))) return undefined;
  if (!isObject(data)) return errors?.length ? { data: null, errors, wrong: [] } : undefined;
  const fragments = new Map();
  for (const one of document.definitions) if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
  const operation = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  const shape = shapeOf(operation.selectionSet, fragments);
  const found = shaped(data, shape);
  const entities = [...shape].filter(([, { name }]) => name === '_entities');
  const isExplained = Boolean(errors?.length);
  const wrong = entities.flatMap(([key, place]) => lies(found, key, place, variables, isExplained));
  return { data: found, errors: errors ?? [], wrong };
}
