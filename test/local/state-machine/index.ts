export { JumpingClock } from './clock';
export { untaken, waysOut } from './coverage';
export { definitionOf, type StateMachineDefinition } from './definition';
export type { HistoryEvent } from './player';
export { StateError } from './state-error';
export { StateMachine } from './state-machine';
export type { TaskHandler } from './task';
export { problemsOf } from './validation';
