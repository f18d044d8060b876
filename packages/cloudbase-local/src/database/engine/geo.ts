import { Query } from 'mingo/query';
import { Lazy, type Iterator } from 'mingo/lazy';
import type { Any, Options } from 'mingo/types';
import { isFields, type Fields } from '../document';
import { failure } from './failure';
import type { QueryOperators } from './query';
import { distance, geometryOf, inCircle, intersects, within, type Geometry } from './geometry';
import { planeTest } from './plane';
import { reach, withValue } from './reach';

/** MongoDB's geospatial operators, which mingo has not (mongodb.com/docs/manual/reference/operator/query-geospatial). */
type Test = (document: unknown) => boolean;

function geometriesAt(document: unknown, path: string): Geometry[] {
  return reach(document, path).flatMap((value) => geometryOf(value) ?? []);
}

function required(operator: string, value: unknown): Geometry {
  const geometry = geometryOf(value);
  if (geometry !== undefined) return geometry;
  throw failure(operator, 'needs a valid GeoJSON object');
}

/** What `$near` and `$nearSphere` ask for. */
interface Near {
  readonly path: string;
  readonly from: Geometry;
  readonly least: number;
  readonly most: number;
}

function nearOf(operator: string, path: string, operand: unknown): Near {
  if (!isFields(operand)) throw failure(operator, 'needs a $geometry');
  const from = required(operator, operand['$geometry']);
  const metres = (value: unknown, standard: number): number => {
    const given = value ?? standard;
    if (typeof given === 'number' && given >= 0) return given;
    throw failure(operator, 'needs distances that are numbers of at least 0');
  };
  const least = metres(operand['$minDistance'], 0);
  return { path, from, least, most: metres(operand['$maxDistance'], Infinity) };
}

function distanceTo(document: unknown, { path, from }: Near): number {
  return Math.min(...geometriesAt(document, path).map((to) => distance(from, to)));
}

const near =
  (operator: string) =>
  (path: string, operand: unknown): Test => {
    const asked = nearOf(operator, path, operand);
    return (document) => {
      const away = distanceTo(document, asked);
      return away !== Infinity && away >= asked.least && away <= asked.most;
    };
  };

function $geoWithin(path: string, operand: unknown): Test {
  if (!isFields(operand)) throw failure('$geoWithin', 'needs an object');
  const onPlane = planeTest(operand);
  if (onPlane !== undefined) return (document) => reach(document, path).some(onPlane);
  const circle = operand['$centerSphere'];
  if (Array.isArray(circle)) {
    const [middle, radius] = circle as readonly unknown[];
    const centre = required('$geoWithin', middle);
    if (typeof radius !== 'number') throw failure('$geoWithin', 'needs a radius');
    return (document) =>
      geometriesAt(document, path).some((each) => inCircle(each, centre, radius));
  }
  const area = required('$geoWithin', operand['$geometry']);
  if (area.polygons.length === 0) throw failure('$geoWithin', 'needs a Polygon or a MultiPolygon');
  return (document) => geometriesAt(document, path).some((each) => within(each, area));
}

function $geoIntersects(path: string, operand: unknown): Test {
  const geometry = required('$geoIntersects', isFields(operand) ? operand['$geometry'] : undefined);
  return (document) => geometriesAt(document, path).some((each) => intersects(each, geometry));
}

export const geoOperators: QueryOperators = {
  $near: near('$near'),
  $nearSphere: near('$nearSphere'),
  $geoWithin,
  $geoIntersects,
};

/** @returns How far a document is from what the query is to be near to; undefined if it says nothing of that. */
export function distanceIn(query: Fields): ((document: unknown) => number) | undefined {
  for (const [path, condition] of Object.entries(query)) {
    if (path === '$and' && Array.isArray(condition)) {
      const found = condition.filter(isFields).map(distanceIn).find(Boolean);
      if (found !== undefined) return found;
    } else if (isFields(condition)) {
      const operator = ['$near', '$nearSphere'].find((name) => name in condition);
      if (operator === undefined) continue;
      const asked = nearOf(operator, path, condition[operator]);
      return (document) => distanceTo(document, asked);
    }
  }
  return undefined;
}

/** The stage that must come first: documents by their distance (…/operator/aggregation/geoNear). */
export function $geoNear(source: Iterator, expression: Any, options: Options): Iterator {
  if (!isFields(expression)) throw failure('$geoNear', 'needs an object');
  const { near: place, distanceField, includeLocs, key, query, limit, num } = expression;
  const { distanceMultiplier = 1, minDistance = 0, maxDistance = Infinity } = expression;
  if (typeof distanceField !== 'string') throw failure('$geoNear', 'needs a distanceField');
  const bounds = [distanceMultiplier, minDistance, maxDistance].map(Number);
  const [factor = 1, least = 0, most = Infinity] = bounds;
  const from = required('$geoNear', place);
  // A pair of coordinates asks in radians, GeoJSON in metres.
  const unit = Array.isArray(place) ? 6_378_100 : 1;
  const matching = new Query<Record<string, unknown>>(isFields(query) ? query : {}, options);
  return source.transform((all: Any[]) => {
    const documents = all.filter(isFields).filter((document) => matching.test(document));
    const path = typeof key === 'string' ? key : documents.map(placeField).find(Boolean);
    const measured = documents.flatMap((document) => {
      const values = reach(document, path ?? '').filter((value) => geometryOf(value) !== undefined);
      const away = values.map((value) => distance(from, required('$geoNear', value)) / unit);
      const nearest = Math.min(...away);
      if (nearest === Infinity || nearest < least || nearest > most) return [];
      return [{ document, away: nearest, place: values[away.indexOf(nearest)] }];
    });
    measured.sort((a, b) => a.away - b.away);
    const count = Number(limit ?? num ?? Infinity);
    return Lazy(
      measured.slice(0, count).map(({ document, away, place: found }) => {
        const result = withValue(document, distanceField.split('.'), away * factor);
        return typeof includeLocs === 'string'
          ? withValue(result, includeLocs.split('.'), found)
          : result;
      }),
    );
  });
}

/** Without a geospatial index to name it, it is the first field that holds a place. */
function placeField(document: Fields): string | undefined {
  return Object.keys(document).find((name) => geometryOf(document[name]) !== undefined);
}
