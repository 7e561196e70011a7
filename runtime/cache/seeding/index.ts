export type { InspectedKey, Inspection } from './inspection';
export {
  CacheSeeder,
  type Fence,
  FenceLostError,
  type Seed,
} from './seeder';
