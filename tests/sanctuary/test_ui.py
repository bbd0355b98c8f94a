"""The pieces of a page: how we write things, what counts are shown, where a place lands on the map."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.paginator import Paginator
from django.template import Context, RequestContext, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

from sanctuary.templatetags import ui
from sanctuary.templatetags.ui_samples import SampleForm


def render(source: str, **context) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("amira@example.org", "a***@example.org"),
        ("a@b@example.org", "a***@example.org"),
        ("nobody", "***"),
        ("", "***"),
    ],
)
def test_masked_email_keeps_one_letter_and_the_domain(address, masked):
    assert ui.masked_email(address) == masked


def test_dates_are_written_the_uk_way_in_london_time():
    late = datetime(2026, 6, 3, 23, 30, tzinfo=UTC)
    assert ui.uk_date(late) == "Thursday 4 June 2026"
    assert ui.uk_date(date(2026, 6, 4)) == "Thursday 4 June 2026"
    assert ui.short_date(late) == "4 June 2026"
    assert ui.uk_date(None) == ui.short_date(None) == ui.uk_time(None) == ""


@pytest.mark.parametrize(
    ("hour", "minute", "words"),
    [(18, 30, "6.30pm"), (9, 0, "9am"), (12, 0, "midday"), (0, 0, "midnight"), (12, 5, "12.05pm"), (0, 5, "12.05am")],
)
def test_times_are_written_in_words_people_use(hour, minute, words):
    assert ui.uk_time(datetime(2026, 6, 4, hour, minute, tzinfo=ZoneInfo("Europe/London"))) == words


def test_numbers_get_commas_and_other_things_stay():
    assert ui.number(14208) == "14,208"
    assert ui.number("about 100") == "about 100"


@pytest.mark.parametrize(
    ("count", "local", "shown"),
    [
        (500, 10, "500 people have pledged, 10 of them near Leeds."),
        (500, 9, "500 people have pledged."),
        (499, 10, "10 people near Leeds have pledged."),
        (499, 9, "Be one of the first in Leeds."),
    ],
)
def test_social_proof_hides_small_numbers(count, local, shown):
    html = render('{% social_proof count place="Leeds" local_count=local %}', count=count, local=local)
    assert " ".join(re.sub(r"<[^>]+>", "", html).split()) == shown


def test_share_stays_between_nothing_and_all():
    assert [ui.share_of(*pair) for pair in [(1, 4), (9, 4), (-1, 4), (1, 0)]] == [25, 100, 0, 0]


@pytest.mark.parametrize(
    ("cape", "latitude", "longitude"),
    [
        ("John o’Groats", 58.64, -3.07),
        ("Land’s End", 50.07, -5.71),
        ("Margate", 51.39, 1.44),
        ("Holyhead", 53.31, -4.63),
    ],
)
def test_capes_of_the_coast_lie_on_the_drawn_outline(cape, latitude, longitude):
    outline = render_to_string("components/uk_outline.html")
    path = re.search(r' d="([^"]+)"', outline).group(1)
    corners = []
    for ring in re.findall(r"M([^Mz]+)z", path):
        numbers = [int(number) for number in re.findall(r"-?\d+", ring)]
        x, y = numbers[:2]
        corners.append((x, y))
        for step_x, step_y in zip(numbers[2::2], numbers[3::2], strict=True):
            x, y = x + step_x, y + step_y
            corners.append((x, y))
    x, y = ui.on_map(latitude, longitude)
    assert min((x - a) ** 2 + (y - b) ** 2 for a, b in corners) ** 0.5 < 3


def test_map_marks_each_place_once_and_numbers_the_near_ones():
    html = render(
        "{% uk_map places you=you near=near %}",
        places=[(53.8, -1.55), (51.5, -0.12)],
        near=[(53.8, -1.55), (53.79, -1.75)],
        you=(53.83, -1.53),
    )
    assert html.count('class="map__dot"') == 2
    assert re.findall(r"<text[^>]*>(\d)</text>", html) == ["1", "2"]
    assert html.count('class="map__you"') == 1
    assert 'aria-hidden="true"' in html


def test_map_near_window_holds_all_its_places():
    near = [(50.37, -4.14), (53.8, -1.55)]
    html = render("{% uk_map near near=near %}", near=near)
    x, y, width, height = map(float, re.search(r'viewBox="([^"]+)"', html).group(1).split())
    for place in near:
        spot_x, spot_y = ui.on_map(*place)
        assert x < spot_x < x + width
        assert y < spot_y < y + height


def test_bars_are_drawn_against_the_largest():
    html = render('{% bar_table "Acted" rows %}', rows=[("Wales", 50), ("Scotland", 200)])
    assert re.findall(r"M0 0h(\d+)v10", html) == ["25", "100"]


def test_card_escapes_what_people_wrote_and_keeps_its_own_markup():
    html = render('{% card title=name href="/x/" %}<p>{{ name }}</p>{% endcard %}', name="<b>Tom & Ana</b>")
    assert "<b>" not in html
    assert '<a href="/x/">&lt;b&gt;Tom &amp; Ana&lt;/b&gt;</a>' in html
    assert "<p>&lt;b&gt;Tom &amp; Ana&lt;/b&gt;</p>" in html


def test_pagination_keeps_the_filters():
    request = RequestFactory().get("/people/", {"show": "new", "page": "2"})
    template = Template('{% include "components/pagination.html" %}')
    html = template.render(RequestContext(request, {"page_obj": Paginator(range(9), 3).page(2)}))
    assert re.findall(r'href="([^"]+)"', html) == ["?show=new&amp;page=1", "?show=new&amp;page=3"]
    assert "Page 2 of 3" in html


def test_error_summary_leads_to_controls_that_exist():
    form = SampleForm({"name": "Sam"})
    summary = render_to_string("components/error_summary.html", {"form": form})
    page = form.render()
    targets = re.findall(r'href="#([^"]+)"', summary)
    assert len(targets) == len(form.errors) == 5
    controls = re.findall(r'<(?:input|select|textarea)\b[^>]*\sid="([^"]+)"', page)
    assert set(targets) <= set(controls)
    assert render_to_string("components/error_summary.html", {"form": SampleForm()}).strip() == ""


def test_field_names_its_hint_and_its_error_to_screen_readers():
    page = SampleForm({}).render()
    ids = set(re.findall(r'\sid="([^"]+)"', page))
    described = " ".join(re.findall(r'aria-describedby="([^"]+)"', page)).split()
    assert {"id_email_helptext", "id_email_error", "id_consent_error"} <= set(described) <= ids
    assert " required" not in page


def test_library_form_loses_placeholders_and_required():
    form = SampleForm()
    form.use_required_attribute = True
    form.fields["name"].widget.attrs["placeholder"] = "Your name"
    page = ui.plain_form(form).render()
    assert "placeholder" not in page
    assert " required" not in page
