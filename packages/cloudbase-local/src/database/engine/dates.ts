import { evalExpr } from 'mingo/core';
import type { Options } from 'mingo/types';
import * as mingo from 'mingo/operators/expression';
import { isFields, type Fields } from '../document';
import { failure } from './failure';

/** MongoDB's expression operators on dates where mingo's differ (…/aggregation/#date-expression-operators). */
type Operator = (document: unknown, expression: unknown, options: Options) => unknown;

const day = 24 * 60 * 60 * 1000;

/** @returns The number of whole days from the first day of the date's year. */
function daysIntoYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / day);
}

/** Weeks begin on Sunday; the days before the first Sunday of the year are week 0 (…/operator/aggregation/week). */
function week(date: Date): number {
  return Math.floor((daysIntoYear(date) + 7 - date.getUTCDay()) / 7);
}

/** ISO 8601: weeks begin on Monday; a week belongs to the year that its Thursday is in. */
function isoThursday(date: Date): Date {
  const weekday = date.getUTCDay() || 7;
  return new Date(date.getTime() + (4 - weekday) * day);
}

function isoWeek(date: Date): number {
  return Math.floor(daysIntoYear(isoThursday(date)) / 7) + 1;
}

const parts: Readonly<Record<string, (date: Date) => number>> = {
  $year: (date) => date.getUTCFullYear(),
  $month: (date) => date.getUTCMonth() + 1,
  $dayOfMonth: (date) => date.getUTCDate(),
  $hour: (date) => date.getUTCHours(),
  $minute: (date) => date.getUTCMinutes(),
  $second: (date) => date.getUTCSeconds(),
  $millisecond: (date) => date.getUTCMilliseconds(),
  $dayOfYear: (date) => daysIntoYear(date) + 1,
  $dayOfWeek: (date) => date.getUTCDay() + 1,
  $week: week,
  $isoWeek: isoWeek,
  $isoWeekYear: (date) => isoThursday(date).getUTCFullYear(),
  $isoDayOfWeek: (date) => date.getUTCDay() || 7,
};

/** A part of a date: of nothing it is null; the date may come with a time zone. */
function partOf(name: string, part: (date: Date) => number): Operator {
  return (document, expression, options) => {
    const single = Array.isArray(expression) && expression.length === 1;
    const argument: unknown = single ? (expression as unknown[])[0] : expression;
    const zoned = isFields(argument) && 'date' in argument;
    const value: unknown = evalExpr(document, zoned ? argument['date'] : argument, options);
    if (value === null || value === undefined) return null;
    if (!(value instanceof Date)) throw failure(name, 'needs a date');
    const zone: unknown = zoned ? evalExpr(document, argument['timezone'], options) : undefined;
    return part(inZone(name, value, zone));
  };
}

/** @returns A date whose UTC parts are those of the time zone: an Olson name or an offset such as +0830. */
function inZone(name: string, date: Date, zone: unknown): Date {
  return new Date(date.getTime() + offsetOf(name, zone, date));
}

function offsetOf(name: string, zone: unknown, date: Date): number {
  if (zone === undefined || zone === null || zone === 'UTC' || zone === 'GMT') return 0;
  if (typeof zone !== 'string') throw failure(name, 'needs a time zone that is a text');
  const offset = /^([+-])(\d\d):?(\d\d)?$/.exec(zone);
  if (offset !== null) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3] ?? 0);
    return (offset[1] === '-' ? -minutes : minutes) * 60_000;
  }
  try {
    const text = date.toLocaleString('sv-SE', { timeZone: zone });
    return Date.parse(`${text.replace(' ', 'T')}Z`) - Math.floor(date.getTime() / 1000) * 1000;
  } catch {
    throw failure(name, `knows no time zone ${zone}`);
  }
}

/** By the parts of the calendar or, if `isoWeekYear` is given, those of ISO 8601 weeks; parts may run over. */
const $dateFromParts: Operator = (document, expression, options) => {
  if (!isFields(expression)) throw failure('$dateFromParts', 'needs an object');
  const values: unknown = evalExpr(document, expression, options);
  const given: Fields = isFields(values) ? values : {};
  if (Object.keys(expression).some((name) => (given[name] ?? null) === null)) return null;
  const number = (name: string, standard: number): number => {
    const value = given[name] ?? standard;
    if (typeof value === 'number' && Number.isInteger(value)) return value;
    throw failure('$dateFromParts', `needs a whole number as ${name}`);
  };
  const iso = 'isoWeekYear' in expression;
  if (!iso && !('year' in expression)) throw failure('$dateFromParts', 'needs a year');
  const first = iso
    ? firstIsoDay(number('isoWeekYear', 0)) +
      ((number('isoWeek', 1) - 1) * 7 + number('isoDayOfWeek', 1) - 1) * day
    : startOfDay(number('year', 0), number('month', 1) - 1, number('day', 1));
  const seconds = (number('hour', 0) * 60 + number('minute', 0)) * 60 + number('second', 0);
  const local = new Date(first + seconds * 1000 + number('millisecond', 0));
  return new Date(local.getTime() - offsetOf('$dateFromParts', given['timezone'], local));
};

/** Date.UTC would take a year below 100 for one of the 20th century. */
function startOfDay(year: number, month: number, date: number): number {
  const start = new Date(0);
  start.setUTCFullYear(year, month, date);
  return start.getTime();
}

/** The Monday of the week that 4 January is in. */
function firstIsoDay(year: number): number {
  const fourth = new Date(startOfDay(year, 0, 4));
  return fourth.getTime() - ((fourth.getUTCDay() || 7) - 1) * day;
}

const specifiers: Readonly<Record<string, (date: Date) => string>> = {
  '%U': (date) => pad(week(date), 2),
  '%V': (date) => pad(isoWeek(date), 2),
  '%G': (date) => pad(isoThursday(date).getUTCFullYear(), 4),
  '%w': (date) => String(date.getUTCDay() + 1),
  '%u': (date) => String(date.getUTCDay() || 7),
  '%j': (date) => pad(daysIntoYear(date) + 1, 3),
  '%%': () => '%',
};

/** What mingo writes wrong is written here; it does the rest of the format (…/aggregation/#format-specifiers). */
const $dateToString: Operator = (document, expression, options) => {
  if (!isFields(expression)) throw failure('$dateToString', 'needs an object');
  const date: unknown = evalExpr(document, expression['date'], options);
  if (date === null || date === undefined) {
    return evalExpr(document, expression['onNull'] ?? null, options);
  }
  if (!(date instanceof Date)) throw failure('$dateToString', 'needs a date');
  const zone: unknown = evalExpr(document, expression['timezone'], options) ?? undefined;
  const standard = zone === undefined ? '%Y-%m-%dT%H:%M:%S.%LZ' : '%Y-%m-%dT%H:%M:%S.%L';
  const format: unknown = evalExpr(document, expression['format'], options) ?? standard;
  const local = inZone('$dateToString', date, zone);
  return String(format).replace(/%./g, (specifier) => {
    const own = specifiers[specifier];
    if (own !== undefined) return own(local);
    const rest = { date, format: specifier, ...(zone === undefined ? {} : { timezone: zone }) };
    return String(mingo.$dateToString({}, rest, options));
  });
};

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}

export const dateOperators = {
  ...Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, partOf(name, part)])),
  $dateFromParts,
  $dateToString,
};
