"""Who greets pledgers, and what national staff may look up."""

import rules

from pledges.models import Pledge
from sanctuary.access import is_national_staff


@rules.predicate
def helps_to_run_its_group(user, pledge):
    """Without a pledge: anybody signed in may ask for the list, and sees only what is theirs."""
    return pledge is None or Pledge.objects.visible_to(user).filter(pk=pledge.pk).exists()


rules.add_rule("pledges.greet", helps_to_run_its_group)

for name in ["pledges", "pledges.view_pledge", "pledges.change_pledge"]:
    rules.add_perm(name, is_national_staff & rules.is_active)
