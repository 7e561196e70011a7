import { Stack, Stage } from 'aws-cdk-lib';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { PlatformFunction } from '../function/platform-function';
import type { WatchedQueues } from './alarms/queues';

/** Every function of the environment in the region of `scope` that is there by now. */
export function functionsAround(scope: Construct): PlatformFunction[] {
  return around(scope).filter((construct) => construct instanceof PlatformFunction);
}

/**
 * Every queue of the environment in the region of `scope` that is there by now. One with a dead-letter queue of its own is
 * worked on; one without is where messages end that nobody could deal with.
 */
export function queuesAround(scope: Construct): WatchedQueues {
  const queues = around(scope).filter((construct) => construct instanceof sqs.Queue);
  return {
    work: queues.filter(({ deadLetterQueue }) => deadLetterQueue !== undefined),
    dead: queues.filter(({ deadLetterQueue }) => deadLetterQueue === undefined),
  };
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
