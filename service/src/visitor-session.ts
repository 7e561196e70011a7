/** What a session holds: who its visitor is. Everything else about a visitor is in the database. */
export interface VisitorSession {
  readonly visitorId: string;
}
