"""The letter as staff write it: one question, three prompts at most, facts from a table, locked after approval."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from campaigns import actions
from campaigns.forms.letter_desk import LetterAskForm
from campaigns.models import Campaign, LetterAsk
from tests import factories
from tests.letters import asked

pytestmark = pytest.mark.django_db


@pytest.fixture
def action(staff):
    draft = factories.CampaignFactory(owner=staff, state="draft", approved_by=None, purpose_note="")
    return factories.ActionFactory(campaign=draft, kind="write", statement="")


def typed(**fields):
    rows = {f"{name}-TOTAL_FORMS": 0 for name in ("devolved_notes", "facts")}
    rows |= {f"{name}-INITIAL_FORMS": 0 for name in ("devolved_notes", "facts")}
    return {"house": "commons", "question": "Will you vote for it?", "prompt_1": "Who have you met?"} | rows | fields


def _cleaned(text):
    form = LetterAskForm({"pasted": text})
    form.full_clean()
    return form.cleaned_data.get("pasted"), [str(error) for error in form.errors.get("pasted", [])]


def test_staff_write_question_and_facts_and_everything_is_noted(desk, action):
    leeds = factories.ConstituencyFactory(name="Leeds Central and Headingley")
    facts = 'Leeds Central and Headingley,"Nine of ten, at least",Made up\n,True everywhere,Made up'
    response = desk.post(reverse("admin:campaigns_letterask_add"), typed(action=action.pk, pasted=facts))
    assert response.status_code == 302
    ask = LetterAsk.objects.get()
    assert (ask.question, ask.prompts) == ("Will you vote for it?", ["Who have you met?"])
    assert {(fact.constituency_code, fact.text) for fact in ask.facts.all()} == {
        (leeds.code, "Nine of ten, at least"),
        ("", "True everywhere"),
    }
    desk.post(reverse("admin:campaigns_letterask_change", args=[ask.pk]), typed(pasted=f"{leeds.code},Ten,Other"))
    assert {fact.text for fact in ask.facts.all()} == {"Ten", "True everywhere"}


def test_question_without_question_mark_is_refused_beside_the_field(desk, action):
    response = desk.post(reverse("admin:campaigns_letterask_add"), typed(action=action.pk, question="Vote for it."))
    assert LetterAsk.objects.count() == 0
    assert "question mark" in str(response.context["adminform"].form.errors["question"])


def test_there_is_no_field_for_a_letter_to_copy():
    texts = {
        field.name: field.max_length for field in LetterAsk._meta.fields if field.get_internal_type() != "ForeignKey"
    }
    assert {name: most for name, most in texts.items() if name.startswith("prompt")} == dict.fromkeys(
        ["prompt_1", "prompt_2", "prompt_3"], 160
    )
    assert [field.name for field in LetterAsk._meta.fields if field.get_internal_type() == "TextField"] == []


def test_every_wrong_line_is_named():
    factories.ConstituencyFactory(name="Leeds")
    _, said = _cleaned(
        f"Leeds,Fact,Who\nNowhere,Fact,Who\nLeeds,Fact\nLeeds,,Who\nLeeds,{'x' * 301},Who\nleeds,a\x07b,Who"
    )
    assert said == [
        "Line 2: we know no constituency called “Nowhere”.",
        "Line 3: there are 2 columns, and we need three.",
        "Line 4: the fact, or who says so, is missing.",
        "Line 5: it is too long. A fact has at most 300 characters.",
        "Line 6: it has a character we cannot show.",
    ]


@pytest.mark.parametrize("text", ["", "  \n \n", '"', "\0", ",,", "a" * 200_000, "\n".join(["Leeds,a,b"] * 701)])
def test_anything_can_be_pasted(text):
    _cleaned(text)


@pytest.mark.parametrize("state", ["approved", "live", "resting", "closed"])
def test_letter_is_locked_once_approved(desk, staff, state):
    campaign = factories.CampaignFactory(owner=staff, state=state)
    ask = asked(factories.ActionFactory(campaign=campaign, kind="write", statement=""))
    address = reverse("admin:campaigns_letterask_change", args=[ask.pk])
    assert desk.get(address).status_code == 200
    assert desk.post(address, typed(question="Will you do something else?")).status_code == 403
    assert desk.post(reverse("admin:campaigns_letterask_delete", args=[ask.pk]), {"post": "yes"}).status_code == 403
    ask.refresh_from_db()
    assert ask.question == "Will you vote for a welcome desk in every town hall?"


def test_campaign_whose_letter_asks_nothing_is_not_approved(action, colleague):
    with pytest.raises(ValidationError) as refused:
        actions.approve_campaign(action.campaign, by=colleague, purpose_note="It welcomes.")
    assert refused.value.code == "no_letter"
    asked(action)
    assert actions.approve_campaign(action.campaign, by=colleague, purpose_note="x").state == Campaign.State.APPROVED


def test_campaign_page_leads_to_its_letter(desk, action):
    page = reverse("admin:campaigns_campaign_change", args=[action.campaign_id])
    add = f"{reverse('admin:campaigns_letterask_add')}?action={action.pk}"
    assert add in desk.get(page).content.decode()
    ask = asked(action)
    assert reverse("admin:campaigns_letterask_change", args=[ask.pk]) in desk.get(page).content.decode()
