export { withoutLiterals } from './literals';
export {
  INDEXES,
  type IndexRow,
  type IndexSuggestion,
  isCovered,
  missingIndexes,
  type TableFacts,
} from './missing-indexes';
export { comparedColumns, type PlanNode, stepsOf } from './plan';
