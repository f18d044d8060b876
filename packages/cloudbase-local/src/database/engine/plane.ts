import { isFields, type Fields } from '../document';
import { failure } from './failure';

/** A pair of coordinates on a plane. */
type Point = readonly [x: number, y: number];
type PointTest = (point: Point) => boolean;

/**
 * The shapes of `$geoWithin` on a plane (…/reference/operator/query/box, …/center, …/polygon). A place on their border
 * is within.
 */
const shapes: Readonly<Record<string, (operand: unknown) => PointTest | undefined>> = {
  $box: (operand) => {
    const [a, b, ...more] = points(operand) ?? [];
    if (a === undefined || b === undefined || more.length > 0) return undefined;
    const isBetween = (value: number, one: number, other: number): boolean =>
      value >= Math.min(one, other) && value <= Math.max(one, other);
    return ([x, y]) => isBetween(x, a[0], b[0]) && isBetween(y, a[1], b[1]);
  },
  $center: (operand) => {
    const given: readonly unknown[] = Array.isArray(operand) ? operand : [];
    const [middle, radius] = given;
    const centre = pair(middle);
    if (centre === undefined || typeof radius !== 'number' || !(radius >= 0)) return undefined;
    return ([x, y]) => Math.hypot(x - centre[0], y - centre[1]) <= radius;
  },
  $polygon: (operand) => {
    const corners = points(operand);
    return corners && corners.length > 2 ? (point) => isInPolygon(point, corners) : undefined;
  },
};

/** @returns The test of a value that may be a place; undefined if the condition names no such shape. */
export function planeTest(condition: Fields): ((value: unknown) => boolean) | undefined {
  const name = Object.keys(condition).find((each) => Object.hasOwn(shapes, each));
  if (name === undefined) return undefined;
  const test = shapes[name]?.(condition[name]);
  if (test === undefined) throw failure('$geoWithin', `needs pairs of coordinates in ${name}`);
  return (value: unknown): boolean => {
    const single = pointOf(value);
    if (single !== undefined) return test(single);
    return (points(value) ?? []).some(test);
  };
}

/** A pair, an object with two numbers (…/geospatial-queries/#legacy-coordinate-pairs), or a GeoJSON point. */
function pointOf(value: unknown): Point | undefined {
  if (!isFields(value)) return pair(value);
  return 'type' in value ? pair(value['coordinates']) : pair(Object.values(value));
}

function pair(value: unknown): Point | undefined {
  if (!Array.isArray(value)) return undefined;
  const [x, y] = value as readonly unknown[];
  return typeof x === 'number' && typeof y === 'number' ? [x, y] : undefined;
}

function points(value: unknown): Point[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const found = (value as readonly unknown[]).map(pointOf);
  const all = found.filter((point) => point !== undefined);
  return all.length === found.length ? all : undefined;
}

/** A ray from the point crosses the border an odd number of times. */
function isInPolygon([x, y]: Point, corners: readonly Point[]): boolean {
  let inside = false;
  let [fromX, fromY] = corners.at(-1) ?? [0, 0];
  for (const [toX, toY] of corners) {
    const side = (toX - fromX) * (y - fromY) - (toY - fromY) * (x - fromX);
    const isBeside = (x - fromX) * (x - toX) <= 0 && (y - fromY) * (y - toY) <= 0;
    if (side === 0 && isBeside) return true;
    if (fromY > y !== toY > y && side > 0 === toY > fromY) inside = !inside;
    [fromX, fromY] = [toX, toY];
  }
  return inside;
}
