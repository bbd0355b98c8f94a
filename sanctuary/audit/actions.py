from sanctuary.audit.models import Entry


def record(verb: str, noun, *, by, **detail) -> Entry:
    """Write one line of the log. `by` is a model instance or a word such as "clock". No addresses in `detail`."""
    actor = by if isinstance(by, str) else f"{by._meta.model_name}:{by.pk}"
    return Entry.objects.create(
        actor=actor,
        verb=verb,
        noun=noun._meta.label_lower,
        noun_id=str(noun.pk),
        detail=detail,
    )
