import { readFileSync } from 'node:fs';
import { statefulResources } from '../../analysis/checks';
import { isMap, Reference, type Resource, type Value } from '../../analysis/template';
import { synthesizePlatform } from './synthesized';

const { assembly } = synthesizePlatform();
const dataStacks = assembly.stacks.filter(({ displayName }) => displayName.endsWith('/Data'));
const inData = (resource: Resource): boolean => dataStacks.includes(resource.stack);
const ofData = (...types: string[]): readonly Resource[] => assembly.ofType(...types).filter(inData);

/** The resources that a list property names. */
function named(resource: Resource, property: string): readonly Resource[] {
  const list = resource.property(property);
  return Array.isArray(list) ? list.flatMap((item: Value) => (item instanceof Reference ? [item.resource] : [])) : [];
}

/** Whether a subnet's route table leads out of the VPC. */
function leadsOut(subnet: Resource): boolean {
  const tables = assembly.linksTo(subnet, 'AWS::EC2::SubnetRouteTableAssociation').flatMap(({ from }) =>
    assembly
      .linksFrom(from)
      .map(({ to }) => to)
      .filter(({ type }) => type === 'AWS::EC2::RouteTable'),
  );
  return tables.some((table) => assembly.linksTo(table, 'AWS::EC2::Route').length > 0);
}

test('every environment has a data stack', () => {
  expect(dataStacks.map(({ displayName }) => displayName)).toEqual([
    'Development/Data',
    'Staging/Data',
    'Production/Data',
  ]);
});

test('all data is encrypted with a key of the platform, and retained or snapshotted', () => {
  const protections = statefulResources(assembly).filter(({ resource }) => inData(resource));
  // Where another region follows, there are the bond and a master password of its own besides.
  expect(protections).toHaveLength(3 * 9 + 2 * 2);
  const loose = protections.filter(
    ({ encryption, onDelete, onReplace }) =>
      encryption !== 'own key' || onDelete === 'delete' || onReplace === 'delete',
  );
  expect(loose.map(({ resource }) => resource.address)).toEqual([]);
});

test('the environments that may lose nothing refuse to lose it', () => {
  const [production] = statefulResources(assembly).filter(
    ({ resource }) => resource.type === 'AWS::RDS::DBCluster' && resource.stack.displayName === 'Production/Data',
  );
  expect(production).toMatchObject({ deletionProtection: true, onDelete: 'retain', onReplace: 'retain' });
});

test.each([
  ['AWS::RDS::DBSubnetGroup', 'SubnetIds'],
  ['AWS::ElastiCache::SubnetGroup', 'SubnetIds'],
  ['AWS::RDS::DBProxy', 'VpcSubnetIds'],
  ['AWS::RDS::DBProxyEndpoint', 'VpcSubnetIds'],
])('%s has subnets in two zones at least, and none of them leads out', (type, property) => {
  const resources = ofData(type);
  expect(resources).toHaveLength(3);
  for (const resource of resources) {
    const subnets = named(resource, property);
    expect(new Set(subnets.map((subnet) => subnet.property('AvailabilityZone'))).size).toBeGreaterThanOrEqual(2);
    expect(subnets.filter(leadsOut).map(({ address }) => address)).toEqual([]);
  }
});

test('a private subnet does lead out: the rule above can fail', () => {
  const subnets = assembly.ofType('AWS::EC2::Subnet');
  expect(subnets.filter(leadsOut).length).toBeGreaterThan(0);
  expect(subnets.filter((subnet) => !leadsOut(subnet)).length).toBeGreaterThan(0);
});

test('only named security groups come in, to one port each', () => {
  const groups = ofData('AWS::EC2::SecurityGroup');
  expect(groups.flatMap((group) => group.property('SecurityGroupIngress') ?? [])).toEqual([]);

  const rules = groups.flatMap((group) =>
    assembly
      .linksTo(group, 'AWS::EC2::SecurityGroupIngress')
      .filter(({ path }) => path[0] === 'GroupId')
      .map(({ from }) => from),
  );
  expect(rules.length).toBeGreaterThanOrEqual(3 * 3);
  for (const rule of rules) {
    expect(rule.property('SourceSecurityGroupId')).toBeInstanceOf(Reference);
    expect(rule.property('CidrIp') ?? rule.property('CidrIpv6')).toBeUndefined();
    expect(rule.property('FromPort')).toEqual(rule.property('ToPort'));
    expect(rule.property('Description')).not.toContain('undefined');
  }
});

/** Environment variables of a container or a function, by name. */
function variables(resource: Resource): Record<string, Value> {
  const of = resource.property('Environment', 'Variables');
  if (of !== undefined && isMap(of)) return { ...of };
  const containers = resource.property('ContainerDefinitions');
  const lists = Array.isArray(containers)
    ? containers.map((each: Value) => (isMap(each) ? each['Environment'] : []))
    : [];
  return Object.fromEntries(
    lists
      .flat()
      .flatMap((pair) => (pair !== undefined && isMap(pair) ? [[String(pair['Name']), pair['Value'] ?? '']] : [])),
  );
}

const processes = assembly.ofType('AWS::ECS::TaskDefinition', 'AWS::Lambda::Function');

test('no process is told a secret, and no output has one', () => {
  const told = processes.flatMap((process) => {
    const names = Object.keys(variables(process)).filter((name) => /PASSWORD|TOKEN/.test(name));
    const resolved = JSON.stringify(process.definition).includes('{{resolve:') ? ['a dynamic reference'] : [];
    return [...names, ...resolved].map((what) => `${process.address}: ${what}`);
  });
  expect(told).toEqual([]);

  const outputs = assembly.stacks.map(({ file }) => JSON.parse(readFileSync(file, 'utf8')).Outputs);
  expect(JSON.stringify(outputs)).not.toMatch(/\{\{resolve:|MasterUserSecret|MasterUserPassword/);
});

test('the service finds pool and cache by reference, as a user that IAM vouches for', () => {
  const services = processes.filter((process) => 'DATABASE_HOST' in variables(process) && process.type.includes('ECS'));
  expect(services.length).toBeGreaterThanOrEqual(3);
  for (const service of services) {
    expect(variables(service)).toMatchObject({
      DATABASE_AUTHENTICATION: 'iam',
      DATABASE_TLS: 'on',
      DATABASE_USER: 'app_rw',
      DATABASE_READER_USER: 'app_ro',
      DATABASE_NAME: 'app',
    });
    const { DATABASE_HOST } = variables(service);
    expect(DATABASE_HOST).toBeInstanceOf(Reference);
    expect((DATABASE_HOST as Reference).resource.type).toBe('AWS::RDS::DBProxy');
    expect(JSON.stringify(service.definition)).toContain('rediss://');
  }
});

test('a function that uses the database says how many of it there may be', () => {
  const functions = processes.filter((process) => process.type === 'AWS::Lambda::Function');
  const unbounded = functions.filter(
    (each) => 'DATABASE_HOST' in variables(each) && each.property('ReservedConcurrentExecutions') === undefined,
  );
  expect(unbounded.map(({ address }) => address)).toEqual([]);
});
