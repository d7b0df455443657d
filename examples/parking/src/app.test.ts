import assert from 'node:assert/strict';
import { test } from 'node:test';
import { app, MAX_BODY_BYTES, MAX_TOKENS } from './app.js';
import { MAX_REPRESENTATIONS } from './schema.js';

interface Answer {
  data?: { _entities?: unknown[] | null; _service?: { sdl: string } } | null;
  errors?: { message: string; path?: (string | number)[]; extensions?: { code?: string; asked?: number } }[];
}

const ENTITIES = `query($representations: [_Any!]!) {
  _entities(representations: $representations) {
    ... on Municipality { ars parkingAreas { name capacity free updatedAt project { __typename id } } }
  }
}`;
const ZEITZ = { __typename: 'Municipality', ars: '150840590590' };

function post(body: string): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return Promise.resolve(app.fetch('http://127.0.0.1/graphql', { method: 'POST', headers, body }));
}

async function ask(query: string, variables: object = {}): Promise<Answer> {
  return (await post(JSON.stringify({ query, variables }))).json() as Promise<Answer>;
}

test('a municipality has its parking areas, each with its project', async () => {
  const { data, errors } = await ask(ENTITIES, { representations: [ZEITZ] });

  assert.equal(errors, undefined);
  const [zeitz] = data?._entities as [{ ars: string; parkingAreas: Record<string, unknown>[] }];
  assert.equal(zeitz.ars, ZEITZ.ars);
  assert.deepEqual(zeitz.parkingAreas[0], {
    name: 'Beispiel: Parkplatz am Markt',
    capacity: 62,
    free: 17,
    updatedAt: '2026-11-02T07:30:00Z',
    project: { __typename: 'Project', id: 'Project:019b798e-804c-73c3-8d16-f755a765391d' },
  });
});

test('everything sample data is marked as such', async () => {
  const { data } = await ask(ENTITIES, { representations: [ZEITZ] });

  const [zeitz] = data?._entities as [{ parkingAreas: { name: string }[] }];
  assert.ok(zeitz.parkingAreas.length > 1);
  for (const { name } of zeitz.parkingAreas) assert.match(name, /^Beispiel: /);
});

test('a municipality without parking guidance is null, without an error', async () => {
  for (const ars of ['010030000000', '', '__proto__', 'constructor', '150840590590 ', '1'.repeat(10_000)]) {
    assert.deepEqual(await ask(ENTITIES, { representations: [{ __typename: 'Municipality', ars }] }), {
      data: { _entities: [null] },
    });
  }
});

test('a reference that cannot be meant is an error at its place, and the others are answered', async () => {
  const bad = [
    'Municipality',
    5,
    true,
    [],
    [ZEITZ],
    {},
    { ars: ZEITZ.ars },
    { __typename: 'Municipality' },
    { __typename: 'Municipality', ars: null },
    { __typename: 'Municipality', ars: 150840590590 },
    { __typename: 'Municipality', ars: [ZEITZ.ars] },
    { __typename: 'Municipality', ars: { toString: 'x' } },
    { __typename: 'Municipality', ags: '15084590' },
    { __typename: ['Municipality'], ars: ZEITZ.ars },
    { __typename: 'Project', id: 'Project:1' },
    { __typename: 'ParkingArea', name: 'Beispiel' },
    { __typename: 'Query', ars: ZEITZ.ars },
    { __typename: '__proto__', ars: ZEITZ.ars },
    { __typename: 'Unheardof', ars: ZEITZ.ars },
  ];
  for (const one of bad) {
    const { data, errors } = await ask(ENTITIES, { representations: [ZEITZ, one, ZEITZ] });

    assert.deepEqual(errors?.map(({ path, extensions }) => [path, extensions?.code]), [
      [['_entities', 1], 'INVALID_REPRESENTATION'],
    ]);
    assert.deepEqual(data?._entities?.map((entity) => entity !== null), [true, false, true], JSON.stringify(one));
  }
});

test('no reference is null, and fields beside the key are of no account', async () => {
  const none = await ask(ENTITIES, { representations: [null] });
  assert.equal(none.data, undefined);

  const forged = { ...ZEITZ, parkingAreas: [{ name: 'Forged' }], constructor: 1 };
  const { data, errors } = await ask(ENTITIES, { representations: [forged] });
  assert.equal(errors, undefined);
  assert.ok(!JSON.stringify(data).includes('Forged'));
});

test('references are bounded', async () => {
  const most = await ask(ENTITIES, { representations: Array(MAX_REPRESENTATIONS).fill(ZEITZ) });
  assert.equal(most.data?._entities?.length, MAX_REPRESENTATIONS);

  const { data, errors } = await ask(ENTITIES, { representations: Array(MAX_REPRESENTATIONS + 1).fill(ZEITZ) });
  assert.equal(data ?? null, null);
  assert.deepEqual(
    errors?.map(({ extensions }) => [extensions?.code, extensions?.asked]),
    [['LIMIT_EXCEEDED', MAX_REPRESENTATIONS + 1]],
  );
});

test('documents and bodies are bounded', async () => {
  const { errors } = await ask(`{ ${'__typename '.repeat(MAX_TOKENS)} }`);
  assert.match(errors?.[0]?.message ?? '', /tokens/);

  const long = await post(JSON.stringify({ query: '{ __typename }', variables: { a: 'x'.repeat(MAX_BODY_BYTES) } }));
  assert.equal(long.status, 413);
});

test('what is no GraphQL request is refused', async () => {
  for (const body of ['', '{', '"x"', '5', 'null', '[]', '{"query": 5}', '{"query": "{ nothing }"}']) {
    const answer = await post(body);
    assert.ok(answer.status < 500, `${body}: ${answer.status}`);
    assert.ok(((await answer.json()) as Answer).errors?.length, body);
  }
});

test('a router reads the schema, a Federation 2.9 one with nothing but keys of others', async () => {
  const { data } = await ask('{ _service { sdl } }');

  const sdl = data?._service?.sdl.replace(/\s+/g, ' ') ?? '';
  assert.ok(sdl.includes('federation/v2.9'));
  assert.ok(sdl.includes('type Municipality @key(fields: "ars") { ars: String! '));
  assert.ok(sdl.includes('type Project @key(fields: "id", resolvable: false) { id: ID! }'));
});
