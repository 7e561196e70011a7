import { Stack, Stage } from 'aws-cdk-lib';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { PlatformFunction } from '../function/platform-function';
import type { WatchedQueues } from './alarms/queues';

/** Every function of the environment in the region of `scope` that is there by now. */
export function functionsAround(scope: Construct): PlatformFunction[] {
  return around(scope).filter((construct) => construct instanceof PlatformFunction);
}

/** Every queue of the environment in the region of `scope` that is there by now, by what it is for. */
export function queuesAround(scope: Construct): WatchedQueues {
  const queues = around(scope).filter((construct) => construct instanceof sqs.Queue);
  const failures = functionsAround(scope).flatMap((fn) => fn.failures ?? []);
  const dead = new Set<sqs.IQueue>([
    ...failures,
    ...queues.flatMap(({ deadLetterQueue }) => deadLetterQueue?.queue ?? []),
  ]);
  return { work: queues.filter((queue) => !dead.has(queue)), dead: queues.filter((queue) => dead.has(queue)) };
}

function around(scope: Construct): Construct[] {
  const { region } = Stack.of(scope);
  const everything = (Stage.of(scope) ?? scope.node.root).node.findAll() as Construct[];
  return everything.filter((construct) => Stack.isStack(construct) === false && regionOf(construct) === region);
}

function regionOf(construct: Construct): string | undefined {
  const stack = construct.node.scopes.findLast((scope) => Stack.isStack(scope));
  return stack instanceof Stack ? stack.region : undefined;
}
