import pg from 'pg';
import { maintainPartitions } from '../../../service/src/events/partitions';
import { runOpenLoop } from '../../load/open-loop';
import { requestMix, SAMPLE } from '../../load/request-mix';
import { environmentOf } from '../../service/rig/local-service';
import { type ServiceProcess, startService } from '../../service/rig/service-process';
import { InsightsRig } from './insights-rig';

const WINDOWS = 4;
/** More than a month altogether, in which every index that is needed is used once at least. */
const DAYS_PER_WINDOW = 8;

/** What the daily upkeep would have done in these days. */
async function makePartitionsAhead({ tier }: InsightsRig): Promise<void> {
  const { host, port } = tier.primary;
  const owner = new pg.Client({ host, port, user: 'postgres', database: tier.credentials.database });
  await owner.connect();
  await maintainPartitions(owner, new Date(), { monthsAhead: 5, retentionMonths: 1 });
  await owner.end();
}

test('says nothing about the service under its normal load, for a month', async () => {
  const rig = await InsightsRig.start(SAMPLE.items, 2 * SAMPLE.items);
  let service: ServiceProcess | undefined;
  try {
    await makePartitionsAhead(rig);
    service = await startService(environmentOf(rig.tier));
    await rig.look();
    for (let window = 0; window < WINDOWS; window++) {
      const load = await runOpenLoop({
        profile: 'normal',
        target: service.url,
        stages: [{ seconds: 4, from: 60, to: 60 }],
        connections: 20,
        kinds: requestMix,
        seed: window + 1,
        timeoutSeconds: 30,
      });
      const { findings, statements } = await rig.look({}, DAYS_PER_WINDOW);
      expect({ failed: load.failed, findings }).toEqual({ failed: 0, findings: [] });
      expect(statements.length).toBeGreaterThan(5);
    }
  } finally {
    await service?.stop();
    await rig.tier.stop();
  }
}, 300_000);
