/** What a metric is called, what its labels are and what it says. */
export interface MetricDescription {
  readonly name: string;
  readonly labels: readonly string[];
  readonly kind: 'counter' | 'gauge' | 'distribution';
  readonly description: string;
}
