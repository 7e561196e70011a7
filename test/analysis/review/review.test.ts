import { pageOf, reviewHtml, reviewMarkdown, reviewOf } from '../../../analysis/review';
import { changeOf, type Side } from './planted';
import { group, queue, retained, side, target, tcp } from './resources';

const review = (before: Side, after: Side) =>
  reviewOf({ base: 'main', head: 'this', remarks: [] }, [changeOf(before, after)]);
const all = (...sides: readonly Side[]): Side => side(Object.assign({}, ...sides.map(({ Resources }) => Resources)));
const rest = side({ Other: { Type: 'AWS::SNS::Topic' } });
const database = (type: string, Properties: object = {}, more: object = {}) =>
  side({ Database: { Type: type, Properties, ...more } });

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html: a snapshot of clusters, and
// of instances that are in none, when nothing is said; everything else is deleted.
test.each([
  ['AWS::RDS::DBCluster', {}, {}, 'data-left-behind', 'a snapshot of the old one is kept'],
  ['AWS::RDS::DBInstance', {}, {}, 'data-left-behind', 'a snapshot of the old one is kept'],
  ['AWS::RDS::DBCluster', {}, { DeletionPolicy: 'Delete' }, 'data-deleted', 'the old one is deleted with all it holds'],
  ['AWS::EC2::Volume', {}, {}, 'data-deleted', 'the old one is deleted with all it holds'],
  ['AWS::EC2::Volume', {}, retained, 'data-left-behind', 'the old one is kept, outside the stack'],
  ['AWS::RDS::DBInstance', { DBClusterIdentifier: 'c' }, {}, 'capacity-removed', undefined],
])('says what becomes of the data of %s with %j and %j', (type, properties, more, rule, detail) => {
  const { lines } = review(all(rest, database(type, properties, more)), rest);
  expect([lines[0]?.rule.id, lines[0]?.detail]).toEqual([rule, detail]);
});

test('a replacement keeps what its update-replace policy says, whatever its deletion policy', () => {
  // StorageEncrypted: Replacement.
  const encrypted = (StorageEncrypted: boolean, UpdateReplacePolicy: string) =>
    database('AWS::RDS::DBCluster', { StorageEncrypted }, { DeletionPolicy: 'Retain', UpdateReplacePolicy });
  const detail = (policy: string) => review(encrypted(false, policy), encrypted(true, policy)).lines[0]?.detail;
  expect(detail('Snapshot')).toBe('a snapshot of the old one is kept');
  expect(detail('Delete')).toBe('the old one is deleted with all it holds');
});

test('the section with the worst finding comes first, and the worst of each section', () => {
  const before = all(group(), target(2, 10), queue({ VisibilityTimeout: 30 }));
  const after = all(group(tcp('0.0.0.0/0'), tcp('10.0.0.0/8')), target(3, 4), queue({ VisibilityTimeout: 60 }));
  const { headline, sections, list } = pageOf(review(before, after));
  expect(headline).toBe('1 danger, 2 warnings, 1 note: somebody has to decide before this is deployed');
  expect(sections.map(({ title }) => title)).toEqual(['Security', 'Capacity', 'Everything that changes']);
  expect(sections.flatMap(({ findings }) => findings.map(({ id }) => id))).toEqual([
    'network-open-to-everyone',
    'network-opened',
    'ceiling-lowered',
    'capacity-changed',
  ]);
  expect(list).toContain('changed · Web/Jobs · AWS::SQS::Queue · VisibilityTimeout: 30 → 60');
});

test('of many places the first are in sight: folded in the page, counted in Markdown', () => {
  const doors = Array.from({ length: 20 }, (_, index) => tcp(`10.0.${index}.0/24`));
  const page = pageOf(review(group(), group(...doors)));
  expect(reviewHtml(page)).toContain('<details><summary>10 more</summary><ul><li><code>Web/Door</code>');
  expect(reviewMarkdown(page)).toContain('- and 5 more');
  expect(reviewMarkdown(page)).toContain('lets in TCP 5432 from 10.0.14.0/24');
  expect(reviewMarkdown(page)).not.toContain('lets in TCP 5432 from 10.0.15.0/24');
});

test('names by construct path who may do more, and with what', () => {
  const may = (...Statement: readonly object[]): Side =>
    side({
      Role: { Type: 'AWS::IAM::Role', Metadata: { 'aws:cdk:path': 'Web/Service/TaskRole/Resource' } },
      Jobs: { Type: 'AWS::SQS::Queue', Metadata: { 'aws:cdk:path': 'Web/Jobs/Resource' } },
      Policy: { Type: 'AWS::IAM::Policy', Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: { Statement } } },
    });
  const sends = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: { 'Fn::GetAtt': ['Jobs', 'Arn'] } };
  expect(review(may(), may(sends)).lines).toEqual([
    expect.objectContaining({ at: 'Web/Service/TaskRole', what: 'may sqs:SendMessage', detail: 'on Web/Jobs' }),
  ]);
});
