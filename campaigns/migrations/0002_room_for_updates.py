from django.db import migrations

# Every delivery is updated once: with half of each page free the new version stays in it and no index is touched (HOT).
ROOM = """
ALTER TABLE campaigns_delivery SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE campaigns_chunk SET (fillfactor = 30, autovacuum_vacuum_scale_factor = 0.05);
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial")]

    operations = [migrations.RunSQL(ROOM, migrations.RunSQL.noop)]
