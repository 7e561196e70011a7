import { FAILURE_HEAD, failureRows, SCENARIO_HEAD, scenarioRows } from '../../analysis/rehearsal';
import type { Finding } from '../shared/synthesis';
import { renderTable } from '../shared/table';
import type { CostSummary, EnvironmentSummary, StackSummary } from './environment-summary';

const KINDS_SHOWN = 4;

/** The summary as text with tables, for people. */
export function printSummary(environments: readonly EnvironmentSummary[]): string {
  return environments.map(printEnvironment).join('\n\n');
}

function printEnvironment(environment: EnvironmentSummary): string {
  return [
    environment.environment,
    stackTable(environment.stacks),
    findingsLine(environment.findings),
    ...findingsTable(environment.findings),
    publicLine(environment.public),
    statefulTable(environment.stateful),
    costLine(environment.cost),
    ...rehearsalTables(environment.rehearsal),
  ].join('\n');
}

const shortType = (type: string): string => type.replace(/^AWS::/, '');

function stackTable(stacks: readonly StackSummary[]): string {
  const rows = stacks.map(({ name, region, resources, kinds }) => {
    const most = kinds.slice(0, KINDS_SHOWN).map(({ type, count }) => `${count} ${shortType(type)}`);
    return [name, region, resources, most.join(', ') + (kinds.length > KINDS_SHOWN ? ', …' : '')];
  });
  return renderTable(['stack', 'region', 'resources', 'most of them'], rows);
}

const unacknowledged = (findings: readonly Finding[]): Finding[] =>
  findings.filter(({ acknowledged }) => acknowledged === undefined);

function findingsLine(findings: readonly Finding[]): string {
  const open = unacknowledged(findings);
  const errors = open.filter(({ severity }) => severity === 'error').length;
  const acknowledged = findings.length - open.length;
  return `findings: ${errors} errors, ${open.length - errors} warnings, ${acknowledged} acknowledged with a reason`;
}

function findingsTable(findings: readonly Finding[]): string[] {
  const open = unacknowledged(findings);
  if (open.length === 0) return [];
  const rows = open.map(({ severity, plugin, rule, path, message }) => [severity, `${plugin} ${rule}`, path, message]);
  return [renderTable(['severity', 'rule', 'resource', 'what'], rows)];
}

function publicLine(entries: EnvironmentSummary['public']): string {
  if (entries.length === 0) return 'public: nothing';
  return `public: ${entries.map(({ resource, how }) => `${resource} (${how})`).join(', ')}`;
}

function statefulTable(stateful: EnvironmentSummary['stateful']): string {
  if (stateful.length === 0) return 'stateful: nothing';
  const rows = stateful.map(({ resource, type, encryption, onDelete, onReplace, deletionProtection }) => {
    const refuses = deletionProtection === undefined ? '–' : deletionProtection ? 'yes' : 'no';
    return [resource, shortType(type), encryption, onDelete, onReplace, refuses];
  });
  return renderTable(['stateful', 'type', 'encrypted with', 'on delete', 'on replace', 'refuses deletion'], rows);
}

function costLine({ monthlyUsd, perMillionRequestsUsd, components, unpriced }: CostSummary): string {
  const usd = (value: number): string => `$${value.toFixed(2)}`;
  const parts = components.map(({ component, usd: amount }) => `${component} ${usd(amount)}`).join(', ');
  const marginal =
    perMillionRequestsUsd === undefined ? '' : `, ${usd(perMillionRequestsUsd)} per further million requests`;
  const gap = unpriced === 0 ? '' : `; at least, because ${unpriced} resources have no price here`;
  return `cost: ${usd(monthlyUsd)} a month${marginal}${gap} (${parts})`;
}

function rehearsalTables(rehearsal: EnvironmentSummary['rehearsal']): string[] {
  if (rehearsal === undefined) return [];
  const failures = failureRows(rehearsal.rehearsals);
  return [
    renderTable(SCENARIO_HEAD, scenarioRows(rehearsal)),
    failures.length === 0 ? 'every objective holds in these scenarios' : renderTable(FAILURE_HEAD, failures),
  ];
}
