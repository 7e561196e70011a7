import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { context } from '../../cdk.json';
import { ENVIRONMENTS } from '../../lib/config';
import { BEHAVIOURS } from '../../lib/config/behaviours';
import { production } from '../../lib/config/production';
import type { Behaviour } from '../../lib/constructs/edge/behaviour';
import { WebAcl } from '../../lib/constructs/edge/web-acl';

const text = readFileSync('docs/edge.md', 'utf8');
const between = (name: string): string[] =>
  (text.split(`<!-- ${name} -->\n`)[1]?.split(`<!-- /${name} -->`)[0] ?? '').trim().split('\n');

function rowOf(behaviour: Behaviour): string {
  switch (behaviour.kind) {
    case 'immutable-files':
      return `| \`${behaviour.path}\` | immutable files | path | 365 days | – |`;
    case 'entry-files':
      return `| \`${behaviour.path}\` | entry files | path | 365 days | – |`;
    case 'shared-answers': {
      const names = [...behaviour.queryParameters].sort().map((name) => `\`${name}\``);
      const kind = behaviour.writes === true ? 'shared answers, writes too' : 'shared answers';
      const sees = behaviour.writes === true ? 'nobody in reads, the key in writes' : 'nobody';
      const key = ['path', ...names, 'variant'].join(', ');
      return `| \`${behaviour.path}\` | ${kind} | ${key} | ${behaviour.maxTtl.toHumanString()} | ${sees} |`;
    }
    case 'personal-answers':
      return `| \`${behaviour.path}\` | personal answers | never kept | – | everything |`;
    case 'function-answers':
      return `| \`${behaviour.path}\` | answers of functions, for ${behaviour.api} | never kept | – | everything |`;
  }
}

test('the table of behaviours is the one that is deployed', () => {
  expect(between('behaviours').slice(2)).toEqual(BEHAVIOURS.map(rowOf));
});

test.each(ENVIRONMENTS.map(({ name, edge }) => [name, edge] as const))(
  'the table of tiers is that of %s',
  (_name, { webAcl }) => {
    const rows = [
      ...(['anonymous', 'free', 'standard', 'premium'] as const).map(
        (tier) => [tier, tier === 'anonymous' ? 'address' : 'key', webAcl.tiers[tier]] as const,
      ),
      ['everybody', 'address', webAcl.addressCeiling] as const,
    ];
    for (const [, , { window }] of rows) expect(window.toMinutes()).toBe(5);
    expect(between('tiers')).toEqual(
      rows.map(([who, by, { requests }]) => `| ${who} | ${by} | ${requests.toLocaleString('en')} |`),
    );
  },
);

test('every query that the text names is a file', () => {
  for (const name of ['top-paths', 'hit-ratio-by-behaviour', 'geography', 'bot-share', 'shared-address-victims']) {
    expect(text).toContain(`\`${name}\``);
    expect(readFileSync(`lib/constructs/edge/queries/${name}.sql`, 'utf8')).toContain('FROM access_log');
  }
});

test('the capacity units that the text names are those of production', () => {
  const stack = new Stack(new App({ context }), 'Edge', { env: { region: 'us-east-1' } });
  const { capacity } = new WebAcl(stack, 'WebAcl', { ...production.edge.webAcl, protects: 'distribution' });
  expect(text).toContain(`The rules use ${capacity.toLocaleString('en')} of the 1,500 capacity units`);
});
