// Sample data: no sensor, place or number here is real. A guidance system of your own answers in its place.

export interface ParkingArea {
  readonly name: string;
  readonly capacity: number;
  /** What the last reading counted; null while no reading can be trusted. */
  readonly free: number | null;
  /** When that was, in UTC. */
  readonly updatedAt: string;
  /** Global id in Hubnetz: what the area belongs to. Slugs of projects may change, ids never do. */
  readonly projectId: string;
}

const ZEITZ = '150840590590';
// Intelligente Parkplatzsuche in Zeitz.
const PROJECT = 'Project:019b798e-804c-73c3-8d16-f755a765391d';
const READ_AT = '2026-11-02T07:30:00Z';

const AREAS: ReadonlyMap<string, readonly ParkingArea[]> = new Map([
  [
    ZEITZ,
    [
      { name: 'Beispiel: Parkplatz am Markt', capacity: 62, free: 17, updatedAt: READ_AT, projectId: PROJECT },
      { name: 'Beispiel: Parkplatz am Schlosspark', capacity: 35, free: 0, updatedAt: READ_AT, projectId: PROJECT },
    ],
  ],
]);

/** The parking areas of a municipality by its official key (ARS); undefined where this subgraph knows none. */
export function areasOf(ars: string): readonly ParkingArea[] | undefined {
  return AREAS.get(ars);
}
