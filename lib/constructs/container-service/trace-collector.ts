import { Stack, Validations } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type HardenedContainerProps, hardenedContainer } from './hardened-task';

/** Which requests of a service are traced. */
export interface TraceSampling {
  /** Share of the requests that read, 0 to 100; changes are traced four times as often, failed and slow ones always. */
  readonly samplePercent: number;
}

export interface TraceCollectorProps extends Pick<HardenedContainerProps, 'stopTimeout' | 'logRetention'> {
  /** The task whose containers it collects from. */
  readonly taskDefinition: ecs.FargateTaskDefinition;
}

/** AWS's build of the OpenTelemetry collector: https://github.com/aws-observability/aws-otel-collector/releases */
const IMAGE = 'public.ecr.aws/aws-observability/aws-otel-collector:v0.43.1';
const ENDPOINT = '127.0.0.1:4318';
const MEMORY_MIB = 128;

/** From OTLP over HTTP, which only the task's own containers reach, to X-Ray. */
const configuration = (region: string) => ({
  receivers: { otlp: { protocols: { http: { endpoint: ENDPOINT } } } },
  processors: { batch: {} },
  exporters: { awsxray: { region } },
  service: { pipelines: { traces: { receivers: ['otlp'], processors: ['batch'], exporters: ['awsxray'] } } },
});

/** A container beside the service's that takes its spans and hands them to X-Ray. The task lives on without it. */
export class TraceCollector extends Construct {
  public constructor(scope: Construct, id: string, { taskDefinition, ...container }: TraceCollectorProps) {
    super(scope, id);
    taskDefinition.addContainer('TraceCollector', {
      ...hardenedContainer(this, 'traces', {
        ...container,
        image: ecs.ContainerImage.fromRegistry(IMAGE),
        user: '65532:65532',
      }),
      essential: false,
      memoryLimitMiB: MEMORY_MIB,
      // JSON is YAML.
      environment: { AOT_CONFIG_CONTENT: Stack.of(this).toJsonString(configuration(Stack.of(this).region)) },
    });
    const { taskRole } = taskDefinition;
    taskRole.addToPrincipalPolicy(
      new iam.PolicyStatement({ actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], resources: ['*'] }),
    );
    Validations.of(taskRole).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
      reason: 'writing traces has no resource to name',
    });
  }
}

/** What tells the service's process where its spans go, and how many. */
export function tracingEnvironment({ samplePercent }: TraceSampling): Record<string, string> {
  return { OTEL_EXPORTER_OTLP_ENDPOINT: `http://${ENDPOINT}`, TRACE_SAMPLE_PERCENT: String(samplePercent) };
}
