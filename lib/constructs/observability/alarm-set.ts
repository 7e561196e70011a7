import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { assertNoProblems } from '../../shared/validation';
import type { AlarmMetadata, AlarmRow, Concern } from './alarm-row';
import type { AlertTopics } from './alert-topics';
import { type BurnAlert, burnAlerts, type Objective } from './burn-rate';
import { INCIDENTS, type Incident } from './incidents';
import { type AlarmRole, constructId, description, rowAlarm, sign } from './row-alarm';

export interface AlarmSetProps {
  /** The rows, by what they watch. */
  readonly concerns: readonly Concern[];

  /** What is promised of requests. */
  readonly objectives: readonly Objective[];

  /** Where they go. */
  readonly topics: AlertTopics;

  /**
   * How many deployments there are; more than one keeps what a deployment explains quiet.
   *
   * @default - a deployment explains nothing
   */
  readonly deployments?: cloudwatch.IMetric;
}

/** An incident waits this long for a deeper one that explains it, and to see whether it stays when that one is over. */
const WAIT = Duration.minutes(2);
const EXTENSION = Duration.minutes(5);

/** All alarms of a region: one for every row, and one per incident, so that one cause wakes somebody once. */
export class AlarmSet extends Construct {
  /** Every metric alarm by its id, in the order of the rows. */
  public readonly alarms: ReadonlyMap<string, cloudwatch.Alarm>;

  /** Every incident by its id, the deepest first. */
  public readonly incidents: ReadonlyMap<string, cloudwatch.CompositeAlarm>;

  private readonly made = new Map<string, cloudwatch.Alarm>();
  private readonly told = new Map<string, cloudwatch.CompositeAlarm>();
  private readonly topics: AlertTopics;

  public constructor(scope: Construct, id: string, props: AlarmSetProps) {
    super(scope, id);
    assertNoProblems(this, validate(props));
    this.topics = props.topics;
    const burns = props.objectives.flatMap(burnAlerts);
    for (const { name, rows } of props.concerns) {
      const incident = INCIDENTS.find(({ concerns }) => concerns.includes(name));
      for (const row of rows) this.addRow(row, row.severity === 'page' ? incident : undefined);
    }
    for (const burn of burns) this.addBurn(burn);
    const deployment = props.deployments === undefined ? undefined : this.addDeployment(props.deployments);
    for (const incident of INCIDENTS) this.addIncident(incident, props.concerns, burns, deployment);
    this.alarms = this.made;
    this.incidents = this.told;
  }

  /** A page tells nobody by itself when an incident tells it. */
  private addRow(row: AlarmRow, incident: Incident | undefined): void {
    const silent = incident && `${incident.id} tells it, once for all that goes wrong together`;
    const alarm = this.addAlarm(row, { severity: row.severity, ...(silent && { silent }) });
    if (silent === undefined) this.topics.notify(alarm, row.severity);
  }

  private addAlarm(row: AlarmRow, role: AlarmRole): cloudwatch.Alarm {
    const alarm = rowAlarm(this, row, role);
    this.made.set(row.id, alarm);
    return alarm;
  }

  /** One alarm per window; a ticket needs both, a page is a part of an incident. */
  private addBurn(burn: BurnAlert): void {
    const { id, objective, severity, thresholdPercent, minRequests } = burn;
    const runbook = `${objective.id}-budget`;
    for (const window of ['long', 'short'] as const) {
      const says = `${thresholdPercent} % of the requests ${objective.verb} over ${burn[window].toHumanString()}`;
      this.addAlarm(
        {
          id: `${id}-${window}`,
          says,
          metric: objective.badPercent(burn[window], minRequests),
          when: { atLeast: thresholdPercent },
          datapoints: [1, 1],
          severity,
          missing: { counts: 'notBreaching', because: 'there are no requests' },
          runbook,
        },
        {
          severity: 'none',
          silent: `one window of a burn rate: ${severity === 'page' ? 'users-affected' : id} needs both`,
        },
      );
    }
    if (severity === 'page') return;
    const says = `The budget for requests that ${objective.verb} burns ${burn.burn} times too fast`;
    const both = this.addComposite(id, says, this.bothWindows(burn), { severity, runbook });
    this.topics.notify(both, severity);
  }

  private bothWindows({ id }: BurnAlert): cloudwatch.IAlarmRule {
    return cloudwatch.AlarmRule.allOf(...['long', 'short'].flatMap((window) => this.made.get(`${id}-${window}`) ?? []));
  }

  private addDeployment(deployments: cloudwatch.IMetric): cloudwatch.Alarm {
    return this.addAlarm(
      {
        id: 'deployment-under-way',
        says: 'A deployment is under way',
        metric: deployments,
        when: { above: 1 },
        datapoints: [1, 1],
        severity: 'ticket',
        missing: { counts: 'notBreaching', because: 'nothing is reported, so nothing is excused' },
        runbook: 'service-incident',
      },
      {
        severity: 'none',
        silent: 'it is no trouble; it keeps service-incident quiet',
      },
    );
  }

  private addIncident(
    incident: Incident,
    concerns: readonly Concern[],
    burns: readonly BurnAlert[],
    deployment: cloudwatch.Alarm | undefined,
  ): void {
    const pages = concerns
      .filter(({ name }) => incident.concerns.includes(name))
      .flatMap(({ rows }) => rows.filter(({ severity }) => severity === 'page'))
      .flatMap(({ id }) => this.made.get(id) ?? []);
    const burning = incident.concerns.includes('objectives')
      ? burns.filter(({ severity }) => severity === 'page').map((burn) => this.bothWindows(burn))
      : [];
    const members: cloudwatch.IAlarmRule[] = [...pages, ...burning];
    if (members.length === 0) return;
    const explained = incident.explainedBy.flatMap((id) => this.told.get(id) ?? []);
    const suppressor = this.addSuppressor(incident, [
      ...explained,
      ...(incident.deploymentExplains && deployment !== undefined ? [deployment] : []),
    ]);
    const composite = this.addComposite(
      incident.id,
      incident.says,
      cloudwatch.AlarmRule.anyOf(...members),
      { severity: 'page', runbook: incident.id },
      suppressor,
    );
    this.topics.notify(composite, 'page');
    this.told.set(incident.id, composite);
  }

  /** CloudWatch takes one alarm as a suppressor: several become one. */
  private addSuppressor(
    { id }: Incident,
    [first, ...others]: readonly cloudwatch.AlarmBase[],
  ): cloudwatch.AlarmBase | undefined {
    if (first === undefined || others.length === 0) return first;
    return this.addComposite(
      `${id}-explained`,
      `Something explains ${id}`,
      cloudwatch.AlarmRule.anyOf(first, ...others),
      { severity: 'none', runbook: id, silent: `it is no trouble; it keeps ${id} quiet` },
    );
  }

  private addComposite(
    id: string,
    says: string,
    alarmRule: cloudwatch.IAlarmRule,
    metadata: Omit<AlarmMetadata, 'id'>,
    suppressor?: cloudwatch.AlarmBase,
  ): cloudwatch.CompositeAlarm {
    const composite = new cloudwatch.CompositeAlarm(this, constructId(id), {
      alarmDescription: description(says, metadata.runbook),
      alarmRule,
      ...(suppressor && {
        actionsSuppressor: suppressor,
        actionsSuppressorWaitPeriod: WAIT,
        actionsSuppressorExtensionPeriod: EXTENSION,
      }),
    });
    sign(composite, { id, ...metadata });
    return composite;
  }
}

function validate({ concerns }: AlarmSetProps): string[] {
  const rows = concerns.flatMap((concern) => concern.rows);
  return [
    ...rows
      .filter(({ id }, index) => rows.findIndex((other) => other.id === id) !== index)
      .map(({ id }) => `\`concerns\` must not have an id twice, got '${id}'`),
    ...rows
      .filter(({ datapoints: [bad, of] }) => bad < 1 || bad > of)
      .map(({ id, datapoints: [bad, of] }) => `\`datapoints\` must be 1 to ${of} of ${of}, got ${bad} at '${id}'`),
    ...rows
      .filter(({ id }) => !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id))
      .map(({ id }) => `\`id\` must be lower-case words with dashes, got '${id}'`),
  ];
}
