import {
  actionProblems,
  alarmsIn,
  compositeProblems,
  firingProblems,
  metricProblems,
  runbookProblems,
} from '../alarms';
import { dashboardProblems } from '../dashboards';
import type { Assembly, Resource } from '../template';
import type { Check, Finding } from './check';

const METRIC_ALARM = 'AWS::CloudWatch::Alarm';

const ofEach = (resources: readonly Resource[], problems: (alarm: Resource) => readonly string[]): Finding[] =>
  resources.flatMap((resource) => problems(resource).map((message) => ({ resource, message })));

const ofEachAlarm = (problems: (alarm: Resource, assembly: Assembly) => readonly string[]): Check['find'] => {
  return (assembly) => ofEach(alarmsIn(assembly), (alarm) => problems(alarm, assembly));
};

/** What must hold for the alarms and dashboards of every platform. */
export const OBSERVABILITY_CHECKS: readonly Check[] = [
  {
    id: 'alarm-acts',
    severity: 'error',
    rule: 'every alarm has an action, or a signed reason why another alarm tells it',
    find: ofEachAlarm(actionProblems),
  },
  {
    id: 'alarm-has-runbook',
    severity: 'error',
    rule: 'every alarm that wakes people names a runbook',
    find: ofEachAlarm(runbookProblems),
  },
  {
    id: 'alarm-metric-exists',
    severity: 'error',
    rule: 'every alarm looks at a metric that is published, in periods and statistics that it has',
    find: (assembly) => ofEach(assembly.ofType(METRIC_ALARM), (alarm) => metricProblems(alarm, assembly)),
  },
  {
    id: 'alarm-can-fire',
    severity: 'error',
    rule: 'every alarm has a series that fires it and one at which it rests',
    find: (assembly) => [
      ...ofEach(assembly.ofType(METRIC_ALARM), firingProblems),
      ...ofEach(assembly.ofType('AWS::CloudWatch::CompositeAlarm'), compositeProblems),
    ],
  },
  {
    id: 'dashboard-fits',
    severity: 'error',
    rule: "every dashboard is within CloudWatch's limits and readable",
    find: (assembly) => ofEach(assembly.ofType('AWS::CloudWatch::Dashboard'), dashboardProblems),
  },
];
