from django.db import connection


class LockedOnPost:
    """What is saved is judged by the row as it is now: nobody can move it on while this request is at work."""

    def get_object(self, request, object_id, from_field=None):
        found = super().get_object(request, object_id, from_field)
        if found is not None and request.method == "POST" and connection.in_atomic_block:
            found = type(found).objects.select_for_update(of=("self",)).get(pk=found.pk)
        return found
