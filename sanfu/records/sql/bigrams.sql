-- Two-character search: words of two characters are the rule in Chinese and trigram indexes cannot find them, so every
-- pair is indexed. A backslash or a quote in a search word is a letter like any other.
CREATE OR REPLACE FUNCTION bigrams(t text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(coalesce(array_agg(DISTINCT substr(s, i, 2)), ARRAY[]::text[]))
    FROM (SELECT lower(regexp_replace(t, '\s+', '', 'g')) AS s) AS folded, generate_series(1, length(s) - 1) AS i
$$;
CREATE OR REPLACE FUNCTION bigram_query(t text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_agg(DISTINCT '''' || replace(replace(substr(s, i, 2), '\', '\\'), '''', '''''') || '''', ' & ')::tsquery
    FROM (SELECT lower(regexp_replace(t, '\s+', '', 'g')) AS s) AS folded, generate_series(1, length(s) - 1) AS i
$$;
