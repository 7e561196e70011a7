import { meanMs, type StatementWindow } from './window';

/** Means of a statement in its last windows, the newest last. */
export type History = Readonly<Record<string, readonly number[]>>;

/** A statement that takes longer than it did. */
export interface Regression {
  readonly window: StatementWindow;
  /** Its median mean before, in milliseconds. */
  readonly usualMs: number;
}

const REMEMBERED = 12;
/** Below this many windows nobody knows what is usual. */
const LEAST_WINDOWS = 3;
const LEAST_CALLS = 20;
const TIMES = 3;
/** Share of the objective below which a slower statement hurts nobody. */
const NOTICEABLE = 0.2;
/** A single run counts when it takes as long as this many at the objective. */
const LEAST_OBJECTIVES = 5;

/** Statements whose mean is above the objective, and that spent more than a few objectives' time. */
export function slowStatements(window: readonly StatementWindow[], slowMs: number): readonly StatementWindow[] {
  return window.filter((one) => meanMs(one) > slowMs && one.totalMs >= LEAST_OBJECTIVES * slowMs);
}

/** Statements that take three times as long as in the median of the last windows, and long enough to be noticed. */
export function regressedStatements(
  window: readonly StatementWindow[],
  history: History,
  slowMs: number,
): readonly Regression[] {
  return window.flatMap((one) => {
    const past = history[one.id] ?? [];
    if (past.length < LEAST_WINDOWS || one.calls < LEAST_CALLS) return [];
    const usualMs = [...past].sort((a, b) => a - b)[Math.floor(past.length / 2)] ?? 0;
    const now = meanMs(one);
    return now >= TIMES * usualMs && now >= NOTICEABLE * slowMs ? [{ window: one, usualMs }] : [];
  });
}

/** The history with this window in it. Too few calls say nothing about what is usual. */
export function remember(history: History, window: readonly StatementWindow[]): History {
  const means = window
    .filter(({ calls }) => calls >= LEAST_CALLS)
    .map((one) => [one.id, [...(history[one.id] ?? []), Number(meanMs(one).toPrecision(4))].slice(-REMEMBERED)]);
  return { ...history, ...Object.fromEntries(means) };
}
