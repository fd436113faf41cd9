"""A backslash or a quote in a search word is a letter like any other."""

from django.db import migrations

QUERY = r"""
CREATE OR REPLACE FUNCTION bigram_query(t text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_agg(DISTINCT '''' || replace(replace(substr(s, i, 2), '\', '\\'), '''', '''''') || '''', ' & ')::tsquery
    FROM (SELECT lower(regexp_replace(t, '\s+', '', 'g')) AS s) AS folded, generate_series(1, length(s) - 1) AS i
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0002_functions")]
    operations = [migrations.RunSQL(QUERY, migrations.RunSQL.noop)]
