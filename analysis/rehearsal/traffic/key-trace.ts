import { readFileSync } from 'node:fs';
import { TraceError } from './trace';

const COLUMN = 'key';

/** Whether a file begins like a key trace. */
export function isKeyTrace(file: string): boolean {
  return readFileSync(file, 'utf8').split(/\r?\n/, 1)[0]?.trim() === COLUMN;
}

/**
 * Reads a key trace: CSV with the column `key`, whole numbers, one row per access in order.
 *
 * @throws {TraceError} with the first line that is not a key
 */
export function parseKeyTrace(name: string, csv: string): Uint32Array {
  const lines = csv.split(/\r?\n/);
  while (lines.at(-1)?.trim() === '') lines.pop();
  if (lines[0]?.trim() !== COLUMN)
    throw new TraceError(`${name}:1: expected the column '${COLUMN}', got '${lines[0]?.trim()}'`);
  const keys = new Uint32Array(lines.length - 1);
  for (let line = 1; line < lines.length; line++) {
    const key = Number(lines[line]);
    if (!Number.isInteger(key) || key < 0 || lines[line]?.trim() === '') {
      throw new TraceError(`${name}:${line + 1}: expected a whole number, got '${lines[line]}'`);
    }
    keys[line - 1] = key;
  }
  return keys;
}

/** Reads a key trace file. */
export function readKeyTrace(file: string): Uint32Array {
  try {
    return parseKeyTrace(file, readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof TraceError) throw error;
    throw new TraceError(`cannot read the key trace ${file}`, { cause: error });
  }
}
