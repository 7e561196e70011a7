import { type Protection, publicEntries, statefulResources } from '../../analysis/checks';
import { estimate, perRequest } from '../../analysis/cost';
import type { RehearsalReport } from '../../analysis/rehearsal';
import { type Assembly, type Stack, shortPath } from '../../analysis/template';
import type { Finding, Synthesis } from '../shared/synthesis';
import type { Rehearsals } from './rehearsal-summary';

export interface StackSummary {
  readonly name: string;
  readonly region: string;
  readonly resources: number;
  /** How many of each CloudFormation type, most first. */
  readonly kinds: readonly { readonly type: string; readonly count: number }[];
}

export interface StatefulSummary extends Omit<Protection, 'resource'> {
  readonly resource: string;
  readonly type: string;
}

export interface CostSummary {
  /** USD per month at list prices, with the usage that the objectives declare. */
  readonly monthlyUsd: number;
  /** What one million further requests cost; `undefined` without traffic. */
  readonly perMillionRequestsUsd: number | undefined;
  /** USD per month by component, dearest first. */
  readonly components: readonly { readonly component: string; readonly usd: number }[];
  /** Resources that the price book does not know; the sum is a lower bound when there are any. */
  readonly unpriced: number;
}

/** What one environment consists of and how it is guarded: plain data for a table or for `--json`. */
export interface EnvironmentSummary {
  readonly environment: string;
  readonly stacks: readonly StackSummary[];
  readonly findings: readonly Finding[];
  readonly public: readonly { readonly resource: string; readonly how: string }[];
  readonly stateful: readonly StatefulSummary[];
  readonly cost: CostSummary;
  /** Absent when nothing was played. */
  readonly rehearsal?: Pick<RehearsalReport, 'rehearsals'>;
}

/** One summary per environment, in the order of the assembly. */
export function summarize({ assembly, findings }: Synthesis, rehearsals: Rehearsals): readonly EnvironmentSummary[] {
  return assembly.stages.map((stage) => {
    const part = assembly.stage(stage);
    const rehearsal = rehearsals.get(stage);
    return {
      environment: stage,
      stacks: part.stacks.map(summarizeStack),
      findings: findings.filter(({ path }) => path.startsWith(`${stage}/`)),
      public: publicEntries(part).map(({ resource, how }) => ({ resource: shortPath(resource), how })),
      stateful: stateful(part),
      cost: cost(part),
      ...(rehearsal !== undefined && { rehearsal }),
    };
  });
}

/** The same without what only tables and plots need, for `--json`. */
export function forMachines({ rehearsal, ...summary }: EnvironmentSummary) {
  if (rehearsal === undefined) return summary;
  const scenarios = rehearsal.rehearsals.map(({ scenario, peakRps, verdict }) => ({
    scenario: scenario.name,
    peakRps,
    ...verdict,
  }));
  return { ...summary, rehearsal: scenarios };
}

function summarizeStack(stack: Stack): StackSummary {
  const counts = new Map<string, number>();
  for (const { type } of stack.resources) counts.set(type, (counts.get(type) ?? 0) + 1);
  const kinds = [...counts].map(([type, count]) => ({ type, count }));
  return {
    name: stack.displayName.split('/').at(-1) ?? stack.displayName,
    region: stack.region ?? 'any',
    resources: stack.resources.length,
    kinds: kinds.sort((a, b) => b.count - a.count || a.type.localeCompare(b.type)),
  };
}

function stateful(assembly: Assembly): StatefulSummary[] {
  return statefulResources(assembly).map(({ resource, ...protection }) => ({
    resource: shortPath(resource),
    type: resource.type,
    ...protection,
  }));
}

function cost(assembly: Assembly): CostSummary {
  const month = estimate(assembly);
  const components = Object.entries(month.components).map(([component, { expected }]) => ({
    component,
    usd: expected,
  }));
  return {
    monthlyUsd: month.total.expected,
    perMillionRequestsUsd: perRequest(assembly, month).marginalPerMillion,
    components: components.filter(({ usd }) => usd > 0).sort((a, b) => b.usd - a.usd),
    unpriced: month.counts.unpriced,
  };
}
