import { Concatenation, Reference, type Resource, resourcesIn, type Value } from '../template';

/** A series of a widget: a metric, or an expression over the others. */
export interface DashboardSeries {
  readonly id: string;
  readonly label: string;
  readonly hidden: boolean;
  readonly rightAxis: boolean;
  readonly periodSeconds: number;
  readonly region: string;
  readonly source:
    | {
        readonly kind: 'metric';
        readonly namespace: string;
        readonly name: string;
        readonly statistic: string;
        /** A value that is known only after deployment is `${<logical id>}`. */
        readonly dimensions: Readonly<Record<string, string>>;
      }
    | { readonly kind: 'expression'; readonly expression: string };
}

/** One widget of a dashboard. */
export interface DashboardWidget {
  readonly kind: 'graph' | 'text' | 'alarms';
  readonly title: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly markdown: string;
  readonly series: readonly DashboardSeries[];
  /** Lines across the left axis. */
  readonly lines: readonly { readonly label: string; readonly value: number }[];
}

/** A CloudWatch dashboard, read. */
export interface DashboardModel {
  /** Name for people: the last part of its path. */
  readonly name: string;
  /** How far back it looks when it is opened, such as `-PT3H`. */
  readonly start: string;
  readonly widgets: readonly DashboardWidget[];
}

type Json = Readonly<Record<string, unknown>>;

/** Reads an `AWS::CloudWatch::Dashboard`. */
export function readDashboard(resource: Resource): DashboardModel {
  const body = JSON.parse(bodyText(resource.property('DashboardBody'))) as Json;
  const widgets = (body['widgets'] ?? []) as readonly Json[];
  const path = (resource.path ?? resource.logicalId).split('/').filter((part) => part !== 'Resource');
  return { name: path.at(-1) ?? '', start: text(body['start']) || '-PT3H', widgets: widgets.map(readWidget) };
}

/** What is known only after deployment stands in the text as the resource that it comes from. */
function bodyText(value: Value | undefined): string {
  if (typeof value === 'string') return value;
  if (!(value instanceof Concatenation)) return '{}';
  return value.parts.map((part) => (typeof part === 'string' ? part : placeholder(part))).join('');
}

function placeholder(part: Value): string {
  const [resource] = part instanceof Reference ? [part.resource] : resourcesIn(part);
  return `\${${resource?.logicalId ?? 'unknown'}}`;
}

function readWidget(widget: Json): DashboardWidget {
  const properties = (widget['properties'] ?? {}) as Json;
  const kinds = { metric: 'graph', text: 'text', alarm: 'alarms' } as const;
  const annotations = (properties['annotations'] ?? {}) as { horizontal?: readonly Json[] };
  return {
    kind: kinds[text(widget['type']) as keyof typeof kinds] ?? 'graph',
    title: text(properties['title']),
    x: Number(widget['x'] ?? 0),
    y: Number(widget['y'] ?? 0),
    width: Number(widget['width'] ?? 6),
    height: Number(widget['height'] ?? 6),
    markdown: text(properties['markdown']),
    series: ((properties['metrics'] ?? []) as readonly (readonly unknown[])[]).map((row, index) =>
      readSeries(row, index, properties),
    ),
    lines: (annotations.horizontal ?? []).map((line) => ({ label: text(line['label']), value: Number(line['value']) })),
  };
}

/** `[namespace, name, dimension, value, …, options]`, or `[options]` with an expression. */
function readSeries(row: readonly unknown[], index: number, properties: Json): DashboardSeries {
  const last = row.at(-1);
  const options = (typeof last === 'object' && last !== null ? last : {}) as Json;
  const words = row.filter((word) => typeof word === 'string');
  const [namespace = '', name = '', ...dimensions] = words;
  return {
    id: text(options['id']) || `s${index}`,
    label: text(options['label']) || name,
    hidden: options['visible'] === false,
    rightAxis: options['yAxis'] === 'right',
    periodSeconds: Number(options['period'] ?? properties['period'] ?? 300),
    region: text(options['region']) || text(properties['region']),
    source:
      typeof options['expression'] === 'string'
        ? { kind: 'expression', expression: options['expression'] }
        : {
            kind: 'metric',
            namespace,
            name,
            statistic: text(options['stat']) || text(properties['stat']) || 'Average',
            dimensions: Object.fromEntries(
              dimensions.flatMap((word, at) => (at % 2 === 0 ? [[word, dimensions[at + 1] ?? '']] : [])),
            ),
          },
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
