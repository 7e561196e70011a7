-- Hit ratio of each behaviour, which is a class of keys with one policy. Errors and redirects of the edge do not count.
SELECT
  cache_behavior_path_pattern AS behaviour,
  COUNT(*) AS requests,
  ROUND(100.00 * SUM(CASE WHEN x_edge_result_type IN ('Hit', 'RefreshHit') THEN 1 ELSE 0 END) / COUNT(*), 1) AS hit_percent,
  ROUND(AVG(CAST(time_taken AS DOUBLE PRECISION)) * 1000) AS mean_milliseconds
FROM access_log
WHERE hour >= date_format(current_timestamp - interval '1' day, '%Y/%m/%d/%H')
  AND x_edge_result_type IN ('Hit', 'RefreshHit', 'Miss')
GROUP BY cache_behavior_path_pattern
ORDER BY requests DESC, behaviour
