import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { ALARM_METADATA, type AlarmMetadata } from './alarm-row';
import type { AlarmSet } from './alarm-set';
import { cacheSections } from './dashboards/cache';
import { capacitySections } from './dashboards/capacity';
import { databaseSections } from './dashboards/database';
import { edgeSections } from './dashboards/edge';
import { overviewSections } from './dashboards/overview';
import type { Panel, Section } from './dashboards/panel';
import { scalingSections } from './dashboards/scaling';
import type { DashboardName } from './observability-settings';
import type { WatchedPlatform } from './watched-platform';

export interface PlatformDashboardsProps {
  /** The dashboards that are made. */
  readonly names: readonly DashboardName[];
  readonly platform: WatchedPlatform;
  /** Where thresholds come from. */
  readonly alarms: AlarmSet;
}

const SECTIONS: Readonly<Record<DashboardName, (platform: WatchedPlatform) => readonly Section[]>> = {
  overview: overviewSections,
  scaling: scalingSections,
  database: databaseSections,
  cache: cacheSections,
  edge: edgeSections,
  capacity: capacitySections,
};
/** Trends need weeks, incidents hours. */
const INTERVAL: Readonly<Record<DashboardName, Duration>> = {
  overview: Duration.hours(3),
  scaling: Duration.hours(12),
  database: Duration.hours(3),
  cache: Duration.hours(12),
  edge: Duration.hours(12),
  capacity: Duration.days(28),
};

/** What people look at: the metrics of the constructs with the thresholds of the alarms, three graphs in a row. */
export class PlatformDashboards extends Construct {
  public constructor(scope: Construct, id: string, { names, platform, alarms }: PlatformDashboardsProps) {
    super(scope, id);
    for (const name of names) {
      const dashboard = new cloudwatch.Dashboard(this, `${name.charAt(0).toUpperCase()}${name.slice(1)}`, {
        defaultInterval: INTERVAL[name],
      });
      if (name === 'overview') dashboard.addWidgets(alarmStatus(alarms));
      for (const { title, panels } of SECTIONS[name](platform)) {
        dashboard.addWidgets(new cloudwatch.TextWidget({ markdown: `## ${title}`, width: 24, height: 1 }));
        dashboard.addWidgets(...panels.filter(({ left }) => left.length > 0).map((panel) => graph(panel, alarms)));
      }
    }
  }
}

function alarmStatus({ incidents, alarms }: AlarmSet): cloudwatch.IWidget {
  return new cloudwatch.AlarmStatusWidget({
    title: 'Incidents and tickets',
    width: 24,
    height: 5,
    alarms: [...incidents.values(), ...[...alarms.values()].filter(isTicket)],
  });
}

/** Parts of incidents and of burn rates are told by those. */
function isTicket(alarm: cloudwatch.Alarm): boolean {
  const { silent }: AlarmMetadata = (alarm.node.defaultChild as cloudwatch.CfnAlarm).getMetadata(ALARM_METADATA);
  return silent === undefined;
}

function graph({ title, left, right, alarms = [] }: Panel, set: AlarmSet): cloudwatch.IWidget {
  return new cloudwatch.GraphWidget({
    title,
    width: 8,
    height: 6,
    left: [...left],
    ...(right === undefined ? {} : { right: [...right] }),
    leftAnnotations: alarms.flatMap((id) => {
      const alarm = set.alarms.get(id);
      return alarm === undefined ? [] : [threshold(id, alarm)];
    }),
  });
}

function threshold(id: string, alarm: cloudwatch.Alarm): cloudwatch.HorizontalAnnotation {
  return { value: (alarm.node.defaultChild as cloudwatch.CfnAlarm).threshold ?? 0, label: id, color: '#d62728' };
}
