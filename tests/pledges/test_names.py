"""The queue of names: staff look at each before it stands in public, alike for pledges and endorsements."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from pledges import actions
from pledges.models import Endorsement, Pledge, Refusal
from pledges.models.naming import address_hint
from sanctuary.audit.models import Entry
from tests import factories as make
from tests.pledges.answers import text_of
from tests.pledges.endorsing import WALL, names_on

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _words(essentials):
    actions.set_up_declaration()


def school(name="Hillside School", **fields):
    return make.OrganisationFactory(name=name, **fields)


def endorsed(supporter=None, **fields):
    supporter = supporter or school()
    return make.EndorsementFactory(
        **{"supporter": supporter, "kind": supporter.kind, "shown": "full", "confirmed": True} | fields
    )


def pledged(supporter=None, **fields):
    return make.PledgeFactory(
        supporter=supporter or school(), kind="organisation", is_listed=True, confirmed=True, **fields
    )


VERBS = {
    "endorsement": (endorsed, actions.approve_endorser_name, actions.refuse_endorser_name),
    "pledge": (pledged, actions.approve_organisation_name, actions.refuse_organisation_name),
}
both = pytest.mark.parametrize("kind", VERBS)


def stands(noun) -> bool:
    rows = Endorsement.objects.on_wall() if isinstance(noun, Endorsement) else Pledge.objects.public()
    return rows.filter(pk=noun.pk).exists()


# --- the verbs -----------------------------------------------------------------------------------


@both
def test_approving_twice_is_one_look(kind, staff):
    made, approve, _ = VERBS[kind]
    noun = made()
    assert not stands(noun)
    first, again = approve(noun, by=staff), approve(noun, by=make.UserFactory())
    assert (first.name_checked_at, again.name_checked_by) == (again.name_checked_at, staff)
    assert stands(noun)
    assert Entry.objects.filter(verb__contains="approve").count() == 1


@both
@pytest.mark.parametrize(("reason", "counts"), [("unfit", True), ("double", False), ("not_theirs", False)])
def test_refusing_hides_at_once_and_what_is_not_theirs_counts_no_more(kind, reason, counts, staff):
    made, approve, refuse = VERBS[kind]
    noun = approve(made(), by=staff)
    refuse(noun, reason=reason, by=staff)
    refused = refuse(noun, reason=reason, by=staff)
    assert refused.name_refusal == reason
    assert not stands(noun)
    assert type(noun).objects.confirmed().exists() is counts
    entry = Entry.objects.get(verb__contains="refuse")
    assert (entry.detail, entry.actor) == ({"reason": reason}, f"user:{staff.pk}")


@both
def test_a_refusal_can_be_taken_back_unless_it_ended(kind, staff):
    made, approve, refuse = VERBS[kind]
    hidden, ended = made(school("One")), made(school("Two"))
    refuse(hidden, reason="unfit", by=staff)
    assert stands(approve(hidden, by=staff))
    refuse(ended, reason="double", by=staff)
    with pytest.raises(ValidationError) as refused:
        approve(ended, by=staff)
    assert refused.value.code == "ended"


@both
def test_what_is_not_confirmed_or_was_taken_back_has_no_name_to_look_at(kind, staff):
    made, approve, refuse = VERBS[kind]
    draft = made(confirmed_at=None)
    gone = made(school("Gone"), withdrawn_at=draft.created_at)
    for noun in (draft, gone):
        with pytest.raises(ValidationError):
            approve(noun, by=staff)
        with pytest.raises(ValidationError):
            refuse(noun, reason="unfit", by=staff)
    with pytest.raises(ValueError, match="rude"):
        refuse(made(school("New")), reason="rude", by=staff)


def test_only_those_who_chose_to_be_shown_wait(staff):
    waits = endorsed()
    endorsed(make.SupporterFactory(), shown="")
    endorsed(make.SupporterFactory(), confirmed_at=None)
    actions.approve_endorser_name(endorsed(make.SupporterFactory()), by=staff)
    assert list(Endorsement.objects.to_check()) == [waits]


# --- the hints -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "address", "hint"),
    [
        ("Hillside School", "head@hillside.example.org", "hillside.example.org: like the name"),
        ("Leeds City Council", "x@lcc.example.org", "lcc.example.org: like the name"),
        ("Hillside School", "x@elsewhere.example.org", "elsewhere.example.org: unlike the name"),
        ("Hillside School", "hillside@GMAIL.com", "gmail.com: anybody can have one"),
        ("٪", "x@example.org", "example.org: unlike the name"),
        ("Hillside School", "", ""),
    ],
)
def test_an_address_gives_a_hint_about_whom_it_speaks_for(name, address, hint):
    assert address_hint(name, address) == hint


def test_the_same_organisation_twice_is_seen_whatever_its_capitals():
    rows = [
        endorsed(school(name)) for name in ["Hill-Side School", "HILLSIDE school", "Hillside School Trust", "Abbey"]
    ]
    endorsed(make.SupporterFactory(name="Hillside School"))
    doubles = {row.pk: row.is_double for row in Endorsement.objects.with_double()}
    assert [doubles[row.pk] for row in rows] == [True, True, False, False]
    assert {row.supporter.name for row in Endorsement.objects.like(rows[0])} == {
        "HILLSIDE school",
        "Hillside School Trust",
    }
    assert not Endorsement.objects.like(endorsed(school("***"))).exists()


# --- the desk ------------------------------------------------------------------------------------


def admin_url(kind, page="changelist", *args):
    return reverse(f"admin:pledges_{kind}_{page}", args=args)


@both
@pytest.mark.parametrize("action", ["approve_names", "refuse_unfit", "refuse_double", "refuse_not_theirs"])
def test_staff_decide_about_many_at_once(kind, action, client_of, staff):
    made = VERBS[kind][0]
    rows, draft = [made(school(f"School {number}")) for number in range(3)], made(school("Draft"), confirmed_at=None)
    body = {"action": action, "_selected_action": [row.pk for row in [*rows, draft]]}
    said = text_of(client_of(staff).post(admin_url(kind), body, follow=True))
    assert f"Names {'approved' if action == 'approve_names' else 'refused'}: 3." in said
    for row in rows:
        row.refresh_from_db()
        assert row.name_checked_by == staff
        assert row.name_refusal == ("" if action == "approve_names" else action.removeprefix("refuse_"))
    draft.refresh_from_db()
    assert draft.name_checked_at is None


@both
def test_staff_decide_about_one_and_see_what_there_is_to_know(kind, client_of, staff):
    made = VERBS[kind][0]
    noun = made(school(email="someone@gmail.com"))
    made(school("Hillside school!", email="head@hillside.example.org"))
    client = client_of(staff)
    shown = text_of(client.get(admin_url(kind, "change", noun.pk)))
    assert "gmail.com: anybody can have one" in shown
    assert "Hillside school!" in shown
    assert "has this name" in shown
    assert "someone@gmail.com" not in shown
    page = admin_url(kind, "unfit", noun.pk)
    assert client.get(page).status_code == 405
    assert client.post(page).url == admin_url(kind, "change", noun.pk)
    noun.refresh_from_db()
    assert noun.name_refusal == Refusal.UNFIT


@pytest.mark.parametrize("persona", ["stranger", "supporter", "coordinator", "helper"])
def test_nobody_but_staff_sees_or_decides(persona, client_of, request):
    noun = endorsed()
    client = client_of(request.getfixturevalue(persona))
    pages = [admin_url("endorsement"), admin_url("endorsement", "change", noun.pk), admin_url("declaration")]
    assert {client.get(page).status_code for page in pages} == {302}
    assert client.post(admin_url("endorsement", "approve", noun.pk)).status_code == 302
    assert client.post(pages[0], {"action": "approve_names", "_selected_action": [noun.pk]}).status_code == 302
    noun.refresh_from_db()
    assert noun.name_checked_at is None


@pytest.mark.parametrize("name", ["waits", "stands", "refused", "x"])
def test_the_queue_is_a_filter_of_the_list(name, client_of, staff):
    rows = {"waits": endorsed(school("Waits")), "stands": endorsed(school("Stands")), "refused": endorsed(school("No"))}
    actions.approve_endorser_name(rows["stands"], by=staff)
    actions.refuse_endorser_name(rows["refused"], reason="unfit", by=staff)
    found = client_of(staff).get(admin_url("endorsement"), {"name": name}, follow=True).context["cl"].result_list
    assert {row.pk for row in found} == ({rows[name].pk} if name in rows else {row.pk for row in rows.values()})


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_at_any_length(rows, client_of, staff, django_assert_num_queries):
    for number in range(rows):
        endorsed(school(f"School {number}"))
    client = client_of(staff)
    with django_assert_num_queries(7):
        client.get(admin_url("endorsement"))


def test_staff_change_the_words_and_that_is_a_version(client_of, staff):
    declaration, client = actions.set_up_declaration(), client_of(staff)
    page = client.get(admin_url("declaration", "change", declaration.pk))
    assert "To be completed by the charity" in text_of(page)
    body = {name: getattr(declaration, name) for name in page.context["adminform"].form.fields}
    for formset in page.context["inline_admin_formsets"]:
        prefix = formset.formset.prefix
        body |= {
            f"{prefix}-TOTAL_FORMS": len(formset.formset.forms),
            f"{prefix}-INITIAL_FORMS": len(formset.formset.forms),
        }
        for number, form in enumerate(formset.formset.forms):
            body |= {f"{prefix}-{number}-{name}": form.initial.get(name, form.instance.pk) for name in form.fields}
            body |= {f"{prefix}-{number}-id": form.instance.pk, f"{prefix}-{number}-declaration": declaration.pk}
    response = client.post(admin_url("declaration", "change", declaration.pk), body | {"text": "New words."})
    assert response.status_code == 302, response.context["errors"]
    declaration.refresh_from_db()
    assert (declaration.text, declaration.version, "New words." in declaration.wording().text) == (
        "New words.",
        2,
        True,
    )
    assert Entry.objects.get(verb="pledges.change_declaration", detail__version=2).actor == f"user:{staff.pk}"


def test_a_refused_endorser_reads_why_by_their_link(client, staff):
    row = actions.approve_endorser_name(endorsed(), by=staff)
    assert names_on(client.get(WALL)) == ["Hillside School"]
    mine = actions.endorsement_url(row).partition("/declaration")
    actions.refuse_endorser_name(row, reason="unfit", by=staff)
    assert "the name cannot stand in public. It still counts" in text_of(client.get("".join(mine[1:])))
    actions.refuse_endorser_name(row, reason="not_theirs", by=staff)
    assert "it does not come from whom it names" in text_of(client.get("".join(mine[1:])))
    assert names_on(client.get(WALL)) == []
