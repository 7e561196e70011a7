export { batches } from './batches';
export {
  type Field,
  type Fields,
  type FieldValues,
  integer,
  listOf,
  matches,
  moment,
  oneOf,
  problemsOf,
  text,
  uuid,
} from './fields';
