export type { CookieOptions } from './cookie';
export {
  type Resumed,
  type Session,
  SessionEndedError,
  SessionOptionsError,
  Sessions,
  type SessionsOptions,
} from './sessions';
