import { createDatabase } from '../../../runtime/database';
import {
  createSender,
  DeliveryQueue,
  Dispatcher,
  defaultRetries,
  SecretBox,
  startWebhookWorker,
} from '../../../runtime/webhooks';
import { loopbackDestinations } from './receiver';

// A real worker for `storm.test.ts` and the benchmark: as in production, but for loopback destinations and shorter times.

const [port, key, timeoutMillis, leaseMillis] = process.argv.slice(2);
const onError = (error: unknown): void => console.error(error);
const database = createDatabase({
  credentials: { user: 'app_rw', database: 'app' },
  primary: { name: 'primary', host: '127.0.0.1', port: Number(port) },
});
const queue = new DeliveryQueue(database, Number(leaseMillis));
const worker = startWebhookWorker({
  queue,
  dispatcher: new Dispatcher({
    queue,
    sender: createSender({ policy: loopbackDestinations, timeoutMillis: Number(timeoutMillis) }),
    secrets: new SecretBox([String(key)]),
    retries: { ...defaultRetries, baseMillis: 20, maxMillis: 500 },
    circuit: { threshold: 10, openMillis: 500 },
    onError,
  }),
  pollMillis: 50,
  onError,
});
console.log('ready');
process.once('SIGTERM', () => void worker.stop().then(() => process.exit(0)));
