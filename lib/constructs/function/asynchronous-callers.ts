import { Stage } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';

/** Services that hand an event over and do not wait: https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html */
const ASYNCHRONOUS_CALLERS: ReadonlySet<string> = new Set([
  'config.amazonaws.com',
  'events.amazonaws.com',
  'lambda.alarms.cloudwatch.amazonaws.com',
  'logs.amazonaws.com',
  's3.amazonaws.com',
  'ses.amazonaws.com',
  'sns.amazonaws.com',
]);

/** Refuses, at synth, that somebody who does not wait for the answer may call `fn`: its events would get lost. */
export function refuseLostEvents(fn: lambda.Function, path: string): void {
  fn.node.addValidation({
    validate: () => {
      const callers = asynchronousCallers(fn);
      if (callers.length === 0) return [];
      return [
        `\`onFailure\` of ${path} must be given: no answer is waited for by ${callers.join(', ')}, and an event that is ` +
          "given up would be lost; say `onFailure: 'queue'` or name a destination",
      ];
    },
  });
}

function asynchronousCallers(fn: lambda.Function): string[] {
  const everything = (Stage.of(fn) ?? fn.node.root).node.findAll();
  const principals = everything
    .filter((child) => child instanceof lambda.CfnPermission)
    .filter(({ functionName }) => functionName === fn.functionArn)
    .map(({ principal }) => principal);
  return [...new Set(principals)].filter((principal) => ASYNCHRONOUS_CALLERS.has(principal));
}
