import { inRange } from '../../shared/validation';

/** What an environment decides about its money. */
export interface CostSettings {
  /** What a month may cost, in USD. */
  readonly monthlyBudgetUsd: number;

  /** Impact in USD from which an unusual day is reported. */
  readonly anomalyThresholdUsd: number;

  /** Who is written to about budgets and anomalies, or `'none'`: the topic is there, nobody reads it. */
  readonly alertEmails: readonly string[] | 'none';
}

/** Problems with the settings by themselves. */
export function costProblems({ monthlyBudgetUsd, anomalyThresholdUsd }: CostSettings): string[] {
  return [
    ...inRange('monthlyBudgetUsd', monthlyBudgetUsd, 1, 10_000_000),
    ...inRange('anomalyThresholdUsd', anomalyThresholdUsd, 1, 1_000_000),
    ...(anomalyThresholdUsd > monthlyBudgetUsd
      ? [
          '`anomalyThresholdUsd` must not be above `monthlyBudgetUsd`, got ' +
            `${anomalyThresholdUsd} and ${monthlyBudgetUsd}; nothing below the whole budget would be reported`,
        ]
      : []),
  ];
}
