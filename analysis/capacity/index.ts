export { type Advice, advise } from './advise';
export type { Deployed, Recommendation } from './recommendation';
export { adviceMarkdown } from './report';
export { isTooLittle, type Point, type ResourceUse } from './resource-use';
