import { describe, isList, isMap, shortPath, type Value, type ValueMap } from '../template';
import { maskHashes } from './normalize-template';

/** One property that differs, as deep inside as the difference is. */
export interface PropertyChange {
  /** `ServerlessV2ScalingConfiguration.MaxCapacity`, `ContainerDefinitions.0.Image`. */
  readonly path: string;
  /** `undefined` where it is absent. */
  readonly from: Value | undefined;
  readonly to: Value | undefined;
}

/** Every property that differs between two resolved maps; hashes of code and account numbers are no difference. */
export function leafChanges(before: ValueMap, after: ValueMap): PropertyChange[] {
  return within(before, after, []);
}

/** Characters of a value that are shown. */
const MOST_SHOWN = 120;
/** Characters before the first that differs, so that a reader sees where it is. */
const CONTEXT = 30;

/** A value in one line for people, with construct paths for what it refers to; `–` where it is absent. */
export function shown(value: Value | undefined, most = MOST_SHOWN): string {
  return shortened(lineOf(value), most);
}

/** Both sides of a change; what long ones have in common at their beginning is left out. */
export function shownChange(
  from: Value | undefined,
  to: Value | undefined,
): { readonly from: string; readonly to: string } {
  const [was, is] = [lineOf(from), lineOf(to)];
  if (Math.max(was.length, is.length) <= MOST_SHOWN) return { from: was, to: is };
  const same = [...was].findIndex((character, index) => character !== is[index]);
  const start = Math.max(0, (same < 0 ? was.length : same) - CONTEXT);
  const cut = (text: string): string => shortened(start === 0 ? text : `…${text.slice(start)}`, MOST_SHOWN);
  return { from: cut(was), to: cut(is) };
}

function lineOf(value: Value | undefined): string {
  return value === undefined ? '–' : maskHashes(describe(value, shortPath)).replaceAll(/\s+/gu, ' ');
}

function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

function within(from: Value | undefined, to: Value | undefined, path: readonly string[]): PropertyChange[] {
  if (isMap(from) && isMap(to)) {
    const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
    return names.flatMap((name) => within(from[name], to[name], [...path, name]));
  }
  if (isList(from) && isList(to) && from.length === to.length) {
    return from.flatMap((item, index) => within(item, to[index], [...path, String(index)]));
  }
  return identity(from) === identity(to) ? [] : [{ path: path.join('.'), from, to }];
}

/** Absent is not the same as a text that says so. */
function identity(value: Value | undefined): string {
  return value === undefined ? '' : `=${maskHashes(describe(value))}`;
}
