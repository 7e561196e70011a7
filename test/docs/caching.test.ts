import { readFileSync } from 'node:fs';
import { readInvalidationSettings } from '../../lambda/cache-invalidator/invalidation-settings';
import { itemAnswer, pageAnswer, searchAnswer } from '../../service/src/catalogue/answers';
import { deployed } from '../lambda/cache-invalidator/deployed';

const text = readFileSync('docs/caching.md', 'utf8');
const item = { id: 1, category: 'lamps', title: 'Lamp', description: '', priceCents: 1, version: 1, updatedAt: '' };

// By hand: 0.1 s between two looks at the outbox, 0.2 s for answers on their way, and the window of 5 s; in development the
// relay looks once a minute.
test.each([
  '| production | 0.1 s | 0.1 s | 5.3 s | 60 s more |',
  '| development | 60.1 s | 60.1 s | 65.3 s | 60 s more |',
])('the guide says how stale an answer may be: %s', (line) => {
  expect(text).toContain(line);
});

test('the guide says how long answers on their way are waited for, and for how long changes come again', () => {
  expect(text).toContain(`answers on their way: ${readInvalidationSettings({}).settleMs} ms`);
  expect(text).toContain('its messages come again for an hour');
  expect(deployed.visibilitySeconds * deployed.maxReceives).toBe(3_600);
});

test('the guide says what ends an edge’s copy when nothing else does', async () => {
  const pages = [itemAnswer(item), pageAnswer({ items: [item] }, undefined), searchAnswer({ items: [item] })];
  const kept = (await Promise.all(pages)).map(
    ({ value }) => /s-maxage=(\d+)/.exec(value.headers['cache-control'] ?? '')?.[1],
  );
  expect(kept[0]).toBe(kept[1]);
  expect(text).toContain(`(${kept[0]} s for items and pages, ${kept[2]} s for searches)`);
});
