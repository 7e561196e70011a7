import { publicEntries } from '../../../analysis/checks';
import { assemblyOf } from './template-assembly';

const API = { Type: 'AWS::ApiGateway::RestApi', Properties: {} };
const STAGE = { Type: 'AWS::ApiGateway::Stage', Properties: { RestApiId: { Ref: 'Api' } } };
const ASSOCIATION = {
  Type: 'AWS::WAFv2::WebACLAssociation',
  Properties: { ResourceArn: { Ref: 'Stage' }, WebACLArn: { 'Fn::GetAtt': ['Acl', 'Arn'] } },
};
const acl = (action: 'Allow' | 'Block') => ({
  Type: 'AWS::WAFv2::WebACL',
  Properties: { DefaultAction: { [action]: {} } },
});
const HTTP_API = { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP' } };
const route = (AuthorizationType?: string) => ({
  Type: 'AWS::ApiGatewayV2::Route',
  Properties: { ApiId: { Ref: 'Api' }, AuthorizationType },
});

test.each<[string, Record<string, object>, string[]]>([
  ['a REST API', { Api: API, Stage: STAGE }, ['REST API endpoint']],
  ['a REST API without a stage', { Api: API }, ['REST API endpoint']],
  [
    'a REST API whose web ACL lets in whoever it does not know',
    { Api: API, Stage: STAGE, Association: ASSOCIATION, Acl: acl('Allow') },
    ['REST API endpoint'],
  ],
  [
    'a REST API whose web ACL refuses whoever it does not know',
    { Api: API, Stage: STAGE, Association: ASSOCIATION, Acl: acl('Block') },
    [],
  ],
  ['an HTTP API without routes', { Api: HTTP_API }, ['HTTP API endpoint']],
  [
    'an HTTP API with one open route',
    { Api: HTTP_API, One: route('CUSTOM'), Two: route('NONE') },
    ['HTTP API endpoint'],
  ],
  ['an HTTP API with a route that says nothing', { Api: HTTP_API, One: route() }, ['HTTP API endpoint']],
  ['an HTTP API with an authorizer before every route', { Api: HTTP_API, One: route('CUSTOM') }, []],
])('%s', (_what, resources, expected) => {
  expect(publicEntries(assemblyOf(resources)).map(({ how }) => how)).toEqual(expected);
});
