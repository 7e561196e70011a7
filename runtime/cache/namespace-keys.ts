/** Where on the server one namespace keeps what. */
export const namespaceKeys = (namespace: string) => ({
  clock: `${namespace}:clock`,
  channel: `${namespace}:invalidations`,
  /** Process to the clock up to which it has heard. */
  heard: `${namespace}:heard`,
  /** Process to the moment of its last sign of life, in ms since the epoch. */
  listeners: `${namespace}:listeners`,
  entry: (name: string): string => `${namespace}:entry:${name}`,
  lock: (name: string): string => `${namespace}:lock:${name}`,
  touched: (name: string): string => `${namespace}:touched:${name}`,
  tag: (tag: string): string => `${namespace}:tag:${tag}`,
});

export type NamespaceKeys = ReturnType<typeof namespaceKeys>;
