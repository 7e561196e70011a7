import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { createDatabase } from '../../../runtime/database';
import { eventBridge, keepRelaying } from '../../../runtime/events';

// A real relay for `relay.test.ts`, to be killed: it says `ready` and relays until then.

const [port, database] = process.argv.slice(2);
const publish = eventBridge({ bus: 'application', client: new EventBridgeClient() });
console.log('ready');
void keepRelaying({
  database: createDatabase({
    credentials: { user: 'app_rw', database: String(database) },
    primary: { name: 'primary', host: '127.0.0.1', port: Number(port) },
  }),
  publish,
  pauseMillis: 20,
  onError: (error) => console.error(error),
  signal: new AbortController().signal,
});
