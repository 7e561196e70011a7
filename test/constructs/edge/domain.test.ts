import { Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { EdgeCertificate } from '../../../lib/constructs/edge/edge-certificate';
import { EdgeRecords } from '../../../lib/constructs/edge/edge-records';
import { aStack } from './edge-fixtures';

const ZONE = { id: 'Z0123456789ABC', name: 'example.com' };

describe('the certificate', () => {
  test('is made and validated in the zone', () => {
    const stack = aStack();
    new EdgeCertificate(stack, 'Certificate', {
      names: ['www.example.com', 'example.com'],
      certificateArn: 'from-zone',
      zone: ZONE,
    });
    Template.fromStack(stack).hasResourceProperties('AWS::CertificateManager::Certificate', {
      DomainName: 'www.example.com',
      SubjectAlternativeNames: ['example.com'],
      KeyAlgorithm: 'EC_prime256v1',
      DomainValidationOptions: Match.arrayWith([{ DomainName: 'www.example.com', HostedZoneId: ZONE.id }]),
    });
  });

  test('is the one that there is', () => {
    const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/abc';
    const { certificate } = new EdgeCertificate(aStack(), 'Certificate', {
      names: ['x.example'],
      certificateArn,
      zone: 'none',
    });
    expect(certificate.certificateArn).toBe(certificateArn);
  });

  test('fails when nobody can prove that the names are ours', () => {
    const make = () =>
      new EdgeCertificate(aStack(), 'Certificate', { names: ['x.example'], certificateArn: 'from-zone', zone: 'none' });
    expect(make).toThrow("`certificateArn` must be an ARN when `zone` is 'none'");
  });
});

test('each name leads to the distribution, over IPv4 and IPv6', () => {
  const stack = aStack();
  const distribution = cloudfront.Distribution.fromDistributionAttributes(stack, 'Cdn', {
    domainName: 'd111111abcdef8.cloudfront.net',
    distributionId: 'EDFDVBD6EXAMPLE',
  });
  new EdgeRecords(stack, 'Records', { names: ['www.example.com', 'example.com'], zone: ZONE, distribution });
  const records = Object.values(Template.fromStack(stack).findResources('AWS::Route53::RecordSet'));
  expect(records.map(({ Properties }) => `${Properties?.Type} ${Properties?.Name}`).sort()).toEqual([
    'A example.com.',
    'A www.example.com.',
    'AAAA example.com.',
    'AAAA www.example.com.',
  ]);
});
