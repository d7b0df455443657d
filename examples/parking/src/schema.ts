import { buildSubgraphSchema } from '@apollo/subgraph';
import { GraphQLError, type GraphQLFieldResolver, type GraphQLSchema, parse } from 'graphql';
import { areasOf, type ParkingArea } from './areas.js';

// 2.9 is the newest version that all composers know. `Municipality` and `Project` belong to Hubnetz: here they have their key and what we add,
// and no description, since theirs is written there. What we add is nullable: it is null while we are away, and the rest still answers.
const typeDefs = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])

  type Municipality @key(fields: "ars") {
    ars: String!

    "Parking areas with guidance; null where the municipality has none here. Sample data."
    parkingAreas: [ParkingArea!]
  }

  type Project @key(fields: "id", resolvable: false) {
    id: ID!
  }

  "A parking area whose free places are counted."
  type ParkingArea {
    "Name as it stands on the signs."
    name: String!

    "Places in all."
    capacity: Int!

    "Free places at the last reading; null while no reading can be trusted."
    free: Int

    "When the last reading was."
    updatedAt: DateTime!

    "The project that the guidance comes from: whom to ask, what it cost, how to reuse it."
    project: Project
  }

  scalar DateTime
`);

/** References that one request may hold, as many as routers send to Hubnetz. */
export const MAX_REPRESENTATIONS = 1000;

type Municipality = { ars: string };
type Entities = GraphQLFieldResolver<unknown, unknown, { representations: unknown[] }, unknown[]>;

const resolvers = {
  Municipality: {
    __resolveReference: ({ ars }: Municipality) => (areasOf(ars) ? { ars } : null),
    parkingAreas: ({ ars }: Municipality) => areasOf(ars),
  },
  ParkingArea: {
    project: ({ projectId }: ParkingArea) => ({ id: projectId }),
  },
};

function isMunicipality(representation: unknown): boolean {
  const { __typename, ars } = Object(representation);
  return __typename === 'Municipality' && typeof ars === 'string';
}

/** `_entities` with a limit; a reference that cannot be meant is an error at its own place, where the library fails them all. */
function guarded(stock: Entities): Entities {
  return (source, { representations }, context, info) => {
    const asked = representations.length;
    if (asked > MAX_REPRESENTATIONS) {
      throw new GraphQLError(`At most ${MAX_REPRESENTATIONS} references, not ${asked}.`, {
        extensions: { code: 'LIMIT_EXCEEDED', limit: 'representations', value: MAX_REPRESENTATIONS, asked },
      });
    }
    return representations.map((one) =>
      isMunicipality(one)
        ? stock(source, { representations: [one] }, context, info)[0]
        : new GraphQLError('No reference to a Municipality by its `ars`.', {
            extensions: { code: 'INVALID_REPRESENTATION' },
          }),
    );
  };
}

export function subgraph(): GraphQLSchema {
  const schema = buildSubgraphSchema({ typeDefs, resolvers });
  const entities = schema.getQueryType()?.getFields()['_entities'];
  if (!entities?.resolve) throw new Error('The schema has no entity to resolve.');
  entities.resolve = guarded(entities.resolve as Entities);
  return schema;
}
