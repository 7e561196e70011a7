export { type AggregatorOptions, MetricsAggregator } from './aggregator';
export { METRICS, type MetricDescription } from './catalogue';
export { type Labels, type Metrics, noMetrics } from './metrics';
export { type ProcessMetricsOptions, reportProcess } from './process-metrics';
export { childSpan, endSpan, inSpan } from './spans';
export { traceHeader, traceOf, traceOfParent } from './trace-header';
export { startTracing, type Tracing, type TracingOptions } from './tracing';
