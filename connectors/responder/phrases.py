"""The texts: which one is said in which language, and what stands in place of the braces."""

from __future__ import annotations

import re

from connectors.responder.values import ResponderSettings
from connectors.responder.words import BUILT_IN

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_NAMELESS = re.compile(r"[\s,،]*\{name\}")
_AT_START = re.compile(r"^[\s,،:.!]+")


def normal(language: str) -> str:
    """Return the code of a language as it is compared: `de_AT` is `de-at`."""
    return language.replace("_", "-").lower()


def best(settings: ResponderSettings, told: str) -> str:
    """Return the language of the bot that fits what a channel tells, "" for none."""
    code = normal(told)
    fitting = (code, code.partition("-")[0])
    exact = next((one for one in settings.languages if normal(one) in fitting), "")
    return exact or next((one for one in settings.languages if normal(one).partition("-")[0] == fitting[1]), "")


def language(settings: ResponderSettings, remembered: str) -> str:
    """Return the language to speak; settings may have changed since one was remembered."""
    return remembered if remembered in settings.languages else settings.language


def text(settings: ResponderSettings, language: str, key: str, **values: str) -> str:
    """Return the text of a key with its values; one without a name does without it."""
    own = settings.texts.get(key, {})
    built_in = BUILT_IN.get(language, BUILT_IN["en"]).texts
    return fill(own[language] if language in own else built_in[key], values)


def fill(found: str, values: dict[str, str]) -> str:
    """Put values in place of the braces. Where there is no name, the comma before it goes as well."""
    if "name" in values and not values["name"]:
        bare = _NAMELESS.sub("", found)
        if bare != found and found.lstrip().startswith("{name}"):
            bare = _AT_START.sub("", bare)
            bare = bare[:1].upper() + bare[1:]
        found = bare
    return PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), found).strip()
