"""Stories: nobody reads one in public without its teller's live yes to that very text."""

import io
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from groups import actions
from groups.actions.storytelling import mine_url
from groups.models import Story, StoryConsent, StoryTeller
from sanctuary.audit.models import Entry
from sanctuary.people.actions import erase_supporter, held_about
from sanctuary.post.models import Email
from tests import factories as make
from tests.race import race

pytestmark = pytest.mark.django_db

WORDS = {"title": "The long way", "shown_as": "Rosa", "text": "I walked. CANARYTEXT", "content_note": ""}
TELLER = {"name": "Amaranta Realname", "email": "amaranta@example.org"}


@pytest.fixture
def story(group, coordinator):
    return actions.begin_story(group, by=coordinator, **TELLER, **WORDS)


@pytest.fixture
def deputy(group):
    user = make.UserFactory(name="Dep Uty")
    make.GroupRoleFactory(group=group, user=user, role="deputy")
    return user


@pytest.fixture
def published(story, deputy, staff):
    return publish(story, deputy, staff)


def fresh(story):
    return Story.objects.get(pk=story.pk)


def publish(story, deputy, staff, uses=("web",), years=2):
    seen = fresh(story).content_hash
    actions.approve_story(story, seen=seen, uses=uses, years=years)
    actions.check_story(story, by=deputy, seen=seen)
    return actions.publish_story(story, by=staff, seen=seen)


def is_public(client, story) -> bool:
    """Whether a stranger reads it anywhere; the page, the list and the query must agree."""
    answers = [client.get(story.get_absolute_url()), client.get(reverse("groups:stories"))]
    seen = {"CANARYTEXT" in answer.text for answer in answers}
    seen.add(Story.objects.public(timezone.localdate()).filter(pk=story.pk).exists())
    assert len(seen) == 1, "one way shows what another hides"
    return seen.pop()


def mine(story, name="story_mine"):
    return reverse(f"groups:{name}", args=[mine_url(story).rstrip("/").rpartition("/")[2]])


# --- the way to the public ----------------------------------------------------------------------


def test_every_step_is_needed_before_anybody_reads_it(client, story, deputy, staff):
    seen = story.content_hash
    assert not is_public(client, story)
    actions.approve_story(story, seen=seen, uses=["web"], years=1)
    assert not is_public(client, story)
    actions.check_story(story, by=deputy, seen=seen)
    assert not is_public(client, story)
    actions.publish_story(story, by=staff, seen=seen)
    assert is_public(client, story)


def test_a_draft_is_no_page_and_a_gone_story_says_so(client, story, published):
    draft = Story.objects.create(group=story.group, changed_at=timezone.now(), **WORDS | {"title": "Draft"})
    assert client.get(draft.get_absolute_url()).status_code == 404
    actions.withdraw_story(published, by=story)
    assert client.get(story.get_absolute_url()).status_code == 410


@pytest.mark.parametrize("field", ["title", "shown_as", "text", "content_note"])
def test_any_new_word_takes_it_off_the_public_pages(client, published, coordinator, field):
    seen = fresh(published).content_hash
    actions.edit_story(published, by=coordinator, seen=seen, **{field: "New words CANARYTEXT"})
    assert not is_public(client, published)


def test_a_new_picture_takes_it_off_the_public_pages(client, published, coordinator):
    actions.set_picture(published, picture_file(), words="A door", shows_face=False, by=coordinator)
    assert not is_public(client, published)


def test_a_consent_that_has_ended_takes_it_off_by_itself(client, published):
    published.consents.update(granted_on="2020-01-01", expires_on=timezone.localdate())
    assert not is_public(client, published)


def test_other_uses_do_not_open_the_website(story, deputy, staff):
    with pytest.raises(ValidationError) as refused:
        publish(story, deputy, staff, uses=["email", "talk"])
    assert refused.value.code == "no_consent"


def test_withdrawing_one_use_ends_that_use_alone(client, story, deputy, staff):
    publish(story, deputy, staff, uses=["web", "talk"])
    actions.withdraw_use(story, "web", by=story)
    assert not is_public(client, story)
    assert [consent.use for consent in story.consents.live(timezone.localdate())] == ["talk"]


def test_the_shield_hides_it(client, published, group, staff):
    actions.raise_shield(region="", group=group, reason="Threats", by=staff)
    assert not is_public(client, published)


def test_author_checks_and_publishes_nothing_and_nobody_does_both(story, coordinator, deputy, staff):
    seen = story.content_hash
    actions.approve_story(story, seen=seen, uses=["web"], years=1)
    for act, who, code in (
        (actions.check_story, coordinator, "own_words"),
        (actions.publish_story, staff, "not_checked"),
        (actions.publish_story, coordinator, "own_words"),
    ):
        with pytest.raises(ValidationError) as refused:
            act(story, by=who, seen=seen)
        assert refused.value.code == code
    actions.check_story(story, by=staff, seen=seen)
    with pytest.raises(ValidationError) as refused:
        actions.publish_story(story, by=staff, seen=seen)
    assert refused.value.code == "same_person"


def test_approval_is_of_what_was_seen(story, coordinator):
    seen = story.content_hash
    actions.edit_story(story, by=coordinator, seen=seen, text="Other words")
    with pytest.raises(ValidationError) as refused:
        actions.approve_story(story, seen=seen, uses=["web"], years=1)
    assert refused.value.code == "changed"
    assert not StoryConsent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_approval_and_an_edit_at_once_leave_no_text_that_nobody_approved(group, coordinator):
    story = actions.begin_story(group, by=coordinator, **TELLER, **WORDS)
    seen = story.content_hash
    race(
        lambda: actions.approve_story(story, seen=seen, uses=["web"], years=1),
        lambda: actions.edit_story(story, by=coordinator, seen=seen, text="Other words"),
        after='FROM "groups_story"',
    )
    story.refresh_from_db()
    assert story.text == "Other words"
    assert not story.is_approved


def test_each_yes_keeps_the_words_it_answered(published):
    consent = published.consents.get()
    assert consent.wording.text.startswith("My story may be on this website")
    assert (consent.expires_on - consent.granted_on).days == 730


# --- the teller's own pages ---------------------------------------------------------------------


def test_teller_agrees_and_takes_back_without_signing_in(client, story, deputy, staff):
    page = client.get(mine(story))
    assert "CANARYTEXT" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    answer = client.post(mine(story), {"seen": story.content_hash, "uses": ["web"], "years": "1"}, follow=True)
    assert "You agreed to this text" in answer.text
    actions.check_story(story, by=deputy, seen=story.content_hash)
    actions.publish_story(story, by=staff, seen=story.content_hash)
    assert is_public(client, story)
    answer = client.post(mine(story, "story_take_back"), follow=True)
    assert "You took your story back" in answer.text
    assert not is_public(client, story)


def test_looking_at_the_links_changes_nothing(client, published):
    for name in ("story_mine", "story_change", "story_take_back"):
        assert client.get(mine(published, name)).status_code == 200
    assert is_public(client, published)


def test_agreeing_to_nothing_is_a_clear_error(client, story):
    answer = client.post(mine(story), {"seen": story.content_hash, "years": "1"})
    assert answer.status_code == 422
    assert "Choose at least one place" in answer.text


def test_two_who_write_at_once_lose_nothing(client, story, coordinator):
    old = story.content_hash
    actions.edit_story(story, by=coordinator, seen=old, text="What the coordinator wrote")
    given = WORDS | {"text": "What the teller wrote", "seen": old}
    answer = client.post(mine(story, "story_change"), given)
    assert answer.status_code == 422
    assert "What the coordinator wrote" in answer.text
    assert "What the teller wrote" in answer.text
    answer = client.post(mine(story, "story_change"), given | {"seen": fresh(story).content_hash})
    assert answer.status_code == 302
    assert fresh(story).text == "What the teller wrote"


@pytest.mark.parametrize("token", ["x", "A" * 60, "é"])
def test_forged_link_opens_nothing(client, story, token):
    assert client.get(f"/stories/mine/{token}/").status_code == 404


def test_letter_to_the_teller_gives_nothing_away(story, coordinator):
    actions.ask_teller(story, by=coordinator)
    letter = Email.objects.get()
    assert letter.to == TELLER["email"]
    whole = f"{letter.subject} {letter.text} {letter.html}".lower()
    assert not any(word in whole for word in ("story", "canarytext", "rosa", "realname", "sanctuary-seek"))
    assert mail.outbox == []
    assert Entry.objects.filter(verb="groups.read_teller", actor=f"user:{coordinator.pk}").count() == 1


# --- who it is ----------------------------------------------------------------------------------


def test_the_database_holds_name_and_address_only_sealed(story):
    teller = StoryTeller.objects.values().get()
    assert not any(word in str(teller) for word in ("Amaranta", "amaranta", "Realname"))


@pytest.mark.parametrize("persona", ["coordinator", "staff", "superuser"])
def test_nobody_reads_the_tellers_name_or_address(client_of, request, published, persona, group):
    browser = client_of(request.getfixturevalue(persona))
    urls = [reverse("groups:group_stories", args=[group.slug]), reverse("admin:groups_story_changelist")]
    urls += [reverse("groups:group_story", args=[group.slug, published.pk]), published.get_absolute_url()]
    urls += [reverse("admin:groups_story_change", args=[published.pk])]
    for url in urls:
        page = browser.get(url)
        assert not any(word in page.text for word in ("Amaranta", "amaranta@", "Realname")), url


def test_staff_see_no_story_before_its_teller_agreed(client_of, staff, story):
    browser = client_of(staff)
    assert "The long way" not in browser.get(reverse("admin:groups_story_changelist")).text
    assert browser.get(reverse("admin:groups_story_change", args=[story.pk])).status_code == 302


@pytest.mark.parametrize("what", ["edited", "taken back"])
def test_staff_see_no_words_that_their_teller_does_not_stand_by(client_of, staff, published, coordinator, what):
    browser = client_of(staff)
    url = reverse("admin:groups_story_change", args=[published.pk])
    assert browser.get(url).status_code == 200
    if what == "edited":
        actions.edit_story(published, by=coordinator, seen=published.content_hash, text="CANARY not agreed to")
    else:
        actions.withdraw_story(published, by=published)
    assert browser.get(url).status_code == 302
    assert published.title not in browser.get(reverse("admin:groups_story_changelist")).text


def test_forgetting_the_person_takes_their_story_with_them(client, published):
    person = make.SupporterFactory(name=TELLER["name"], email=TELLER["email"])
    erase_supporter(person, by="desk")
    assert not Story.objects.exists()
    assert client.get(published.get_absolute_url()).status_code == 404


# --- the clock ----------------------------------------------------------------------------------


def test_reminder_comes_once_three_months_before_the_end(published):
    today = timezone.localdate()
    published.consents.update(expires_on=today + timedelta(days=92))
    assert not actions.remind_teller(published)
    published.consents.update(expires_on=today + timedelta(days=91))
    assert actions.remind_teller(published)
    assert not actions.remind_teller(published)
    assert Email.objects.count() == 1


def test_what_was_taken_back_is_deleted_after_a_month(published, story):
    actions.withdraw_story(published, by=story)
    assert actions.forget_stories() == 0
    Story.objects.update(withdrawn_at=timezone.now() - timedelta(days=31))
    assert actions.forget_stories() == 1
    assert not StoryTeller.objects.exists()


def test_live_stories_and_young_drafts_are_kept(published, group, coordinator):
    actions.begin_story(group, by=coordinator, **TELLER, **WORDS)
    Story.objects.filter(pk=published.pk).update(changed_at=timezone.now() - timedelta(days=400))
    assert actions.forget_stories() == 0
    Story.objects.exclude(pk=published.pk).update(changed_at=timezone.now() - timedelta(days=190))
    assert actions.forget_stories() == 1


# --- pictures -----------------------------------------------------------------------------------


def picture_file(size=(400, 300), kind="JPEG", **save):
    written = io.BytesIO()
    Image.new("RGB", size, "teal").save(written, kind, **save)
    return SimpleUploadedFile("holiday.jpg", written.getvalue())


def hidden_things():
    exif = Image.Exif()
    exif[0x010E], exif[0x013B] = "SECRETCANARY place", "SECRETCANARY maker"
    exif.get_ifd(0x8825)[1] = "N"
    notes = PngInfo()
    notes.add_text("Comment", "SECRETCANARY")
    notes.add_itxt("XML:com.adobe.xmp", "SECRETCANARY")
    return [
        ("JPEG", {"exif": exif}),
        ("JPEG", {"comment": b"SECRETCANARY"}),
        ("JPEG", {"icc_profile": b"SECRETCANARY" * 20}),
        ("PNG", {"pnginfo": notes}),
        ("PNG", {"exif": exif}),
        ("WEBP", {"exif": exif, "xmp": b"SECRETCANARY"}),
    ]


@pytest.mark.parametrize(("kind", "save"), hidden_things())
def test_nothing_but_pixels_is_kept(story, coordinator, kind, save):
    upload = picture_file(kind=kind, **save)
    assert b"SECRETCANARY" in upload.read()
    upload.seek(0)
    data = bytes(actions.set_picture(story, upload, words="A door", shows_face=False, by=coordinator).data)
    assert b"SECRETCANARY" not in data
    with Image.open(io.BytesIO(data)) as kept:
        assert kept.format == "JPEG"
        assert set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
        assert not kept.getexif()


def test_what_stands_after_the_picture_is_left_behind(story, coordinator):
    upload = SimpleUploadedFile("x.png", picture_file(kind="PNG").read() + b"<script>SECRETCANARY</script>")
    picture = actions.set_picture(story, upload, words="A door", shows_face=False, by=coordinator)
    assert b"SECRETCANARY" not in bytes(picture.data)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "no_picture"),
        (b"GIF89a" + b"\0" * 40, "no_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "no_picture"),
        (b"%PDF-1.4", "no_picture"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 200, "no_picture"),
        (b"x" * 10_000_001, "too_big"),
    ],
)
def test_what_is_no_picture_is_refused(story, coordinator, content, code):
    with pytest.raises(ValidationError) as refused:
        actions.set_picture(story, io.BytesIO(content), words="A door", shows_face=False, by=coordinator)
    assert refused.value.code == code


def test_a_truncated_picture_and_a_bomb_are_refused(story, coordinator):
    whole = picture_file(size=(900, 900)).read()
    bomb = picture_file(size=(8000, 4000), kind="PNG").read()
    for content, code in ((whole[: len(whole) // 2], "no_picture"), (bomb, "too_many_pixels")):
        with pytest.raises(ValidationError) as refused:
            actions.set_picture(story, io.BytesIO(content), words="A door", shows_face=False, by=coordinator)
        assert refused.value.code == code


def test_a_large_noisy_picture_still_fits_the_page(story, coordinator):
    noisy = io.BytesIO()
    Image.effect_noise((3000, 2000), 120).convert("RGB").save(noisy, "JPEG", quality=95)
    noisy.seek(0)
    picture = actions.set_picture(story, noisy, words="Noise", shows_face=False, by=coordinator)
    assert len(bytes(picture.data)) <= 45_000


@pytest.mark.parametrize("uses", [["web"], ["web", "face"]])
def test_a_face_needs_a_yes_of_its_own(client, story, coordinator, deputy, staff, uses):
    actions.set_picture(story, picture_file(), words="Rosa at her door", shows_face=True, by=coordinator)
    publish(story, deputy, staff, uses=uses)
    image = reverse("groups:story_picture", args=[story.slug])
    assert client.get(image).status_code == (200 if "face" in uses else 404)
    assert ("<img" in client.get(story.get_absolute_url()).text) == ("face" in uses)


def test_picture_is_inert_and_goes_with_the_story(client, story, coordinator, deputy, staff):
    actions.set_picture(story, picture_file(), words="A door", shows_face=False, by=coordinator)
    publish(story, deputy, staff)
    image = reverse("groups:story_picture", args=[story.slug])
    answer = client.get(image)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]
    actions.withdraw_story(story, by=story)
    assert client.get(image).status_code == 404


def test_what_is_held_tells_the_teller_and_nobody_else(story):
    teller = make.SupporterFactory(name="Amaranta", email=TELLER["email"])
    other = make.SupporterFactory(name="Another", email="another@example.org")
    assert "CANARYTEXT" in str(held_about(teller))
    assert "CANARYTEXT" not in str(held_about(other))
