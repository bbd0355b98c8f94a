import django.contrib.postgres.indexes
from django.db import migrations, models

import sanctuary.people.models.search

# The words of a name: cut at blanks and punctuation of any script, in lower case. Names with an apostrophe or a hyphen
# are there a second time without it, so that "obrien" finds O’Brien. PostgreSQL's own word cutter reads names as
# addresses, paths and numbers, and keeps them whole.
WORDS = r"""
CREATE FUNCTION people_words(name text, contact text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(array_remove(regexp_split_to_array(
        lower(name || ' ' || contact || ' ' || translate(name || ' ' || contact,
            U&'''\2018\2019\02BC\02BB\02BE\02BF`\00B4-\2010\2011\200C', '')),
        '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u00d7\u00f7\u02b9-\u02bf\u060c\u061b\u061f\u06d4\u2000-\u200b\u200e-\u206f\u3000-\u303f\u30fb\ufeff\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]+'
    ), ''))
$$;
"""


class Migration(migrations.Migration):
    """Writes the table of supporters anew: before the first release there are few."""

    dependencies = [("people", "0006_merge")]

    operations = [
        migrations.RunSQL(WORDS, "DROP FUNCTION people_words(text, text)"),
        migrations.AddField(
            model_name="supporter",
            name="words",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func("name", "contact_name", function="people_words"),
                output_field=sanctuary.people.models.search.Words(),
            ),
        ),
        migrations.AddIndex(
            model_name="supporter",
            index=django.contrib.postgres.indexes.GinIndex(fields=["words"], name="people_supporter_words"),
        ),
        migrations.AddIndex(
            model_name="supporter",
            index=models.Index(fields=["email"], name="people_supporter_address", opclasses=["varchar_pattern_ops"]),
        ),
    ]
