export type { InspectedKey, Inspection } from './inspection';
export {
  CacheSeeder,
  type Fence,
  FenceLostError,
  type Seed,
  type SeederOptions,
  type SeedReport,
} from './seeder';
