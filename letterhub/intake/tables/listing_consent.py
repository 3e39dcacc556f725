"""Consent to be listed, as answered in a table: only a clear yes counts. See docs/design/tables-in.md."""

import re
import unicodedata
from dataclasses import dataclass

from letterhub.domain.i18n import _
from letterhub.intake.tables.column_synonyms import normalize_heading

_LONGEST_QUOTE = 60
_CHECK_MARKS = frozenset("✓✔✅☑🗸🗹\ufe0f")
_YES = frozenset(
    normalize_heading(word)
    for word in "y|true|1|x|checked|agree|agreed|wahr|vrai|verdadero|verdadeiro|vero|نعم|כן|はい|是|예|네".split("|")
)
_NO = frozenset(
    normalize_heading(word)
    for word in (
        "no|n|false|0|non|nein|nao|nie|declined|falsch|faux|falso|no thanks|no thank you|لا|לא|いいえ|否|아니요".split("|")
    )
)
_YES_PHRASES = re.compile(
    r"(?:yes|ok|okay|oui|si|ja|sim|tak|(?:i am|i m|we are) authori[sz]ed to sign|"
    r"(?:by (?:checking|ticking) this box )?(?:i|we) (?:hereby )?(?:agree|consent|confirm|certify)|"
    r"j accepte|d accord|acepto|de acuerdo|estoy de acuerdo|einverstanden|ich stimme zu|aceito|concordo|accetto|zgadzam sie)\b"
)
_DOUBTFUL_WORDS = re.compile(
    r"\b(?:"
    r"n|t|no|not|none|nope|nor|never|dont|cannot|but|however|though|although|only|unless|until|if|once|when|while|before|after|"
    r"except|without|wait|hold|pending|subject|provided|depends|maybe|perhaps|possibly|probably|later|rather|off|out|omit|stop|"
    r"deny|denies|denied|secret|secretly|"
    r"nein|nicht|kein|keine|keinen|keiner|keinem|keinerlei|nie|aber|nur|wenn|falls|sofern|ohne|erst|"
    r"non(?! (?:profit|govern|gouvern))|ne|pas|mais|sauf|si|seulement|sans|jamais|pero|solo|sin|excepto|nunca|todavia|"
    r"nao|mas|se|sem|apenas|exceto|ma|senza|tranne|mai|ale|tylko|bez|jesli"
    r")\b|\b(?:anonym|pseudonym|privat|confiden|undisclos|withh|withdr|remov|hid|delet|unlist|delist|exclu|declin|refus|"
    r"disagree|disallow|object|oppos|reject|revo[ck]|forbid|prohib|unwilling|"
    r"verweiger|ablehn|abgelehnt|widerruf|widerspr|vertraulich|geheim|rechaz|rifiut|recus|odm[ao]w)\w*"
)
"""Words that make a yes a question for staff: "Yes, but not publicly", "Oui, sauf le logo".

A word too many costs a look; one too few lists somebody who said no. In a heading, "I do not consent", they turn a yes into a
no: no answer there counts.
"""
_YES_NO_SUFFIX = re.compile(r"\b(?:yes (?:or )?no|y n|oui (?:ou )?non|ja (?:oder )?nein|si (?:o )?no)$")


@dataclass(frozen=True, slots=True)
class ConsentColumn:
    """A column that asks for consent: its position, its heading, and the word in it that may turn a yes into a no."""

    at: int
    heading: str
    doubt: str

    def problem_with(self, answer: str) -> str:
        """Return why an answer does not let its row be listed, as a sentence in lower case; "" if it is a clear yes."""
        if not self.doubt:
            return consent_problem(answer)
        quoted_answer = f"“{_shortened_answer(answer)}”" if answer.strip() else _("an empty cell")
        return _(
            "the heading contains “%(word)s”, so it is not clear what %(answer)s means, and this row is left "
            "out. If yes there means that the row may be listed, rename the column “Consent”.",
            word=self.doubt,
            answer=quoted_answer,
        )


def doubtful_word(heading: str) -> str:
    """Return the word of a heading that may turn a yes below it into a no; "" if there is none."""
    match = _DOUBTFUL_WORDS.search(_YES_NO_SUFFIX.sub("", normalize_heading(heading)))
    word = match.group() if match else ""
    return "not" if word == "t" else word  # "don’t" without punctuation is "don t"


def answers_yes(answer: str) -> bool:
    """Return whether an answer is a clear yes."""
    return bool(answer.strip()) and not consent_problem(answer)


def answers_no(answer: str) -> bool:
    """Return whether an answer is a plain no, and nothing more."""
    return normalize_heading(answer) in _NO


def consent_problem(answer: str) -> str:
    """Return why an answer does not let its row be listed, as a sentence in lower case; "" if it is a clear yes."""
    if not answer.strip():
        return _("there is no answer, so this row is left out. Write yes there if the row may be listed.")
    words = "".join(character for character in answer if character not in _CHECK_MARKS)
    normalized = normalize_heading(words)
    opening = _YES_PHRASES.match(normalized)
    opens_with_plain_yes = opening is not None and not _DOUBTFUL_WORDS.search(normalized, opening.end())
    says_yes = normalized in _YES or opens_with_plain_yes
    # A question mark or a pictograph, such as a cross behind a yes, makes an answer none.
    is_plain = not any(character in "?¿؟？" or unicodedata.category(character) == "So" for character in words)
    if not words.strip() or (says_yes and is_plain):
        return ""
    if normalized in _NO and is_plain:
        return _("the answer is no, so this row is not to be listed.")
    return _(
        "the answer “%(answer)s” is not a clear yes, so this row is left out. Write yes there if the row may be listed.",
        answer=_shortened_answer(answer),
    )


def _shortened_answer(answer: str) -> str:
    return answer if len(answer) <= _LONGEST_QUOTE else f"{answer[:_LONGEST_QUOTE]}…"
