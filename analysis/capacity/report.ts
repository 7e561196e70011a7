import type { Advice } from './advise';
import type { Projection } from './projection';
import { percent, type Recommendation } from './recommendation';
import { isTooLittle } from './resource-use';

/** The advice for people. */
export function adviceMarkdown(advice: Advice): string {
  const { at, projections, gaps, recommendations } = advice;
  return [
    `# Capacity, ${at.slice(0, 10)}`,
    '## What is full first',
    bottleneckText(advice),
    '## When ceilings are reached',
    projections.length === 0 ? 'Nothing can be projected yet.' : projectionTable(projections),
    ...gaps.map((gap) => `Not projected: ${gap}.`),
    '## Recommendations',
    ...(recommendations.length === 0 ? ['None.'] : recommendations.map(recommendationText)),
    '',
  ].join('\n\n');
}

function bottleneckText({ bottleneck }: Advice): string {
  if (isTooLittle(bottleneck)) return `It cannot be told: ${bottleneck.tooLittle}.`;
  const { ranked, peakRequestsPerSecond: peak } = bottleneck;
  const [first] = ranked;
  const rows = ranked.map(
    ({ resource, requestsPerSecond, demand, idle, correlation, percentiles: [p50, p95, p99] }) =>
      `| ${resource.type} | ${round(requestsPerSecond)} | ${round(requestsPerSecond / peak)} | ${demand.toExponential(2)} | ` +
      `${percent(idle)} | ${percent(p50)} / ${percent(p95)} / ${percent(p99)} | ${correlation.toFixed(2)} |`,
  );
  return [
    `**${first.resource.type}**, at ${round(first.requestsPerSecond)} requests per second; the busiest hours have ${round(peak)}. ` +
      `\`${first.resource.field}\` sets its ceiling.`,
    [
      '| Resource | Full at requests/s | Times the peak | Share per request/s | Idle | p50 / p95 / p99 | Correlation |',
      '|---|---|---|---|---|---|---|',
      ...rows,
    ].join('\n'),
  ].join('\n\n');
}

function projectionTable(projections: readonly Projection[]): string {
  const date = (day: Date): string => day.toISOString().slice(0, 10);
  const rows = projections.map(({ resource, today, perMonth, growth, reached }) => {
    const when = reached === undefined ? 'not in sight' : date(reached.expected);
    const within = reached === undefined ? '' : `${date(reached.earliest)} to ${date(reached.latest)}`;
    return `| ${resource.type} | ${percent(today)} | ${percent(perMonth)} (${growth}) | ${percent(resource.usable)} of ${resource.ceiling} ${resource.unit} | ${when} | ${within} |`;
  });
  return [
    '| Resource | Today | Growth a month | Usable | Reached | Within (95 %) |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function recommendationText({ title, kind, evidence, savingUsd, risk, change }: Recommendation): string {
  const saving = savingUsd === undefined ? 'depends on the load' : `${Math.round(savingUsd)} USD a month`;
  const lines = [...evidence.map((line) => `* ${line}`), `* Saves: ${saving}`, `* Risk: ${risk}`];
  return [`### ${kind}: ${title}`, lines.join('\n'), `Set \`${change.field}\` to ${change.to}.`].join('\n\n');
}

const round = (value: number): number => Number(value.toPrecision(3));
