import { type StateMachineDefinition, statesOf } from './definition';
import type { HistoryEvent } from './player';

/** Every way out of every state: `Step next`, `Step end`, `Step choice[0]`, `Step default`, `Step catch[0]`, `Step fail`. */
export function waysOut(definition: StateMachineDefinition): readonly string[] {
  return statesOf(definition).flatMap(({ path, state }) => {
    const ways = [
      ...(state.Next === undefined ? [] : ['next']),
      ...(state.End === true || state.Type === 'Succeed' ? ['end'] : []),
      ...(state.Choices ?? []).map((_, index) => `choice[${index}]`),
      ...(state.Default === undefined ? [] : ['default']),
      ...(state.Catch ?? []).map((_, index) => `catch[${index}]`),
      ...(state.Type === 'Fail' ? ['fail'] : []),
    ];
    return ways.map((way) => `${path} ${way}`);
  });
}

/** The ways out that no execution with one of these histories took. */
export function untaken(
  definition: StateMachineDefinition,
  histories: readonly (readonly HistoryEvent[])[],
): readonly string[] {
  const taken = new Set(
    histories.flat().flatMap(({ type, state, by }) => {
      if (type === 'left') return [`${state} ${by}`];
      return type === 'failed' ? [`${state} fail`] : [];
    }),
  );
  return waysOut(definition).filter((way) => !taken.has(way));
}
