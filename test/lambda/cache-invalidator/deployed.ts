import { readFileSync } from 'node:fs';
import type { EventPattern } from '../../local/event-rule';

type Properties = Readonly<Record<string, unknown>>;

/** What production is deployed with (test/platform/snapshots.test.ts keeps the file true). */
const { Resources: resources } = JSON.parse(readFileSync('test/snapshots/production/CacheUpkeep.json', 'utf8')) as {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Properties }>>;
};

/** The properties of the invalidator's one resource of a type that has all of `named`. */
function only<T>(type: string, ...named: string[]): T {
  const found = Object.entries(resources).filter(
    ([id, { Type, Properties }]) =>
      id.startsWith('Invalidator') && Type === type && named.every((name) => name in Properties),
  );
  const [[, resource] = []] = found;
  if (resource === undefined || found.length > 1) throw new Error(`one ${type} with ${named}, got ${found.length}`);
  return resource.Properties as T;
}

const queue = only<{ VisibilityTimeout: number; RedrivePolicy: { maxReceiveCount: number } }>(
  'AWS::SQS::Queue',
  'RedrivePolicy',
);
const mapping = only<{ BatchSize: number; ScalingConfig: { MaximumConcurrency: number } }>(
  'AWS::Lambda::EventSourceMapping',
);
const fn = only<{
  Timeout: number;
  ReservedConcurrentExecutions: number;
  MemorySize: number;
  Environment: { Variables: { CDN_WINDOW_MILLISECONDS: string } };
}>('AWS::Lambda::Function');

/** The invalidator as production has it. */
export const deployed = {
  pattern: only<{ EventPattern: EventPattern }>('AWS::Events::Rule', 'EventPattern').EventPattern,
  visibilitySeconds: queue.VisibilityTimeout,
  maxReceives: queue.RedrivePolicy.maxReceiveCount,
  batchSize: mapping.BatchSize,
  maxConcurrency: mapping.ScalingConfig.MaximumConcurrency,
  timeoutMillis: fn.Timeout * 1_000,
  reservedConcurrency: fn.ReservedConcurrentExecutions,
  memory: fn.MemorySize,
  windowMillis: Number(fn.Environment.Variables.CDN_WINDOW_MILLISECONDS),
};
