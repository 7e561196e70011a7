import { Logger } from '@aws-lambda-powertools/logger';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { eventBridge, keepRelaying } from '../../runtime/events';
import { backgroundDatabase } from '../shared/background-database';
import { requireEnv } from '../shared/env';
import { PAUSE_MILLIS } from './pace';

const logger = new Logger();
const database = backgroundDatabase();
const publish = eventBridge({ bus: requireEnv('EVENT_BUS'), client: new EventBridgeClient() });
const relayMillis = Number(requireEnv('RELAY_SECONDS')) * 1000;

/** Publishes what waits in the outbox, for as long as it is told to or once. */
export async function handler(): Promise<void> {
  const report = await keepRelaying({
    database,
    publish,
    pauseMillis: PAUSE_MILLIS,
    signal: AbortSignal.timeout(relayMillis),
    onError: (error) => logger.error('relay', error as Error),
  });
  if (report.published + report.refused > 0) logger.info('relayed', { ...report });
}
