/** Proves of the alarms of a cloud assembly that they can go off, and that somebody learns of it. */
export { actionProblems, alarmsIn, runbookProblems } from './alarm-actions';
export { firingProblems, metricProblems } from './alarm-problems';
export { compositeProblems } from './composite-problems';
export { alarmCalled, secondsUntilAction, type Trouble } from './time-to-alarm';
