/** The built-in module of CloudFront Functions' JavaScript runtime 2.0, as far as the platform uses it. */
declare module 'cloudfront' {
  /** Reads of the key-value store that is associated with the function; `get` rejects when the key is absent. */
  interface KeyValueStoreHandle {
    get(key: string, options: { readonly format: 'string' }): Promise<string>;
    get(key: string, options: { readonly format: 'json' }): Promise<unknown>;
  }

  interface CloudFrontModule {
    kvs(): KeyValueStoreHandle;
    /** Viewer request only: sends the request to another origin that the distribution declares. */
    selectRequestOriginById(originId: string): void;
  }

  const cloudfront: CloudFrontModule;
  export default cloudfront;
}
