/**
 * Functions of PostgreSQL that only compute, by area. A test asks a real server: each is immutable or stable in all its
 * forms, or one of {@link VOLATILE_BUT_HARMLESS}. Unqualified, or in `pg_catalog`; anything else may write.
 */
const BY_AREA: readonly string[] = [
  // Aggregates
  'count sum avg min max array_agg string_agg bool_and bool_or every bit_and bit_or bit_xor json_agg jsonb_agg',
  'json_object_agg jsonb_object_agg corr covar_pop covar_samp stddev stddev_pop stddev_samp variance var_pop var_samp',
  'regr_slope regr_intercept regr_r2 regr_count mode percentile_cont percentile_disc xmlagg',
  // Windows
  'row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value',
  // Text
  'lower upper initcap length char_length character_length octet_length bit_length substr left right btrim ltrim rtrim',
  'replace translate strpos split_part starts_with concat concat_ws format lpad rpad repeat reverse ascii chr to_hex',
  'quote_ident quote_literal quote_nullable encode decode md5 sha224 sha256 sha384 sha512 string_to_array',
  'array_to_string regexp_replace regexp_match regexp_matches regexp_split_to_array regexp_split_to_table regexp_count',
  'regexp_instr regexp_like regexp_substr convert_from convert_to like notlike',
  // Numbers
  'abs ceil ceiling floor round trunc sqrt cbrt power exp ln log log10 mod div sign gcd lcm pi degrees radians sin cos',
  'tan asin acos atan atan2 width_bucket factorial scale trim_scale random',
  // Dates
  'now date_trunc date_part date_bin age to_char to_date to_timestamp to_number make_date make_time make_timestamp',
  'make_timestamptz make_interval justify_days justify_hours justify_interval isfinite transaction_timestamp',
  'statement_timestamp clock_timestamp timezone',
  // JSON
  'to_json to_jsonb row_to_json array_to_json json_build_array json_build_object jsonb_build_array jsonb_build_object',
  'json_object jsonb_object json_array_length jsonb_array_length json_each jsonb_each json_each_text jsonb_each_text',
  'json_extract_path jsonb_extract_path json_extract_path_text jsonb_extract_path_text json_object_keys',
  'jsonb_object_keys json_array_elements jsonb_array_elements json_array_elements_text jsonb_array_elements_text',
  'json_populate_record jsonb_populate_record json_populate_recordset jsonb_populate_recordset json_to_record',
  'jsonb_to_record json_to_recordset jsonb_to_recordset json_typeof jsonb_typeof json_strip_nulls jsonb_strip_nulls',
  'jsonb_set jsonb_set_lax jsonb_insert jsonb_pretty jsonb_path_exists jsonb_path_match jsonb_path_query',
  'jsonb_path_query_array jsonb_path_query_first',
  // Arrays, sets and ranges
  'array_append array_prepend array_cat array_dims array_fill array_length array_lower array_ndims array_position',
  'array_positions array_remove array_replace array_upper cardinality unnest generate_series generate_subscripts',
  'isempty lower_inc upper_inc lower_inf upper_inf range_merge int4range int8range numrange tsrange tstzrange daterange',
  // Full-text search
  'to_tsvector to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery ts_rank ts_rank_cd ts_headline',
  'setweight strip numnode tsvector_to_array array_to_tsvector',
  // Identity and the rest
  'gen_random_uuid num_nulls num_nonnulls host network masklen family pg_typeof version',
];

/** Their result differs from call to call, and that is all they do. */
export const VOLATILE_BUT_HARMLESS: ReadonlySet<string> = new Set(['random', 'clock_timestamp', 'gen_random_uuid']);

/** Functions of the trigram extension, which search uses; immutable or stable as well. */
export const TRIGRAM_FUNCTIONS: ReadonlySet<string> = new Set(
  'similarity word_similarity strict_word_similarity show_trgm'.split(' '),
);

export const READ_ONLY_FUNCTIONS: ReadonlySet<string> = new Set([
  ...BY_AREA.flatMap((area) => area.split(' ')),
  ...TRIGRAM_FUNCTIONS,
]);
