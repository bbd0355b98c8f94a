"""What most tests of the campaign desk begin with."""

import pytest

from campaigns import tasks
from sanctuary.post.sink import Sink
from tests import factories

GOOD = "Dear ((first_name|friend)),\n\nplease [add your name](((action_link)))."


@pytest.fixture
def colleague(essentials):
    """The second person: national staff too."""
    return factories.UserFactory(name="Sam Second", email="sam@example.org", is_staff=True)


@pytest.fixture
def campaign(staff):
    """Live, with something to sign."""
    return factories.ActionFactory(campaign=factories.CampaignFactory(owner=staff)).campaign


@pytest.fixture
def mailing(campaign, staff):
    """A draft without fault, to one supporter who agreed."""
    factories.permit(factories.SupporterFactory(name="Ada Example", email="ada@example.org"))
    return factories.MailingFactory(campaign=campaign, author=staff, subject="Hello", body=GOOD)


@pytest.fixture
def desk(client_of, staff):
    """The browser of national staff, past the second step."""
    return client_of(staff)


@pytest.fixture
def rung(monkeypatch):
    """What the clock rang for, in order: pairs of task and mailing."""
    found = []
    for task in (tasks.start_mailing, tasks.send_mailing):
        name = task.name.rpartition(".")[2]
        monkeypatch.setattr(task, "apply_async_on_commit", lambda name=name, **k: found.append((name, *k["args"])))
    return found


@pytest.fixture
def sink():
    """A relay that keeps every message in memory."""
    with Sink() as sink:
        yield sink
