import { readFileSync } from 'node:fs';
import path from 'node:path';
import { COMPONENTS, PRICE_BOOK } from '../../../analysis/cost';
import { type PriceListFile, priceListUrl } from '../../../analysis/cost/prices/price-list';
import { type MeterOutcome, type Refresh, refreshPrices } from '../../../analysis/cost/prices/refresh';
import { sources } from '../../../analysis/cost/prices/sources.json';

const files = new Map(
  ['AmazonECS', 'AmazonApiGateway'].map((service) => [
    service,
    JSON.parse(readFileSync(path.join(__dirname, 'price-list', `${service}.json`), 'utf8')) as PriceListFile,
  ]),
);

describe('the price book', () => {
  test.each(PRICE_BOOK.regions)('%s has an entry for every meter, with sources for what is known', (region) => {
    for (const [id, meter] of Object.entries(PRICE_BOOK.meters)) {
      const price = PRICE_BOOK.price(id, region);
      expect(COMPONENTS).toContain(meter.component);
      expect([id, price !== undefined]).toEqual([id, true]);
      if (price?.usd === null) expect([id, price.confidence]).toEqual([id, 'none']);
      else expect([id, (price?.sources.length ?? 0) > 0]).toEqual([id, true]);
      for (const source of price?.sources ?? [])
        expect(Object.keys(sources)).toContain(source.replace(/^sku:.*/u, 'refresh'));
    }
  });

  test('no known price is zero but the one that AWS gives away', () => {
    const zero = PRICE_BOOK.regions.flatMap((region) =>
      Object.keys(PRICE_BOOK.meters).filter((meter) => PRICE_BOOK.firstUnit(meter, region) === 0),
    );
    expect(new Set(zero)).toEqual(new Set(['budgets.budget']));
  });

  test('has no factor between regions: each price is its own', () => {
    const ratio = (meter: string): number =>
      (PRICE_BOOK.firstUnit(meter, 'eu-west-1') ?? 0) / (PRICE_BOOK.firstUnit(meter, 'us-east-1') ?? 1);
    expect(ratio('fargate.vcpu.x86')).toBe(1);
    expect(ratio('nat.hour')).toBeCloseTo(1.067, 3);
    expect(ratio('aurora.instance.standard.db.r6g.large')).toBeCloseTo(1.1, 3);
    expect(ratio('alb.hour')).toBeCloseTo(1.12, 3);
  });

  test('says which prices are old', () => {
    const stale = PRICE_BOOK.stale('us-east-1', new Date('2026-11-01T00:00:00Z'));
    expect(stale).toContain('waf.acl');
    expect(stale).toContain('aurora.instance.standard.db.r8g.large');
    expect(stale).not.toContain('nat.hour');
    expect(PRICE_BOOK.stale('us-east-1', new Date('2030-01-01T00:00:00Z'))).toContain('nat.hour');
  });
});

describe('a refresh', () => {
  const outcome = (refresh: Refresh, meter: string): MeterOutcome | undefined =>
    refresh.outcomes.find((item) => item.meter === meter);
  const refresh = refreshPrices(PRICE_BOOK, 'us-east-1', files);

  test('keeps a price that the list confirms, with the product and the date', () => {
    expect(outcome(refresh, 'fargate.vcpu.x86')).toMatchObject({ outcome: 'unchanged', sku: 'SKUVCPUX86' });
    expect(refresh.prices['fargate.vcpu.x86']).toEqual({
      usd: 0.04048,
      asOf: '2026-11-01',
      confidence: 'high',
      sources: ['refresh', 'sku:SKUVCPUX86'],
    });
  });

  test('takes over a plausible change', () => {
    expect(outcome(refresh, 'fargate.gb.x86')).toMatchObject({ outcome: 'updated', before: 0.004445, after: 0.005 });
  });

  test('refuses a change of more than a quarter unless it is confirmed', () => {
    expect(outcome(refresh, 'fargate.vcpu.arm')).toMatchObject({
      outcome: 'refused',
      reason: 'a change of 62 % needs --confirm fargate.vcpu.arm',
    });
    expect(refresh.prices['fargate.vcpu.arm']?.usd).toBe(0.03238);
    const confirmed = refreshPrices(PRICE_BOOK, 'us-east-1', files, new Set(['fargate.vcpu.arm']));
    expect(confirmed.prices['fargate.vcpu.arm']?.usd).toBe(0.01238);
  });

  test('refuses when several prices match, and when the only one is nothing', () => {
    expect(outcome(refresh, 'fargate.gb.arm')).toMatchObject({
      outcome: 'refused',
      reason: '2 different prices match (SKUGBARM1, SKUGBARM2): add an attribute to the meter',
    });
    expect(outcome(refresh, 'fargate.ephemeral')).toMatchObject({
      outcome: 'refused',
      reason: expect.stringContaining('SKUEPH is free'),
    });
  });

  test('reads tiers in order and in the unit of the book', () => {
    expect(outcome(refresh, 'apigw.http.request')).toMatchObject({ outcome: 'unchanged' });
    expect(refresh.prices['apigw.http.request']?.tiers).toEqual([{ upTo: 300, usd: 1 }, { usd: 0.9 }]);
  });

  test('takes the product of the region, not the one of another with the same name', () => {
    const ireland = refreshPrices(PRICE_BOOK, 'eu-west-1', files);
    expect(ireland.prices['apigw.http.request']?.tiers).toEqual([{ upTo: 300, usd: 1.11 }, { usd: 1 }]);
    expect(outcome(ireland, 'fargate.vcpu.x86')).toMatchObject({ outcome: 'not found' });
  });

  test('leaves alone what it cannot find or must not touch', () => {
    expect(outcome(refresh, 'nat.hour')).toMatchObject({ outcome: 'not found', reason: 'no price list of AmazonEC2' });
    expect(outcome(refresh, 'cw.dashboard')).toMatchObject({ outcome: 'by hand' });
    expect(refresh.prices['nat.hour']).toEqual(PRICE_BOOK.price('nat.hour', 'us-east-1'));
  });

  test('reads the public bulk files', () => {
    expect(priceListUrl('AmazonECS', 'eu-west-1')).toBe(
      'https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonECS/current/eu-west-1/index.json',
    );
  });
});
