export { type Advice, type AdviceInput, advise } from './advise';
export { type Bottleneck, bottleneckOf } from './bottleneck';
export { type Projection, projectUse } from './projection';
export type { Deployed, Recommendation } from './recommendation';
export { adviceMarkdown } from './report';
export { isTooLittle, type Point, type ResourceUse } from './resource-use';
