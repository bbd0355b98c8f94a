"""The one thin door: who may do what. Rules are registered by name in each app's rules.py."""

import rules
from django.contrib import admin
from django.core.exceptions import PermissionDenied


class UnknownRule(LookupError):
    """A view, template or test names a rule that nobody registered."""


@rules.predicate
def is_national_staff(user):
    return user.is_staff


rules.add_rule("staff", is_national_staff)
rules.add_rule("signed_in", rules.predicates.is_authenticated)


def allows(rule: str, user, noun=None) -> bool:
    """Whether this person may. Inactive and anonymous people may nothing; superusers get no magic here."""
    if not rules.rule_exists(rule):
        raise UnknownRule(rule)
    return user.is_authenticated and user.is_active and rules.test_rule(rule, user, noun)


def require(rule: str, user, noun=None) -> None:
    """Raise PermissionDenied unless the rule allows it."""
    if not allows(rule, user, noun):
        raise PermissionDenied


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that come about elsewhere."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
