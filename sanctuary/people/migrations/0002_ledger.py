from django.db import migrations

# A row trigger does not see TRUNCATE, hence two. The author of an entry may be forgotten (SET NULL), nothing else may change.
LEDGER = """
CREATE FUNCTION refuse_rewriting_permission() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.recorded_by_id IS NULL
        AND to_jsonb(NEW) - 'recorded_by_id' = to_jsonb(OLD) - 'recorded_by_id' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the permission ledger is append-only: % refused', TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER people_permission_append_only BEFORE UPDATE OR DELETE ON people_permission
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_permission();
CREATE TRIGGER people_permission_no_truncate BEFORE TRUNCATE ON people_permission
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();

CREATE FUNCTION derive_current_permission() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO people_currentpermission AS now_
        (supporter_id, controller_id, purpose, channel, is_live, occurred_at)
    SELECT DISTINCT ON (supporter_id, controller_id, purpose, channel)
        supporter_id, controller_id, purpose, channel, change = 'granted', occurred_at
    FROM added
    ORDER BY supporter_id, controller_id, purpose, channel, occurred_at DESC, (change <> 'granted') DESC, id DESC
    ON CONFLICT (supporter_id, controller_id, purpose, channel) DO UPDATE
        SET is_live = EXCLUDED.is_live, occurred_at = EXCLUDED.occurred_at
        WHERE EXCLUDED.occurred_at > now_.occurred_at
            OR (EXCLUDED.occurred_at = now_.occurred_at AND NOT EXCLUDED.is_live);
    RETURN NULL;
END $$;

CREATE TRIGGER people_permission_derive AFTER INSERT ON people_permission
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION derive_current_permission();
"""

UNDO = """
DROP TRIGGER people_permission_derive ON people_permission;
DROP TRIGGER people_permission_no_truncate ON people_permission;
DROP TRIGGER people_permission_append_only ON people_permission;
DROP FUNCTION derive_current_permission();
DROP FUNCTION refuse_rewriting_permission();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("audit", "0002_append_only")]

    operations = [migrations.RunSQL(LEDGER, UNDO)]
