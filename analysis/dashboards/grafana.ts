import type { Dashboard, Panel, VariableModel } from '@grafana/schema';
import type { CloudWatchMetricsQuery } from '@grafana/schema/dist/esm/raw/composable/cloudwatch/dataquery/x/CloudWatchDataQuery_types.gen';
import type { DashboardModel, DashboardSeries, DashboardWidget } from './read-dashboard';

/** Version of the dashboard model that the panels are written in; Grafana carries older ones forward by itself. */
const SCHEMA_VERSION = 41;
const SOURCE = { type: 'cloudwatch', uid: '$' + '{source}' };
const PLACEHOLDER = /\$\{(\w+)\}/;

/**
 * The same dashboard for Grafana, on its CloudWatch data source. A name that AWS gives at deployment is a variable whose
 * values Grafana looks up by itself.
 *
 * @param environment first part of the title
 */
export function grafanaDashboard(model: DashboardModel, environment: string): Dashboard {
  const panels = model.widgets.flatMap((widget, index) => panelOf(widget, index + 1) ?? []);
  return {
    title: `${environment} ${model.name}`,
    uid: `headroom-${environment}-${model.name}`.toLowerCase().slice(0, 40),
    tags: ['headroom', environment.toLowerCase()],
    editable: true,
    schemaVersion: SCHEMA_VERSION,
    time: { from: `now-${grafanaTime(model.start)}`, to: 'now' },
    refresh: '1m',
    templating: { list: [sourceVariable(), ...variablesOf(model)] },
    panels,
  };
}

function panelOf(widget: DashboardWidget, id: number): Panel | undefined {
  const { title, x, y, width, height } = widget;
  const place = { id, gridPos: { x, y, w: width, h: height } };
  if (widget.kind === 'text') {
    return {
      ...place,
      type: 'text',
      title: '',
      transparent: true,
      options: { mode: 'markdown', content: widget.markdown },
    };
  }
  // CloudWatch's alarms are not Grafana's.
  if (widget.kind === 'alarms') return undefined;
  return {
    ...place,
    type: 'timeseries',
    title,
    datasource: SOURCE,
    targets: widget.series.map((series, index) => ({ ...queryOf(series, index) })),
    fieldConfig: {
      defaults: {
        custom: { lineWidth: 1, fillOpacity: 5, thresholdsStyle: { mode: widget.lines.length > 0 ? 'line' : 'off' } },
        thresholds: {
          mode: 'absolute' as NonNullable<NonNullable<Panel['fieldConfig']>['defaults']['thresholds']>['mode'],
          steps: [{ value: null, color: 'transparent' }, ...widget.lines.map(({ value }) => ({ value, color: 'red' }))],
        },
      },
      overrides: widget.series
        .filter(({ rightAxis, hidden }) => rightAxis && !hidden)
        .map(({ label }) => ({
          matcher: { id: 'byName', options: label },
          properties: [{ id: 'custom.axisPlacement', value: 'right' }],
        })),
    },
  };
}

function queryOf(
  { id, label, hidden, periodSeconds, region, source }: DashboardSeries,
  index: number,
): CloudWatchMetricsQuery {
  const common = {
    refId: refId(index),
    id,
    label,
    hide: hidden,
    datasource: SOURCE,
    queryMode: 'Metrics' as const,
    metricQueryType: 0,
    region,
    period: String(periodSeconds),
  };
  if (source.kind === 'expression') {
    return { ...common, namespace: '', metricEditorMode: 1, expression: source.expression };
  }
  return {
    ...common,
    namespace: source.namespace,
    metricName: source.name,
    statistic: source.statistic,
    dimensions: Object.fromEntries(
      Object.entries(source.dimensions).map(([name, value]) => [
        name,
        value.replace(PLACEHOLDER, (_, id: string) => `$${variableName(name, id)}`),
      ]),
    ),
    matchExact: true,
    metricEditorMode: 0,
    expression: '',
  };
}

/** A, B, …, Z, AA, AB, …, as Grafana names queries. */
function refId(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : refId(Math.floor(index / 26) - 1) + letter;
}

function sourceVariable(): VariableModel {
  return { name: 'source', label: 'CloudWatch', type: 'datasource', query: 'cloudwatch' };
}

/** One for every name that is known only after deployment. */
function variablesOf({ widgets }: DashboardModel): VariableModel[] {
  const found = new Map<string, VariableModel>();
  for (const { region, source } of widgets.flatMap(({ series }) => series)) {
    if (source.kind === 'expression') continue;
    for (const [dimension, value] of Object.entries(source.dimensions)) {
      const logicalId = PLACEHOLDER.exec(value)?.[1];
      if (logicalId === undefined) continue;
      const name = variableName(dimension, logicalId);
      const { namespace, name: metricName } = source;
      if (!found.has(name))
        found.set(name, lookUp(name, { namespace, metricName, dimensionKey: dimension, region }, logicalId));
    }
  }
  return [...found.values()];
}

function lookUp(name: string, query: Readonly<Record<string, string>>, logicalId: string): VariableModel {
  return {
    name,
    label: name,
    description: `The physical name of ${logicalId}`,
    type: 'query',
    datasource: SOURCE,
    query: {
      refId: 'CloudWatchVariableQueryEditor-VariableQuery',
      queryType: 'dimensionValues',
      dimensionFilters: {},
      ...query,
    },
    refresh: 1,
  };
}

/** A logical id ends in eight characters that say nothing to people. */
function variableName(dimension: string, logicalId: string): string {
  return `${dimension}_${logicalId.replace(/[0-9A-F]{8}$/, '')}`;
}

/** `-PT3H` becomes `3h`, `-P28D` `28d`. */
function grafanaTime(start: string): string {
  return start.replace(/^-P(T?)/, '').toLowerCase();
}
