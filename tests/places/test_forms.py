"""The postcode field."""

import pytest
from django import forms

from sanctuary.places import actions
from sanctuary.places.forms import PostcodeField
from sanctuary.places.postcode import ENTER_POSTCODE, NOT_UK_POSTCODE, UNKNOWN_POSTCODE, Postcode


class NearMe(forms.Form):
    postcode = PostcodeField()


class NearMeKnown(forms.Form):
    postcode = PostcodeField(known=True)


class MaybeNearMe(forms.Form):
    postcode = PostcodeField(required=False)


@pytest.mark.parametrize("form_class", [NearMe, MaybeNearMe])
def test_clean_gives_a_postcode(form_class):
    form = form_class({"postcode": " l.s7-3hj "})
    assert form.is_valid()
    assert form.cleaned_data == {"postcode": Postcode("LS7", "3HJ")}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", ENTER_POSTCODE),
        ("   ", ENTER_POSTCODE),
        (" - ", ENTER_POSTCODE),
        ("Leeds", UNKNOWN_POSTCODE),
        ("90210", NOT_UK_POSTCODE),
        ("LS7\x003HJ", UNKNOWN_POSTCODE),
        ("LS7\x1b3HJ", UNKNOWN_POSTCODE),
        ("LS7\ud800", UNKNOWN_POSTCODE),
        ("LS7 3HJ" * 150_000, UNKNOWN_POSTCODE),
    ],
)
def test_clean_what_is_no_postcode_says_one_sentence_beside_the_field(typed, sentence):
    assert NearMe({"postcode": typed}).errors == {"postcode": [sentence]}


@pytest.mark.parametrize("typed", ["", "  ", "-", "n/a"[1:2]])
def test_clean_nothing_when_optional_is_none(typed):
    form = MaybeNearMe({"postcode": typed})
    assert form.is_valid()
    assert form.cleaned_data == {"postcode": None}


def test_clean_missing_field_when_optional_is_none():
    form = MaybeNearMe({})
    assert form.is_valid()
    assert form.cleaned_data == {"postcode": None}


@pytest.mark.django_db
def test_clean_known_refuses_a_first_half_we_cannot_place():
    actions.load_outward_codes()
    assert NearMeKnown({"postcode": "LS79 1AA"}).errors == {"postcode": [UNKNOWN_POSTCODE]}
    assert NearMeKnown({"postcode": "LS7 1AA"}).is_valid()
    assert NearMeKnown({"postcode": "JE2 3AB"}).is_valid()


@pytest.mark.django_db
def test_clean_known_with_nothing_loaded_accepts_what_is_well_formed():
    assert NearMeKnown({"postcode": "LS79 1AA"}).is_valid()
    assert NearMeKnown({"postcode": "nonsense"}).errors == {"postcode": [UNKNOWN_POSTCODE]}


def test_widget_suits_a_postcode():
    assert NearMe()["postcode"].as_widget() == (
        '<input type="text" name="postcode" autocomplete="postal-code" autocapitalize="characters"'
        ' spellcheck="false" dir="ltr" required id="id_postcode">'
    )


def test_widget_shows_again_what_was_typed_and_an_initial_postcode():
    assert NearMe({"postcode": "ls7 3h"})["postcode"].value() == "ls7 3h"
    assert NearMe(initial={"postcode": Postcode("LS7", "3HJ")})["postcode"].value() == "LS7 3HJ"
