import { integer } from '../../../runtime/messages';

/** One job that counts and one that never succeeds. */
export const JOBS = {
  count: { data: { number: integer(0) } },
  explode: { data: { number: integer(0) } },
};
