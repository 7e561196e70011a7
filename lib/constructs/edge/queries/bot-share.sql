-- Who calls itself a program, by family. What lies about itself is not here; see the labels of the web ACL.
SELECT
  family,
  COUNT(*) AS requests,
  ROUND(100.00 * COUNT(*) / SUM(COUNT(*)) OVER (), 1) AS share_percent,
  SUM(CAST(sc_bytes AS BIGINT)) AS bytes
FROM (
  SELECT
    sc_bytes,
    CASE
      WHEN cs_user_agent = 'headroom-cache-warmer' THEN 'cache warmer'
      WHEN LOWER(cs_user_agent) LIKE '%bot%' OR LOWER(cs_user_agent) LIKE '%spider%' OR LOWER(cs_user_agent) LIKE '%crawl%' THEN 'crawler'
      WHEN LOWER(cs_user_agent) LIKE '%curl%' OR LOWER(cs_user_agent) LIKE '%wget%' OR LOWER(cs_user_agent) LIKE '%python%' OR LOWER(cs_user_agent) LIKE '%go-http%' OR LOWER(cs_user_agent) LIKE '%java/%' THEN 'script'
      WHEN cs_user_agent = '-' OR cs_user_agent = '' THEN 'nameless'
      ELSE 'browser'
    END AS family
  FROM access_log
  WHERE hour >= date_format(current_timestamp - interval '1' day, '%Y/%m/%d/%H')
) AS named
GROUP BY family
ORDER BY requests DESC, family
