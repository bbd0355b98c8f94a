"""The Declaration as it was found in public, and what happens when its words change.

Sources. The day and place of the Summit: gmablog.org/tag/sanctuary-summit/ and leicester.cityofsanctuary.org, in
/2014/11/16/successful-sanctuary-summit-attended-by-400. The five principles and the number of endorsements:
cityofsanctuary.org/about/asylum-matters/. The eight goals, there in /2014/02/17/towards-a-sanctuary-summit/
and /2014/10/21/the-sanctuary-summit-is-coming/. That it was superseded: covid19.cityofsanctuary.org, in
/what-you-can-do-from-home. The whole text of the Declaration was not found: the charity completes it in the admin.
"""

from datetime import date

from django.db import transaction

from pledges.models import Declaration, DeclarationPrinciple, SummitGoal
from pledges.models.declaration import WORDING
from sanctuary.audit.actions import record
from sanctuary.people.models import Wording

FACTS = {
    "title": "The Birmingham Declaration",
    "adopted_on": date(2014, 11, 15),
    "adopted_at": "the Sanctuary Summit in Birmingham, by about 400 people from more than 100 organisations",
    "superseded_by_note": (
        "A later page of City of Sanctuary says that the Declaration is superseded by the coalition "
        "Together With Refugees."
    ),
    "superseded_source": "https://covid19.cityofsanctuary.org/what-you-can-do-from-home",
    "historic_count": 320,
    "historic_words": "more than 320 organisations",
    "historic_year": 2017,
    "historic_source": "https://cityofsanctuary.org/about/asylum-matters/",
}
PRINCIPLES = [
    ("respect", "Dignity and respect"),
    ("process", "A fair and effective process"),
    ("liberty", "No one locked up indefinitely"),
    ("care", "No one left sick or destitute"),
    ("integration", "Welcome the stranger and help them integrate"),
]
GOALS = [
    ("dignity", "Dignity and respect"),
    ("welcome", "A welcome, friendship and free language tuition"),
    ("healthcare", "Free healthcare"),
    ("advice", "Good legal advice"),
    ("decisions", "Better decisions"),
    ("destitution", "An end to destitution"),
    ("work", "Permission to work after six months, or if refused and unable to return"),
    ("detention", "An end to indefinite detention"),
]
EMAIL_QUESTION_SLUG = "endorsement-email-question"
EMAIL_QUESTION = (
    "Can City of Sanctuary UK email you about campaigns for these principles? "
    "About two emails a month. You can stop at any time."
)


@transaction.atomic
def set_up_declaration() -> Declaration:
    """The Declaration, its principles and goals, and the question about emails. Staff's own words stay as they are."""
    Wording.objects.get_or_create(slug=EMAIL_QUESTION_SLUG, version=1, defaults={"text": EMAIL_QUESTION})
    declaration, is_new = Declaration.objects.get_or_create(slug="birmingham", defaults=FACTS)
    if is_new:
        for model, parts in [(DeclarationPrinciple, PRINCIPLES), (SummitGoal, GOALS)]:
            model.objects.bulk_create(
                model(declaration=declaration, number=number, slug=slug, name=name)
                for number, (slug, name) in enumerate(parts, 1)
            )
        declaration = note_declaration_edit(declaration, by="set-up")
    return declaration


@transaction.atomic
def note_declaration_edit(declaration: Declaration, *, by) -> Declaration:
    """Words that changed are a new version, to which later endorsements are tied. Harmless to repeat."""
    declaration = Declaration.objects.select_for_update(of=("self",)).get(pk=declaration.pk)
    newest = Wording.objects.filter(slug=WORDING).order_by("-version").first()
    if newest is None or newest.text != declaration.words:
        newest = Wording.objects.create(
            slug=WORDING, version=newest.version + 1 if newest else 1, text=declaration.words
        )
    if declaration.version != newest.version:
        declaration.version = newest.version
        declaration.save(update_fields=["version"])
        record("pledges.change_declaration", declaration, by=by, version=newest.version)
    return declaration
