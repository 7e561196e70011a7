/** Exit codes of every command. */
export const EXIT = {
  fine: 0,
  /** The command ran and what it checked does not hold. */
  checkFailed: 1,
  /** The command could not run with what it was given. */
  usage: 2,
} as const;
