import { numberOf } from '../../template';
import type { Saving } from './saving';
import { type Scene, scaleRange } from './scene';

/** Beyond this, logs are seldom read where they are dear; an archive in S3 is cheaper. */
const LONG_RETENTION_DAYS = 90;

/** Log groups that keep more than anybody reads. */
export function longRetention(scene: Scene): readonly Saving[] {
  return scene.assembly.ofType('AWS::Logs::LogGroup').flatMap((group) => {
    const days = numberOf(group.property('RetentionInDays'));
    const kept = days === undefined ? 1827 : days;
    const [stored] = scene.linesOf(group, ({ meter }) => meter === 'cw.logs.storage');
    if (typeof kept !== 'number' || kept <= LONG_RETENTION_DAYS || !stored?.usd) return [];
    const usd = scaleRange(stored.usd, 1 - LONG_RETENTION_DAYS / kept);
    if (usd.expected < 0.01) return [];
    return [
      {
        id: `log-retention:${group.address}`,
        title: `Logs for ${LONG_RETENTION_DAYS} days instead of ${days === undefined ? 'for ever' : `${kept} days`}`,
        usd,
        breakEven: 'from the first month beyond the new retention',
        risk: 'what an audit asks for must be exported first',
        resources: [group.address],
        change: '`RetentionInDays` of the log group',
        claims: [stored.id],
      },
    ];
  });
}
