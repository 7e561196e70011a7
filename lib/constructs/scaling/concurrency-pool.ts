import { Stack, type Stage } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';

/** What Lambda keeps for functions without a reservation: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
const UNRESERVED_MINIMUM = 100;

interface Reservation {
  readonly path: string;
  readonly region: string;
  readonly reserved: number;
}

/**
 * Refuses, at synth, a stage whose functions reserve more concurrent executions in a region than the account has: the
 * deployment would fail half-way, at whichever function comes last.
 *
 * @param accountConcurrency the account's limit of concurrent executions in a region
 */
export function checkConcurrencyPool(stage: Stage, accountConcurrency: number): void {
  stage.node.addValidation({ validate: () => concurrencyProblems(reservationsOf(stage), accountConcurrency) });
}

function reservationsOf(stage: Stage): Reservation[] {
  return stage.node.findAll().flatMap((child) => {
    if (!(child instanceof lambda.CfnFunction) || child.reservedConcurrentExecutions === undefined) return [];
    const { region } = Stack.of(child);
    return [{ path: child.node.path, region, reserved: child.reservedConcurrentExecutions }];
  });
}

function concurrencyProblems(reservations: readonly Reservation[], accountConcurrency: number): string[] {
  const available = accountConcurrency - UNRESERVED_MINIMUM;
  return [...new Set(reservations.map(({ region }) => region))].flatMap((region) => {
    const rows = reservations.filter((reservation) => reservation.region === region);
    const sum = rows.reduce((total, { reserved }) => total + reserved, 0);
    if (sum <= available) return [];
    return [
      `\`reservedConcurrency\` of all functions in ${region} must not exceed ${available} (\`functions.accountConcurrency\` ` +
        `${accountConcurrency} less ${UNRESERVED_MINIMUM} that Lambda keeps for the others), got ${sum}: ` +
        `${rows.map(({ path, reserved }) => `${path} ${reserved}`).join(', ')}; reserve less or have the limit raised`,
    ];
  });
}
