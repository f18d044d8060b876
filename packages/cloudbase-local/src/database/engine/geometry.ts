import { isFields } from '../document';

/** A place on the sphere as a vector of length 1. */
type Place = readonly [x: number, y: number, z: number];
type Ring = readonly Place[];

/** What a GeoJSON object or a pair of coordinates stands for. */
export interface Geometry {
  readonly points: readonly Place[];
  readonly lines: readonly Ring[];
  readonly polygons: readonly (readonly Ring[])[];
}

/** In metres, as MongoDB takes it (mongodb.com/docs/manual/tutorial/calculate-distances-using-spherical-geometry-with-2d-geospatial-indexes). */
const earthRadius = 6_378_100;

/** Places nearer than this (about 6 mm) count as one. */
const tolerance = 1e-9;

/** @returns The geometry of a value, or undefined if it is none (mongodb.com/docs/manual/reference/geojson). */
export function geometryOf(value: unknown): Geometry | undefined {
  if (Array.isArray(value)) return shape({ points: place(value) });
  if (!isFields(value)) return undefined;
  if ('longitude' in value)
    return shape({ points: place([value['longitude'], value['latitude']]) });
  const { type, coordinates, geometries } = value;
  switch (type) {
    case 'Point':
      return shape({ points: place(coordinates) });
    case 'MultiPoint':
      return shape({ points: every(coordinates, place)?.flat() });
    case 'LineString':
      return shape({ rings: every([coordinates], ring) });
    case 'MultiLineString':
      return shape({ rings: every(coordinates, ring) });
    case 'Polygon':
      return shape({ polygons: every([coordinates], polygon) });
    case 'MultiPolygon':
      return shape({ polygons: every(coordinates, polygon) });
    case 'GeometryCollection':
      return merged(every(geometries, geometryOf));
    default:
      return undefined;
  }
}

function place(value: unknown): Place[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const [longitude, latitude] = value as readonly unknown[];
  if (typeof longitude !== 'number' || typeof latitude !== 'number') return undefined;
  if (!(Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90)) return undefined;
  const [along, up] = [(longitude * Math.PI) / 180, (latitude * Math.PI) / 180];
  const across = Math.cos(up);
  return [[across * Math.cos(along), across * Math.sin(along), Math.sin(up)]];
}

function ring(value: unknown): Ring | undefined {
  return every(value, place)?.flat();
}

function polygon(value: unknown): Ring[] | undefined {
  return every(value, ring);
}

/** @returns What each item of a list gives; undefined if one gives nothing. */
function every<T>(value: unknown, read: (item: unknown) => T | undefined): T[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const items = (value as unknown[]).map(read);
  const found = items.filter((item) => item !== undefined);
  return found.length === items.length ? found : undefined;
}

interface Parts {
  readonly points?: Ring | undefined;
  readonly rings?: readonly Ring[] | undefined;
  readonly polygons?: readonly (readonly Ring[])[] | undefined;
}

function shape({ points, rings, polygons }: Parts): Geometry | undefined {
  if (points === undefined && rings === undefined && polygons === undefined) return undefined;
  return { points: points ?? [], lines: rings ?? [], polygons: polygons ?? [] };
}

function merged(parts: readonly Geometry[] | undefined): Geometry | undefined {
  return (
    parts && {
      points: parts.flatMap(({ points }) => points),
      lines: parts.flatMap(({ lines }) => lines),
      polygons: parts.flatMap(({ polygons }) => polygons),
    }
  );
}

function dot(a: Place, b: Place): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function cross(a: Place, b: Place): Place {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** In radians; haversine and acos differ from the cloud in the last digits. */
function angle(a: Place, b: Place): number {
  const normal = cross(a, b);
  return Math.atan2(Math.sqrt(dot(normal, normal)), dot(a, b));
}

/** @returns The way to the nearest place of a geometry, in metres; 0 inside of a polygon. */
export function distance(from: Geometry, to: Geometry): number {
  const [start] = from.points;
  if (start === undefined) return Infinity;
  if (to.polygons.some((rings) => contains(rings, start))) return 0;
  const nearest = Math.min(
    ...to.points.map((point) => angle(start, point)),
    ...edgesOf(to).map((edge) => angleToEdge(start, edge)),
  );
  return nearest * earthRadius;
}

/** @returns Whether all of a geometry lies within so many radians of a place. */
export function inCircle(geometry: Geometry, centre: Geometry, radius: number): boolean {
  const [middle] = centre.points;
  return middle !== undefined && placesOf(geometry).every((each) => angle(middle, each) <= radius);
}

type Edge = readonly [Place, Place];

function edgesOfRing(places: Ring): Edge[] {
  return places.slice(1).map((end, index): Edge => [places[index] ?? end, end]);
}

function edgesOf({ lines, polygons }: Geometry): Edge[] {
  return [...lines, ...polygons.flat()].flatMap(edgesOfRing);
}

function placesOf({ points, lines, polygons }: Geometry): Place[] {
  return [...points, ...lines.flat(), ...polygons.flat(2)];
}

function angleToEdge(point: Place, [start, end]: Edge): number {
  const ends = Math.min(angle(point, start), angle(point, end));
  const normal = cross(start, end);
  const size = Math.sqrt(dot(normal, normal));
  if (size < tolerance) return ends;
  const beside = dot(cross(normal, start), point) > 0 && dot(cross(end, normal), point) > 0;
  return beside ? Math.min(ends, Math.abs(Math.asin(dot(normal, point) / size))) : ends;
}

/** The border belongs to a polygon; its holes do not. */
function contains([outer, ...holes]: readonly Ring[], point: Place): boolean {
  if (outer === undefined) return false;
  if ([outer, ...holes].some((each) => onRing(each, point))) return true;
  return surrounds(outer, point) && !holes.some((hole) => surrounds(hole, point));
}

function onRing(places: Ring, point: Place): boolean {
  return edgesOfRing(places).some((edge) => angleToEdge(point, edge) < tolerance);
}

/** Whoever stands inside turns once around while he follows the ring; a ring is smaller than half of the sphere. */
function surrounds(places: Ring, point: Place): boolean {
  const middle = places.reduce<Place>((a, b) => [a[0] + b[0], a[1] + b[1], a[2] + b[2]], [0, 0, 0]);
  if (dot(middle, point) <= 0) return false;
  const turned = edgesOfRing(places).reduce((sum, [start, end]) => {
    const [a, b] = [cross(point, start), cross(point, end)];
    return sum + Math.atan2(dot(point, cross(a, b)), dot(a, b));
  }, 0);
  return Math.abs(turned) > Math.PI;
}

function edgesCross([a, b]: Edge, [c, d]: Edge): boolean {
  const [ab, cd] = [cross(a, b), cross(c, d)];
  const [onC, onD, onA, onB] = [dot(ab, c), dot(ab, d), dot(cd, a), dot(cd, b)];
  return onC * onD < 0 && onA * onB < 0 && onC * onB > 0;
}

function bordersCross(a: Geometry, b: Geometry): boolean {
  const others = edgesOf(b);
  return edgesOf(a).some((edge) => others.some((other) => edgesCross(edge, other)));
}

/** @returns Whether a place is common to both. */
export function intersects(a: Geometry, b: Geometry): boolean {
  const touches = (from: Geometry, to: Geometry): boolean =>
    placesOf(from).some(
      (point) =>
        to.polygons.some((rings) => contains(rings, point)) ||
        edgesOf(to).some((edge) => angleToEdge(point, edge) < tolerance) ||
        to.points.some((other) => angle(point, other) < tolerance),
    );
  return touches(a, b) || touches(b, a) || bordersCross(a, b);
}

/** @returns Whether all of a geometry lies in the polygons of another one. */
export function within(inner: Geometry, outer: Geometry): boolean {
  const all = placesOf(inner);
  return outer.polygons.some(
    (rings) =>
      all.every((point) => contains(rings, point)) &&
      !bordersCross(inner, { points: [], lines: [], polygons: [rings] }) &&
      !rings
        .slice(1)
        .flat()
        .some((corner) => inner.polygons.some(([ring]) => ring && surrounds(ring, corner))),
  );
}
