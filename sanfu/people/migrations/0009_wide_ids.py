"""Ids of Django's own small tables become bigint: sharding by schema takes no narrower identity (see `sanfu counties --citus`)."""

from django.db import migrations

COLUMNS = (
    ("django_content_type", "id"),
    ("auth_permission", "id"),
    ("auth_permission", "content_type_id"),
    ("auth_group", "id"),
    ("auth_group_permissions", "group_id"),
    ("auth_group_permissions", "permission_id"),
)


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0008_found_by_name"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunSQL(
            [f"ALTER TABLE {table} ALTER COLUMN {column} TYPE bigint" for table, column in COLUMNS],
            [f"ALTER TABLE {table} ALTER COLUMN {column} TYPE integer" for table, column in reversed(COLUMNS)],
        )
    ]
