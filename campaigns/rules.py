"""Who may do what with campaigns and their emails. The admin asks the same rules under Django's names."""

import rules

from groups.rules import coordinates
from sanctuary.access import is_national_staff


@rules.predicate
def is_not_owner(user, campaign):
    return campaign is None or campaign.owner_id != user.pk


@rules.predicate
def is_not_author(user, mailing):
    return mailing is None or mailing.author_id != user.pk


@rules.predicate
def is_national(user, mailing):
    return mailing is None or mailing.group_id is None


@rules.predicate
def coordinates_its_group(user, mailing):
    return mailing is not None and coordinates(user, mailing.group)


is_active_staff = is_national_staff & rules.is_active

rules.add_rule("campaigns.manage", is_active_staff)
rules.add_rule("campaigns.approve", is_active_staff & is_not_owner)
rules.add_rule("campaigns.export_partner", is_active_staff)
rules.add_rule("campaigns.check_names", is_active_staff)
rules.add_rule("campaigns.send", is_active_staff & is_national)
rules.add_rule("campaigns.approve_mailing", is_active_staff & is_national & is_not_author)
rules.add_rule("campaigns.approve_group_mailing", coordinates_its_group & is_not_author)

rules.add_perm("campaigns", is_active_staff)
for noun in ("campaign", "mailing", "action", "throttle", "maildomain"):
    for verb in ("view", "add", "change", "delete"):
        rules.add_perm(f"campaigns.{verb}_{noun}", is_active_staff)
for verb in ("view", "add", "change"):
    rules.add_perm(f"campaigns.{verb}_embed", is_active_staff)
rules.add_perm("campaigns.view_actiontaken", is_active_staff)
rules.add_perm("campaigns.view_shownname", is_active_staff)
for noun in ("coalition", "partner", "campaignpartner", "sourcelink", "stance"):
    for verb in ("view", "add", "change", "delete"):
        rules.add_perm(f"campaigns.{verb}_{noun}", is_active_staff)
for noun in ("letterask", "devolvednote", "localfact"):
    for verb in ("view", "add", "change", "delete"):
        rules.add_perm(f"campaigns.{verb}_{noun}", is_active_staff)
