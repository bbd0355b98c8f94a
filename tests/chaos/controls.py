"""Deliberately broken variants. A storm that does not see them lose or repeat people could not see anything.

Each is broken in the database, under the unchanged code, so that it stays broken however the code moves.
"""

from django.db import connection

_FUNCTION = "CREATE FUNCTION storm_break() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"

# A chunk is free again at once: nobody holds it, whoever comes next takes it too.
NO_LEASE = """
    CREATE TRIGGER storm BEFORE UPDATE ON campaigns_chunk
    FOR EACH ROW WHEN (NEW.state = 1) EXECUTE FUNCTION storm_break()
"""
_NO_LEASE_BODY = "NEW.state := 0; RETURN NEW;"

# Whoever is claimed counts as sent when the claim commits, before a byte has left.
SENT_FIRST = """
    CREATE CONSTRAINT TRIGGER storm AFTER UPDATE ON campaigns_chunk DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.state = 0 AND NEW.state = 1) EXECUTE FUNCTION storm_break()
"""
_SENT_FIRST_BODY = """
    WITH claimed AS (
        UPDATE campaigns_delivery SET outcome = 1, settled_at = now()
        WHERE mailing_id = NEW.mailing_id AND seq BETWEEN NEW.lo AND NEW.hi AND outcome = 0
            AND (not_before IS NULL OR not_before <= now())
        RETURNING 1
    )
    UPDATE campaigns_chunk SET sent = sent + (SELECT count(*) FROM claimed)
    WHERE mailing_id = NEW.mailing_id AND no = NEW.no;
    RETURN NULL;
"""

# Nobody is ever in doubt: whose answer was lost is simply sent to again.
NO_DOUBT = """
    CREATE TRIGGER storm BEFORE UPDATE ON campaigns_delivery
    FOR EACH ROW WHEN (NEW.outcome = 5) EXECUTE FUNCTION storm_break()
"""
_NO_DOUBT_BODY = "RETURN OLD;"

_VARIANTS = {
    "no lease": (_NO_LEASE_BODY, NO_LEASE),
    "sent first": (_SENT_FIRST_BODY, SENT_FIRST),
    "no doubt": (_NO_DOUBT_BODY, NO_DOUBT),
}
NAMES = list(_VARIANTS)


def break_engine(name: str) -> None:
    """Build one variant into the database of this storm."""
    body, trigger = _VARIANTS[name]
    with connection.cursor() as cursor:
        cursor.execute(_FUNCTION.format(body=body))
        cursor.execute(trigger)
