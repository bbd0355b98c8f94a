"""What happens to every request: headers, cookies and the second step."""

import gzip

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.conftest import TOTP_SECRET, add_second_step, client_of
from tests.factories import PASSWORD, EmailAddressFactory, UserFactory
from tests.totp import code_now

pytestmark = pytest.mark.django_db

PATHS = ["/healthz", "/no/such/page/", "/admin/", "/accounts/login/", "/static/css/tokens.css"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_headers(path, client):
    response = client.get(path)
    response.close()
    headers = response.headers
    policy = headers["Content-Security-Policy"]
    for directive in ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert directive in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]


def test_hsts_in_production(client, settings):
    settings.SECURE_HSTS_SECONDS = 63_072_000
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz", secure=True).headers["Strict-Transport-Security"].startswith("max-age=63072000")
    assert client.get("/").status_code == 301


def test_pages_of_somebody_signed_in_are_never_stored(client_of, coordinator):
    response = client_of(coordinator).get(reverse("accessibility"))
    assert response.headers["Cache-Control"] == "private, no-store"


def test_public_pages_set_no_cookie(client):
    response = client.get(reverse("accessibility"))
    assert "Cache-Control" not in response.headers
    assert dict(response.cookies) == {}


def test_another_host_is_refused(client):
    assert client.get("/healthz", headers={"host": "evil.example.com"}).status_code == 400


def test_a_post_without_the_token_is_refused(staff):
    client = client_of(staff)
    client.handler.enforce_csrf_checks = True
    assert client.post(reverse("account_logout")).status_code == 403


def test_staff_with_a_password_alone_are_sent_to_set_up_the_second_step(client, staff):
    client.force_login(staff)
    assert client.get("/admin/").headers["Location"] == reverse("mfa_index")


def test_staff_who_skipped_the_second_step_are_asked_for_it(client, staff):
    add_second_step(staff)
    client.force_login(staff)
    assert client.get("/admin/").headers["Location"].startswith(reverse("account_reauthenticate"))


def test_a_second_step_of_somebody_else_does_not_count(client, staff):
    """The session says whose step it was."""
    add_second_step(staff)
    client.force_login(staff)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": 1}]
    session["account_authentication_methods_user"] = "0"
    session.save()
    assert client.get("/admin/").status_code == 302


def test_staff_reach_the_admin_by_password_and_authenticator(client):
    """The whole way through the doors, with nothing set by hand."""
    user = UserFactory(email="nadia@example.org", is_staff=True)
    EmailAddressFactory(user=user)
    add_second_step(user)
    first = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert first.headers["Location"] == reverse("mfa_authenticate")
    assert client.get("/admin/").status_code == 302
    client.post(reverse("mfa_authenticate"), {"code": code_now(TOTP_SECRET)})
    assert client.get("/admin/").status_code == 200


def test_the_admins_own_sign_in_is_not_reachable(client):
    response: HttpResponse = client.post("/admin/login/", {"username": "nadia@example.org", "password": PASSWORD})
    assert response.status_code == 302
    assert response.headers["Location"].startswith(reverse("account_login"))


def test_the_secret_of_the_second_step_is_not_in_the_database(staff):
    assert TOTP_SECRET not in str(add_second_step(staff).data)


@pytest.mark.parametrize("prefix", ["/x", "/admin"])
def test_a_prefix_before_our_addresses_is_no_way_around_the_second_step(prefix, staff):
    """Gunicorn lets its proxy name one; some proxies let the visitor."""
    add_second_step(staff)
    client = Client(SCRIPT_NAME=prefix)
    client.force_login(staff)
    assert client.get("/admin/").headers["Location"].endswith(reverse("account_reauthenticate"))


@pytest.mark.parametrize("key", [r"\000aaaaaaaaaaaa", "a" * 5000, "short", "../../../etc/passwd", "ÿ" * 12])
def test_a_cookie_that_is_no_session_key_is_nobodys(key, client):
    client.cookies[settings.SESSION_COOKIE_NAME] = key.encode().decode("unicode_escape")
    response = client.get(reverse("groups:manage_home"))
    assert (response.status_code, response.headers["Location"].partition("?")[0]) == (302, reverse("account_login"))


def test_a_session_of_ours_is_found(staff):
    client = client_of(staff)
    assert client.get("/admin/").status_code == 200


ASKED = [
    "campaigns/mailing/?state__exact=%00",
    "post/email/?created_at__year=" + 30 * "9",
    "autocomplete/?term=%00&app_label=people&model_name=supporter&field_name=works_for",
]


@pytest.mark.parametrize("question", ASKED)
def test_a_list_of_the_admin_refuses_what_the_database_could_only_fail_at(question, superuser):
    assert client_of(superuser).get(f"/admin/{question}").status_code == 400


def test_a_search_of_the_admin_is_answered(superuser):
    question = "autocomplete/?term=a&app_label=people&model_name=supporter&field_name=works_for"
    assert client_of(superuser).get(f"/admin/{question}").json()["results"] == []


def test_tries_are_counted_by_visitor_not_by_proxy(client, settings):
    """Else whoever guesses from one place shuts the door for everybody."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    wrong = {"login": "nobody@example.org", "password": "wrong"}
    for _ in range(40):
        client.post(reverse("account_login"), wrong, headers={"x-forwarded-for": "192.0.2.1"})
    answers = {
        ip: client.post(
            reverse("account_login"),
            wrong | {"login": f"{ip}@example.org"},
            headers={"x-forwarded-for": f"198.51.100.9, {ip}"},
        ).status_code
        for ip in ("192.0.2.1", "192.0.2.2")
    }
    assert answers == {"192.0.2.1": 429, "192.0.2.2": 200}


def test_pages_travel_compressed(client):
    plain, packed = client.get("/"), client.get("/", headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(plain.content) / 2
    assert b"A welcome in" in gzip.decompress(packed.content)
