"""Templates: translated sentences with values, and filters for dates, numbers and names. Undefined names are errors."""

import re
from functools import cached_property, lru_cache
from gettext import NullTranslations
from typing import Any

from babel.numbers import format_decimal
from flask import Flask
from flask_babel import Babel, Domain
from jinja2 import StrictUndefined
from jinja2.runtime import Context
from jinja2.utils import pass_context
from markupsafe import Markup

from letterhub.config import Settings
from letterhub.domain import i18n
from letterhub.domain.i18n import _, filled_sentence, number_in_digits, with_period
from letterhub.domain.interface_languages import direction_of, locale_of, own_name, spoken_language
from letterhub.infrastructure.catalogs import translations_into
from letterhub.queries.paging import COUNTED
from letterhub.web.assets import asset_url, style_sheet_url
from letterhub.web.dates import (
    date_in_zone,
    duration,
    full_datetime,
    iso_datetime,
    long_date,
    short_time,
    time_ago,
    time_until,
    zone_label_for_key,
)
from letterhub.web.forms import is_first_invalid, scope_name

FIRST_PERIOD = re.compile(r"[.。۔]\s*")


def init_app(app: Flask, settings: Settings) -> None:
    """Register translations for Python, templates and sentences of the domain, filters and globals; make templates strict."""
    SentenceBabel(app, locale_selector=spoken_language)  # for WTForms, which has catalogs of its own
    i18n.translator.current = current_translations
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        {
            f.__name__: f
            for f in (
                full_datetime,
                short_time,
                long_date,
                date_in_zone,
                time_ago,
                time_until,
                duration,
                iso_datetime,
                in_language,
                own_name,
                counted,
                thousands,
                file_size,
                sentences,
                scope_name,
            )
        }
    )
    app.jinja_env.filters.update(zone_label=zone_label_for_key, ended=with_period)
    app.jinja_env.globals.update(
        _=_gettext,  # without the detour of Jinja's extension, which looks up `gettext` for each sentence
        gettext=_gettext,
        ngettext=_ngettext,
        asset_url=asset_url,
        style_sheet_url=style_sheet_url,
        is_first_invalid=is_first_invalid,
        demo=settings.demo,
        counted_names=COUNTED,
        two_factor=settings.two_factor,
    )


def thousands(number: int) -> str:
    """Return a count with the separators of the language that is spoken now."""
    return number_in_digits(number, spoken_language())


def file_size(size: int) -> str:
    """Return the size of a file in the largest unit that it fills: "123 B", "1.2 kB", "3.0 MB", "4.0 GB"."""
    if size < 1_000:
        return f"{size} B"
    divisor, unit = next(
        ((1_000**power, name) for power, name in ((3, "GB"), (2, "MB")) if size >= 1_000**power), (1_000, "kB")
    )
    return f"{format_decimal(size / divisor, '#,##0.0', locale=locale_of(spoken_language()))} {unit}"


def sentences(text: str) -> tuple[str, str]:
    """Return the first sentence of a text without its period, for a heading, and the others."""
    first, _period, others = FIRST_PERIOD.sub("\n", text, count=1).partition("\n")
    return first, others


def counted(number: int) -> str:
    """Return the size of a list in digits; "more than 1,000" where its rows were not counted further."""
    return thousands(number) if number <= COUNTED else _("more than %(count)s", count=COUNTED)


def in_language(text: str, language: str) -> Markup:
    """Isolate a text from the sentence around it, with its language and direction; "" for an unknown one."""
    if not language:
        return Markup("<bdi>{}</bdi>").format(text)
    return Markup('<bdi lang="{}" dir="{}">{}</bdi>').format(language, direction_of(language), text)


def current_translations() -> NullTranslations:
    """Return the translations into the language that is spoken now."""
    return translations_into(spoken_language())


class SentenceDomain(Domain):  # type: ignore[misc]  # untyped
    """Translation domain whose sentences end with one period."""

    def gettext(self, string: str, **variables: Any) -> str:
        """Return a translated sentence with its values."""
        sentence = current_translations().gettext(string)
        return filled_sentence(sentence, variables) if variables else str(sentence)

    def ngettext(self, singular: str, plural: str, num: int, **variables: Any) -> str:
        """Return a translated sentence in the plural form of `num`, with its values."""
        return filled_sentence(current_translations().ngettext(singular, plural, num), {"num": num} | variables)


class SentenceBabel(Babel):  # type: ignore[misc]  # untyped
    """Flask-Babel with `SentenceDomain`."""

    @cached_property
    def domain_instance(self) -> Domain:
        """Return the translations of this app, which are read once: Flask-Babel looks for their files in each request."""
        return SentenceDomain(domain=self.domain)


@pass_context
def _gettext(context: Context, string: str, /, **values: Any) -> str:
    sentence, text = current_translations().gettext(string), _text_type(context)
    return filled_sentence(sentence, values, text) if values else _constant_sentence(sentence, text)


@pass_context
def _ngettext(context: Context, singular: str, plural: str, num: int, /, **values: Any) -> str:
    return filled_sentence(current_translations().ngettext(singular, plural, num), {"num": num} | values, _text_type(context))


@lru_cache(maxsize=4096)
def _constant_sentence(sentence: str, text: type[str]) -> str:
    """Return a sentence without values, cached: most of a page's sentences are those of every page."""
    return filled_sentence(sentence, {}, text)


def _text_type(context: Context) -> type[str]:
    """Return the type of sentences in a template: one that escapes their values if the template autoescapes, as Jinja does."""
    return Markup if context.eval_ctx.autoescape else str
