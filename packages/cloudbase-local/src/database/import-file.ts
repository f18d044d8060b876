import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { ObjectId } from 'bson';
import { reason, ToolError } from '../command/tool-error';
import { parseCsv } from './csv';
import { isFields, type Fields } from './document';
import { parseFields } from './ejson';

/** A document of a file, and where in the file it stands, for messages. */
export interface Imported {
  readonly where: string;
  readonly fields: Fields;
}

/** After so many documents the progress is told. */
const step = 10_000;

/**
 * Reads the documents of a file: CSV by its name, a JSON array by its first character, else JSON Lines, which is what
 * the console of CloudBase exports.
 * Reference: https://docs.cloudbase.net/database/import-export
 *
 * @param progress - Hears now and then how many have been read.
 * @throws ToolError TRANSFER that names the file, and the line or element that is no document.
 */
export async function readImportFile(
  file: string,
  progress: (count: number) => void,
): Promise<Imported[]> {
  const documents: Imported[] = [];
  try {
    for await (const { where, fields } of documentsIn(file)) {
      documents.push({ where, fields: withTextId(fields) });
      if (documents.length % step === 0) progress(documents.length);
    }
  } catch (error) {
    throw new ToolError(
      'TRANSFER',
      `${file}: ${reason(error).replace(/\.$/, '')}. Nothing was imported.`,
      error,
    );
  }
  return documents;
}

async function* documentsIn(file: string): AsyncGenerator<Imported> {
  if (path.extname(file).toLowerCase() === '.csv') yield* inCsv(await readUtf8(file));
  else if (await isArray(file)) yield* inArray(await readUtf8(file));
  else yield* inLines(file);
}

async function isArray(file: string): Promise<boolean> {
  for await (const chunk of createReadStream(file, 'utf8')) {
    const text = String(chunk)
      .replace(/^\uFEFF/, '')
      .trimStart();
    if (text !== '') return text.startsWith('[');
  }
  return false;
}

async function* inLines(file: string): AsyncGenerator<Imported> {
  let number = 0;
  // Latin-1 keeps the bytes as they are: what is no UTF-8 is seen, and only \n and \r end a line.
  const input = createReadStream(file, 'latin1');
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    number += 1;
    const where = `line ${number}`;
    const text = textOf(Buffer.from(line, 'latin1'), where);
    if (text.trim() !== '') yield parse(number === 1 ? text.replace(/^\uFEFF/, '') : text, where);
  }
}

/** @throws Error that names the first line that is not in UTF-8. */
async function readUtf8(file: string): Promise<string> {
  const bytes = await readFile(file);
  let number = 1;
  let start = 0;
  for (let end = 0; end !== -1; start = end + 1, number += 1) {
    end = bytes.indexOf('\n', start);
    textOf(bytes.subarray(start, end === -1 ? bytes.length : end), `line ${number}`);
  }
  return bytes.toString();
}

/** A spreadsheet saves CSV in the system's encoding, such as GB 18030: its texts would be lost. */
function textOf(bytes: Buffer, where: string): string {
  if (isUtf8(bytes)) return bytes.toString();
  throw new Error(`${where} is not in UTF-8: save the file as UTF-8`);
}

function* inArray(text: string): Generator<Imported> {
  const elements: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
  if (!Array.isArray(elements)) throw new Error('it is no array');
  for (const [index, element] of elements.entries()) {
    yield parse(JSON.stringify(element), `element ${index + 1}`);
  }
}

function* inCsv(text: string): Generator<Imported> {
  for (const { line, cells } of parseCsv(text)) {
    const where = `line ${line}`;
    const given = Object.entries(cells).filter(([, cell]) => cell !== '');
    const fields = given.map(([name, cell]) => `${JSON.stringify(name)}:${jsonOfCell(cell)}`);
    yield parse(`{${fields.join()}}`, where);
  }
}

/**
 * @returns The JSON of a cell: numbers, true, false and JSON are what they look like, anything else is a text. So is a
 * number that would not be written the same again, such as a telephone number.
 */
export function jsonOfCell(cell: string): string {
  const isNumber = String(Number(cell)) === cell && Number.isFinite(Number(cell));
  return isNumber || isJson(cell) ? cell : JSON.stringify(cell);
}

function isJson(cell: string): boolean {
  if (!/^(?:[{["]|true$|false$|null$)/.test(cell)) return false;
  try {
    JSON.parse(cell);
    return true;
  } catch {
    return false;
  }
}

function parse(text: string, where: string): Imported {
  try {
    const fields = parseFields(text, where, 0);
    const fault = invalidDate(fields);
    if (fault !== undefined) throw new Error(`${fault.join('.')} is no date`);
    return { where, fields };
  } catch (error) {
    const why = reason(error);
    throw new Error(why.startsWith(where) ? why : `${where}: ${why}`, { cause: error });
  }
}

/** @returns The path to a date that was no date in the file: it would be stored as 1970. */
function invalidDate(value: unknown): string[] | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? [] : undefined;
  if (!isFields(value) && !Array.isArray(value)) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    const path = invalidDate(inner);
    if (path !== undefined) return [name, ...path];
  }
  return undefined;
}

/** An ObjectId is its text to whoever asks for a document by its `_id`. */
function withTextId(fields: Fields): Fields {
  const { _id: id } = fields;
  return id instanceof ObjectId ? { ...fields, _id: id.toHexString() } : fields;
}
