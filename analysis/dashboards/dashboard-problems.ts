import type { Resource } from '../template';
import { type DashboardWidget, readDashboard } from './read-dashboard';

/**
 * What one dashboard can hold. The quotas are 500 metrics a widget and 2,500 a dashboard; a graph of more than 100 is
 * read by nobody and a dashboard of more than 500 loads slowly.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
 */
const MOST = { metricsOfWidget: 100, metricsOfDashboard: 500, alarmsOfWidget: 100, widgets: 100, columns: 24 };

/** What of a dashboard CloudWatch would refuse or people could not use: each a sentence with the way out. */
export function dashboardProblems(resource: Resource): string[] {
  const { widgets } = readDashboard(resource);
  const metrics = widgets.reduce((sum, widget) => sum + countMetrics(widget), 0);
  return [
    ...(metrics > MOST.metricsOfDashboard
      ? [`it has ${metrics} metrics of at most ${MOST.metricsOfDashboard}: split it`]
      : []),
    ...(widgets.length > MOST.widgets ? [`it has ${widgets.length} widgets of at most ${MOST.widgets}: split it`] : []),
    ...widgets.flatMap(widgetProblems),
    ...overlaps(widgets),
  ];
}

function widgetProblems(widget: DashboardWidget): string[] {
  const metrics = countMetrics(widget);
  const title = `'${widget.title}'`;
  const ids = widget.series.map(({ id }) => id);
  return [
    ...(metrics > MOST.metricsOfWidget
      ? [`${title} has ${metrics} metrics of at most ${MOST.metricsOfWidget}: split it`]
      : []),
    ...(widget.kind === 'graph' && widget.series.every(({ hidden }) => hidden)
      ? [`${title} shows nothing: leave it out`]
      : []),
    ...(new Set(ids).size < ids.length ? [`${title} has an id twice: rename one`] : []),
    ...(widget.x + widget.width > MOST.columns
      ? [`${title} ends at column ${widget.x + widget.width} of 24: move it`]
      : []),
    ...widget.series
      .filter(({ periodSeconds }) => periodSeconds % 60 !== 0 && ![1, 5, 10, 20, 30].includes(periodSeconds))
      .map(({ periodSeconds }) => `${title} has a period of ${periodSeconds} s, which is none`),
  ];
}

function overlaps(widgets: readonly DashboardWidget[]): string[] {
  return widgets.flatMap((one, index) =>
    widgets
      .slice(index + 1)
      .filter(
        (other) => within(one.x, one.width, other.x, other.width) && within(one.y, one.height, other.y, other.height),
      )
      .map((other) => `'${one.title}' and '${other.title}' lie on each other: move one`),
  );
}

const within = (from: number, length: number, other: number, otherLength: number): boolean =>
  from < other + otherLength && other < from + length;

function countMetrics({ series }: DashboardWidget): number {
  return series.filter(({ source }) => source.kind === 'metric').length;
}
