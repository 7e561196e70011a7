-- Which paths viewers ask for most, and how much of that the cache answers.
SELECT
  cs_uri_stem AS path,
  COUNT(*) AS requests,
  ROUND(100.00 * SUM(CASE WHEN x_edge_result_type IN ('Hit', 'RefreshHit') THEN 1 ELSE 0 END) / COUNT(*), 1) AS hit_percent,
  SUM(CAST(sc_bytes AS BIGINT)) AS bytes
FROM access_log
WHERE hour >= date_format(current_timestamp - interval '1' day, '%Y/%m/%d/%H')
GROUP BY cs_uri_stem
ORDER BY requests DESC, path
LIMIT 100
