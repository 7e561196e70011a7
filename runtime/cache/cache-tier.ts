/** Where an answer came from. `load` is the loader, that is, the database. */
export type CacheTier = 'memory' | 'server' | 'load';
