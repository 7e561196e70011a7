import { type Page, type Review, severityCounts } from '../../analysis/review';

/** The whole review as data. */
export function reviewJson(review: Review, page: Page): string {
  const { base, head, lines, environments, stacks, remarks } = review;
  const data = {
    base,
    head,
    counts: severityCounts(review),
    lines: lines.map(({ rule, ...line }) => ({
      rule: rule.id,
      section: rule.section,
      severity: rule.severity,
      ...line,
      finds: rule.finds,
      why: rule.why,
      wayOut: rule.wayOut,
    })),
    rehearsals: environments.flatMap(({ name, rehearsal }) =>
      (['before', 'after'] as const).flatMap((side) =>
        (rehearsal?.[side].rehearsals ?? []).map(({ scenario, verdict }) => ({
          environment: name,
          side,
          scenario: scenario.name,
          verdict,
        })),
      ),
    ),
    cost: environments.flatMap(({ name, cost }) =>
      cost === undefined
        ? []
        : [
            {
              environment: name,
              usdPerMonth: cost.diff.total,
              components: cost.diff.components,
              perMillionMore: [cost.marginalBefore ?? null, cost.marginalAfter ?? null],
              changes: cost.diff.changes.map(({ id, change, usd, why }) => ({ id, change, usd, why })),
            },
          ],
    ),
    stacks,
    resources: page.list,
    remarks,
  };
  return JSON.stringify(data, null, 2);
}
