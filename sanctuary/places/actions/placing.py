"""Filling in where somebody is."""

from django.db import connection, transaction

from sanctuary.places.models import Located, locate
from sanctuary.places.postcode import Postcode, parse


def place_fields(postcode: Postcode | str | None) -> dict:
    """The values of the `Located` fields for this postcode; blank where nothing is known.

    Raises InvalidPostcode for text that is no postcode. A blank postcode clears every field.
    """
    found = parse(str(postcode)) if postcode else None
    place = locate(found) if found else None
    return {
        "postcode": found.full if found else "",
        "outward_code": found.outward if found else "",
        "district_code": place.district_code if place else "",
        "region": place.region if place else "",
        "nation": place.nation if place else "",
        "latitude": place.latitude if place else None,
        "longitude": place.longitude if place else None,
        "constituency_code": place.constituency_code if place else "",
    }


def sql_of_place(postcode: str) -> tuple[str, dict[str, str]]:
    """As `place_fields`, for statements over many rows: the joins, and the value of each column.

    `postcode` is the column that holds a postcode as `place_fields` gives it. For statements with parameters.
    """
    joins = f"""
        LEFT JOIN places_outwardcode o ON o.code = split_part({postcode}, ' ', 1)
        LEFT JOIN places_fullpostcode f ON o.code IS NOT NULL AND {postcode} LIKE '%% %%'
            AND f.code = replace({postcode}, ' ', '')
        LEFT JOIN places_district d
            ON d.code = coalesce(nullif(f.district_code, ''), o.district_code) AND o.code IS NOT NULL
        LEFT JOIN places_seatset seats ON seats.number = coalesce(nullif(f.seats, 0), o.seats)
    """
    return joins, {
        "postcode": postcode,
        "outward_code": f"split_part({postcode}, ' ', 1)",
        "district_code": "coalesce(nullif(f.district_code, ''), o.district_code, '')",
        "region": "coalesce(d.region, o.region, '')",
        "nation": "coalesce(d.nation, o.nation, '')",
        "latitude": "coalesce(f.latitude, o.latitude)",
        "longitude": "coalesce(f.longitude, o.longitude)",
        "constituency_code": "coalesce(seats.constituency_code, '')",
    }


@transaction.atomic
def place_again(model: type[Located], *, after: int, most: int) -> tuple[int, int]:
    """Place the next rows of a table anew. Returns the last key and how many rows changed; (0, 0) when all are done.

    For after a load. Rows that are where they belong are not touched, so it costs little to do it twice.
    """
    statement = _place_run(model)
    with connection.cursor() as cursor:
        rows = model.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:most]
        last = max(rows, default=0)
        if last:
            cursor.execute(statement, [after, last])
        return last, cursor.rowcount if last else 0


def _place_run(model: type[Located]) -> str:
    table = model._meta.db_table
    joins, values = sql_of_place("r.postcode")
    news = ", ".join(f"{value} AS {name}" for name, value in values.items())
    return f"""
        UPDATE {table} t SET {", ".join(f"{name} = n.{name}" for name in values)}
        FROM (SELECT r.id, {news} FROM {table} r {joins}
              WHERE r.id > %s AND r.id <= %s AND r.postcode <> '' FOR NO KEY UPDATE OF r) n
        WHERE t.id = n.id AND ({", ".join(f"t.{name}" for name in values)})
            IS DISTINCT FROM ({", ".join(f"n.{name}" for name in values)})
    """  # noqa: S608
