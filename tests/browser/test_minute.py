"""A pledge and a signature take a slow typist no more than a minute."""

import pytest

from tests import flow

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("path", ["/pledge/", "/actions/welcome-every-child/"])
def test_it_takes_a_minute(path, world, visit):
    page = visit(javascript=False).page
    page.goto(path)
    assert 20 < flow.seconds_for(page) <= flow.MOST_SECONDS
