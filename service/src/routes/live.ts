import type { FastifyInstance } from 'fastify';
import type { Dependencies } from '../dependencies';
import { LIVE_PATH } from '../live-updates';
import { HttpProblem } from '../problem';
import * as schema from '../schemas';

/** Live updates over WebSocket: docs/live-updates.md. */
export function liveRoute(instance: FastifyInstance, { live }: Pick<Dependencies, 'live'>): void {
  instance.server.on('upgrade', (request, socket, head) => live.upgrade(request, socket, head));
  // Before the port closes: a server waits for its connections, and these would stay.
  instance.addHook('preClose', async () => {
    const connections = live.size;
    const cut = await live.drain();
    if (connections > 0) instance.log.info({ connections, cut }, 'live connections sent away');
  });
  instance.get(
    LIVE_PATH,
    {
      schema: {
        summary: 'Live updates; a WebSocket of a visitor with a session, told what to follow by {"follow":["item-5"]}',
        response: schema.answers('the WebSocket'),
      },
    },
    () => {
      throw new HttpProblem(426, 'this is for WebSockets', undefined, { upgrade: 'websocket', connection: 'upgrade' });
    },
  );
}
