"""Translated sentences with values, in templates and in Python, without a second period after “Inc.”."""

from typing import Any

from flask import Flask
from flask_babel import Babel, Domain, get_translations
from jinja2.runtime import Context
from jinja2.utils import pass_context
from markupsafe import Markup

from letterhub.domain import i18n
from letterhub.domain.sentence_punctuation import filled_sentence, with_period


class SentenceDomain(Domain):  # type: ignore[misc]  # untyped
    """Translation domain whose sentences end with one period."""

    def gettext(self, string: str, **variables: Any) -> str:
        """Return a translated sentence with its values."""
        sentence = self.get_translations().ugettext(string)
        return filled_sentence(sentence, variables) if variables else str(sentence)

    def ngettext(self, singular: str, plural: str, num: int, **variables: Any) -> str:
        """Return a translated sentence in the plural form of `num`, with its values."""
        return filled_sentence(self.get_translations().ungettext(singular, plural, num), {"num": num} | variables)


class SentenceBabel(Babel):  # type: ignore[misc]  # untyped
    """Flask-Babel with `SentenceDomain`."""

    @property
    def domain_instance(self) -> Domain:
        """Return the translations of this app."""
        return SentenceDomain(domain=self.domain)


def init_app(app: Flask) -> None:
    """Register translations for Python, for templates and for the sentences of the domain."""
    SentenceBabel(app)
    i18n.translator.current = get_translations
    app.jinja_env.globals.update(gettext=_gettext, ngettext=_ngettext)
    app.jinja_env.filters["ended"] = with_period


@pass_context
def _gettext(context: Context, string: str, /, **values: Any) -> str:
    return _fill_sentence(context, get_translations().ugettext(string), values)


@pass_context
def _ngettext(context: Context, singular: str, plural: str, num: int, /, **values: Any) -> str:
    return _fill_sentence(context, get_translations().ungettext(singular, plural, num), {"num": num} | values)


def _fill_sentence(context: Context, sentence: str, values: dict[str, Any]) -> str:
    """Return the sentence with its values, which are escaped if the template autoescapes, as Jinja does."""
    return filled_sentence(sentence, values, Markup if context.eval_ctx.autoescape else str)
