export { InvalidManifestError, type Manifest, parseManifest, type TableFingerprint } from './manifest';
export { type ManifestClient, type ManifestOptions, takeManifest } from './take-manifest';
export { type CopyExpectations, type CopyVerdict, validateCopy } from './validate-copy';
