import { RULES } from '../../../analysis/review';
import { CAPACITY_CASES } from './capacity-cases';
import { DATA_CASES } from './data-cases';
import { changeOf, firing } from './planted';
import { SECURITY_CASES } from './security-cases';

const CASES = [...DATA_CASES, ...SECURITY_CASES, ...CAPACITY_CASES];

test.each(CASES)('%s', (rule, [before, after], [was, is]) => {
  expect(firing(changeOf(before, after))).toContain(rule);
  expect(firing(changeOf(was, is))).not.toContain(rule);
});

test('every rule that needs no rehearsal has a case', () => {
  const rehearsed = ['objective-broken', 'objective-mended'];
  const tried = new Set([...CASES.map(([rule]) => rule), ...rehearsed]);
  expect(RULES.map(({ id }) => id).filter((id) => !tried.has(id))).toEqual([]);
});

test('no rule finds anything when nothing changes', () => {
  const sides = CASES.flatMap(([, finds, not]) => [...finds, ...not]);
  expect(sides.flatMap((same) => firing(changeOf(same, same)))).toEqual([]);
});

test('ids are told once, and what is a danger is data, public access or an objective', () => {
  const ids = RULES.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(RULES.filter(({ severity }) => severity === 'danger').map(({ id }) => id)).toEqual([
    'data-replaced',
    'data-renamed',
    'data-deleted',
    'network-open-to-everyone',
    'newly-public',
    'granted-to-everyone',
    'objective-broken',
  ]);
});
