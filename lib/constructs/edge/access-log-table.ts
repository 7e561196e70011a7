/** One field of the access log. */
export interface AccessLogField {
  /** As CloudFront names it in the delivery. */
  readonly record: string;

  /** As the Parquet file names it. */
  readonly column: string;
}

/**
 * What is logged of each request: what the queries need, and nothing that identifies a session. Cookies and query strings
 * are left out on purpose, they may hold secrets.
 *
 * Names: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
 */
export const ACCESS_LOG_FIELDS: readonly AccessLogField[] = [
  { record: 'date', column: 'date' },
  { record: 'time', column: 'time' },
  { record: 'x-edge-location', column: 'x_edge_location' },
  { record: 'sc-bytes', column: 'sc_bytes' },
  { record: 'c-ip', column: 'c_ip' },
  { record: 'cs-method', column: 'cs_method' },
  { record: 'cs-uri-stem', column: 'cs_uri_stem' },
  { record: 'sc-status', column: 'sc_status' },
  { record: 'cs(User-Agent)', column: 'cs_user_agent' },
  { record: 'x-edge-result-type', column: 'x_edge_result_type' },
  { record: 'x-edge-request-id', column: 'x_edge_request_id' },
  { record: 'x-host-header', column: 'x_host_header' },
  { record: 'cs-protocol', column: 'cs_protocol' },
  { record: 'cs-bytes', column: 'cs_bytes' },
  { record: 'time-taken', column: 'time_taken' },
  { record: 'ssl-protocol', column: 'ssl_protocol' },
  { record: 'cs-protocol-version', column: 'cs_protocol_version' },
  { record: 'time-to-first-byte', column: 'time_to_first_byte' },
  { record: 'x-edge-detailed-result-type', column: 'x_edge_detailed_result_type' },
  { record: 'sc-content-type', column: 'sc_content_type' },
  { record: 'c-country', column: 'c_country' },
  { record: 'cache-behavior-path-pattern', column: 'cache_behavior_path_pattern' },
  { record: 'asn', column: 'asn' },
];

/** Partition of the table: the hour in UTC, as CloudFront writes it into the object's key. */
export const HOUR_PARTITION = { column: 'hour', suffixPath: '{yyyy}/{MM}/{dd}/{HH}', format: 'yyyy/MM/dd/HH' } as const;
