"""Every address the house answers to, read from the URLconf."""

import re
from functools import cache

from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.house import LADDER, PACKAGES

# Pages of others, by where they are mounted. Everything else must be ours.
THIRD_PARTY = {
    "accounts/": ("allauth.", "django."),
    # Our own pages of the admin are closed and opened by the admin's door, and tried with the rest of it below.
    "admin/": ("django.", "rules.", *(f"{app}.admin" for app in LADDER)),
}


@cache
def patterns() -> list[tuple[str, str, URLPattern]]:
    """(route, qualified name, pattern) of every address of the house."""
    return list(_walk(get_resolver(), "", ""))


def _walk(resolver: URLResolver, route: str, space: str):
    for pattern in resolver.url_patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, here, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        else:
            yield here, space + (pattern.name or ""), pattern


def ours() -> list[tuple[str, str, URLPattern]]:
    return [found for found in patterns() if not found[0].startswith(tuple(THIRD_PARTY))]


def admin_urls(world) -> list[str]:
    """Index, list, empty form and, where there is a row, form and history of every model in the admin."""
    urls = [reverse("admin:index")]
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        urls += [reverse(f"{name}_changelist"), reverse(f"{name}_changelist") + "?q=canary", reverse(f"{name}_add")]
        if row := model._default_manager.first():
            own = {found for _, found, pattern in patterns() if found.startswith(f"{name}_") and _is_ours(pattern)}
            pages = {f"{name}_{page}" for page in ("change", "history", "delete")}
            of_no_row = {f"{name}_{page}" for page in ("changelist", "add")}
            urls += [reverse(page, args=[row.pk]) for page in sorted((pages | own) - of_no_row)]
    return urls


def _is_ours(pattern: URLPattern) -> bool:
    return pattern.callback.__module__.partition(".")[0] in PACKAGES


def account_urls() -> list[str]:
    """Every page of allauth's that needs nothing in its address."""
    return [
        f"/{route}" for route, _, _ in patterns() if route.startswith("accounts/") and not re.search(r"[<(^]", route)
    ]
