"""What was asked of a list. The question stands in the address, so it can be kept and shared."""

import django_filters
from django import forms
from django.http import QueryDict


class Question(django_filters.FilterSet):
    def chips(self):
        """The filters in use, each with the address of the list without it."""
        answers = self.form.cleaned_data if self.form.is_bound else {}
        return [
            {"text": self._words(name, value), "href": self._without(name)}
            for name, value in answers.items()
            if value and name != "sort"
        ]

    def asked(self, **others):
        """The address of this question as text for behind a "?", without what was left empty."""
        data = self.data.copy() if self.data else QueryDict(mutable=True)
        for name, value in others.items():
            data[name] = value
        said = {name: value for name, value in data.items() if value and name in self.form.fields}
        rest = QueryDict(mutable=True)
        rest.update(said)
        return rest.urlencode()

    def _words(self, name, value):
        choices = dict(getattr(self.form.fields[name], "choices", []))
        return str(choices.get(value, f"“{value}”"))

    def _without(self, name):
        return f"?{self.asked(**{name: ''})}"


def search_field(label):
    return {"label": label, "max_length": 100, "widget": forms.TextInput(attrs={"type": "search"})}
