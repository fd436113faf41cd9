"""A database of before the first release: heads go back to their streams, columns get names that explain themselves.

`cases_case` inherited from `records_stream`, which a distributed or partitioned table can not (ADR 11). The heads of the
chains are carried over as they are. In a new database there is nothing to do.
"""

from django.db import migrations

from sanfu.records.sqlfiles import SqlFile

UPGRADE = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM information_schema.columns WHERE table_schema = current_schema()
                   AND table_name = 'cases_case' AND column_name = 'halted_at') THEN
        RETURN;
    END IF;
    ALTER TABLE cases_case NO INHERIT records_stream;
    INSERT INTO records_stream (id, region, seq, head) SELECT id, region, seq, head FROM cases_case;
    SET CONSTRAINTS ALL IMMEDIATE;
    ALTER TABLE cases_case DROP COLUMN seq;
    ALTER TABLE cases_case DROP COLUMN head;
    ALTER TABLE cases_case RENAME COLUMN halted_at TO clocks_stopped_at;
    ALTER TABLE cases_case RENAME COLUMN settled_until TO green_until;
    ALTER TABLE cases_case RENAME COLUMN resting TO closed_state;
    ALTER INDEX case_at_rest RENAME TO case_by_closed_state;
    ALTER INDEX cases_clock_pkey RENAME TO cases_clock_row_pkey;
    ALTER TABLE cases_clock_row RENAME CONSTRAINT cases_clock_case_id_bf0c46ff_fk_cases_case_id
        TO cases_clock_row_case_id_15990ff9_fk_cases_case_id;
    DROP FUNCTION cases_move;
    IF EXISTS (SELECT FROM information_schema.columns WHERE table_schema = current_schema()
               AND table_name = 'cases_part' AND column_name = 'resting') THEN
        DROP TRIGGER cases_keep_rest ON cases_case;
        DROP FUNCTION cases_keep_rest;
        ALTER TABLE cases_part RENAME COLUMN resting TO closed_state;
        ALTER INDEX part_at_rest RENAME TO part_by_closed_state;
    ELSE
        ALTER TABLE cases_part ADD COLUMN closed_state varchar(20) DEFAULT '' NOT NULL;
        UPDATE cases_part p SET closed_state = c.closed_state
        FROM cases_case c WHERE c.id = p.case_id AND c.closed_state <> '';
        SET CONSTRAINTS ALL IMMEDIATE;
        CREATE INDEX part_by_closed_state
            ON cases_part (party, kind, closed_state, opened_at DESC, case_id, capacity);
    END IF;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_first_release")]
    operations = [
        migrations.RunSQL(UPGRADE, migrations.RunSQL.noop),
        SqlFile("cases", "cases_clock"),
        SqlFile("cases", "cases_parts"),
        SqlFile("cases", "cases_move"),
        SqlFile("cases", "cases_step"),
    ]
