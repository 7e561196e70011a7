export { type AggregatorOptions, MetricsAggregator } from './aggregator';
export { METRICS, type MetricDescription } from './catalogue';
export { type Labels, type Metrics, noMetrics } from './metrics';
export { type ProcessMetricsOptions, reportProcess } from './process-metrics';
export { inSpan, startTracing, type Tracing, type TracingOptions, traceOf } from './tracing';
