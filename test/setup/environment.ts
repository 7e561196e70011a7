// The built-in template validation costs about two seconds and 330 MB per test file; test/platform/compliance.test.ts
// turns it on again for the one synthesis that must be validated.
process.env['CDK_VALIDATION'] ??= 'false';
