import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { createDatabase } from '../../runtime/database';
import { eventBridge, relayWaiting } from '../../runtime/events';
import { sqsSource, startWorker } from '../../runtime/jobs';
import { startTracing } from '../../runtime/telemetry';

// The second and third process of `tracing.test.ts`: what publishes events, and what works on one.

const [role = '', port, queueUrl = ''] = process.argv.slice(2);
const tracing = startTracing({ serviceName: role, sampleRatio: 0 });
const database = createDatabase({
  credentials: { user: 'app_rw', database: 'app' },
  primary: { name: 'primary', host: '127.0.0.1', port: Number(port) },
});

async function relay(): Promise<void> {
  await relayWaiting({ database, publish: eventBridge({ bus: 'application', client: new EventBridgeClient() }) });
}

function work(): Promise<void> {
  return new Promise((resolve) => {
    startWorker({
      source: sqsSource({ queueUrl, deadLetterUrl: queueUrl, waitSeconds: 0 }),
      handle: async ({ body }) => {
        await database.read('SELECT title FROM items WHERE id = $1', [Number(body)], { from: 'primary' });
        setImmediate(resolve);
      },
      onError: (error) => console.error(error),
    });
  });
}

void (role === 'relay' ? relay() : work()).then(async () => {
  await tracing.close();
  process.exit(0);
});
