import django.db.models.deletion
from django.db import migrations, models

# Each change of what counts becomes rows that only add up, so that nobody who acts waits for somebody else's number.
# The parts between braces are filled in for each way in which an act can change.
TELL = """
CREATE FUNCTION campaigns_tell_tally_{when}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH changed AS ({changed}), places AS (
        SELECT action_id, '' AS place, number FROM changed
        UNION ALL SELECT action_id, constituency_code, number FROM changed WHERE constituency_code <> ''
    )
    INSERT INTO campaigns_tally (action_id, constituency_code, number)
    SELECT action_id, place, sum(number) FROM places GROUP BY action_id, place HAVING sum(number) <> 0;
    RETURN NULL;
END $$;
CREATE TRIGGER campaigns_tell_tally_{when} AFTER {when} ON campaigns_actiontaken
    REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION campaigns_tell_tally_{when}();
"""
MORE = "SELECT action_id, constituency_code, 1 AS number FROM added WHERE confirmed_at IS NOT NULL"
LESS = "SELECT action_id, constituency_code, -1 AS number FROM removed WHERE confirmed_at IS NOT NULL"
WAYS = [
    TELL.format(when="insert", changed=MORE, tables="NEW TABLE AS added"),
    TELL.format(when="update", changed=f"{MORE} UNION ALL {LESS}", tables="OLD TABLE AS removed NEW TABLE AS added"),
    TELL.format(when="delete", changed=LESS, tables="OLD TABLE AS removed"),
]
UNDO = "".join(
    f"DROP TRIGGER campaigns_tell_tally_{when} ON campaigns_actiontaken; DROP FUNCTION campaigns_tell_tally_{when}();"
    for when in ("insert", "update", "delete")
)
KEY = """
ALTER TABLE campaigns_tally ADD CONSTRAINT campaigns_tally_action FOREIGN KEY (action_id)
    REFERENCES campaigns_action (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""
# After the triggers, whose making keeps everybody else from writing until this is over.
SO_FAR = """
INSERT INTO campaigns_tally (action_id, constituency_code, number)
SELECT action_id, '', count(*) FROM campaigns_actiontaken WHERE confirmed_at IS NOT NULL GROUP BY action_id
UNION ALL
SELECT action_id, constituency_code, count(*) FROM campaigns_actiontaken
WHERE confirmed_at IS NOT NULL AND constituency_code <> '' GROUP BY action_id, constituency_code;
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0013_coalitions")]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("constituency_code", models.CharField(blank=True, default="", max_length=9)),
                ("number", models.BigIntegerField()),
                (
                    "action",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tallies",
                        to="campaigns.action",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "tallies",
                "indexes": [
                    models.Index(
                        fields=["action", "constituency_code"], include=("number",), name="campaigns_tally_sum"
                    )
                ],
            },
        ),
        migrations.RunSQL(KEY, migrations.RunSQL.noop),
        *[migrations.RunSQL(way, migrations.RunSQL.noop) for way in WAYS],
        migrations.RunSQL(SO_FAR, UNDO),
    ]
