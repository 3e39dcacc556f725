"""Words by which the parts of a letter are told: salutations, closings, labels and dates, in several languages."""

import datetime as dt
import re
from contextlib import suppress
from functools import lru_cache

from babel import Locale

DATE_FORMATS = ("%B %d, %Y", "%d %B %Y", "%b %d, %Y", "%Y-%m-%d", "%d.%m.%Y")
_DATE_LANGUAGES = ("en", "es", "fr", "de", "pt", "it", "nl", "ar", "he")

SALUTATION = re.compile(
    r"(?:(?:My )?Dear|To whom it may concern|Honou?rable|Estimad[oa]s?|Querid[oa]s?|Distinguid[oa]s?|Muy señor(?:es)?|A quien|"
    r"(?:Sehr )?geehrte[rn]?|Liebe[rn]?|Ch[eè]re?s?|Madame|Monsieur|Mesdames|Messieurs|Prezad[oa]s?|Car[oa]s?|Geachte|Beste|"
    r"(?:ال)?سيد(?:ة|ات)?|السادة|معالي|سعادة|حضرة|فخامة|לכבוד|שלום)(?![\w-])[^\n]{0,200}?(?P<end>\s?[:,،!])?",
    re.IGNORECASE,
)
CLOSING = re.compile(
    r"(?:(?:Most |Very )?(?:respectfully|sincerely|cordially|truly)(?: (?:submitted|yours))?|very truly yours"
    r"|yours (?:very )?(?:sincerely|truly|faithfully)|with (?:\w+ )?(?:respect|thanks|appreciation)"
    r"|(?:best|kind|warm) regards|regards|in solidarity|signed|thank you"
    r"|(?:Muy )?atentamente|cordialmente|respetuosamente|(?:un )?saludos?(?: cordial(?:es)?)?"
    r"|(?:Nous vous prions|Je vous prie|Veuillez)[^\n]{5,200}(?:distinguée?s?|respectueux|respectueuses"
    r"|considération|sentiments)"
    r"|cordialement|respectueusement"
    r"|(?:bien )?(?:mit )?freundlichen? grü(?:ß|ss)en?|hochachtungsvoll"
    r"|mit (?:vorzüglicher )?hochachtung"
    r"|atenciosamente|respeitosamente|hoogachtend|met vriendelijke groet(?:en)?"
    r"|(?:و?تفضلوا بقبول|مع خالص|مع فائق|مع وافر|مع) ?(?:فائق )?(?:الاحترام|التقدير|الشكر)[^\n]{0,40}|בכבוד רב|בברכה)\s?[,.،]?",
    re.IGNORECASE,
)
VIA = re.compile(
    r"(?:(?:sent |delivered |transmitted )?(?:via|vía) \S.{0,150}"
    r"|(?:by|per|par|por|mit|بواسطة|عبر) (?:\w+ )?(?:e-?mail|electronic mail|hand|mail|fax|courier|"
    r"correo|courriel|post|البريد).{0,100})",
    re.IGNORECASE,
)
LABELS = {
    "re": r"re|subject|asunto|ref(?:erencia)?|objet|betreff|betr\.?|assunto|betreft|onderwerp|الموضوع|הנדון",
    "date": r"date|fecha|datum|data|التاريخ|תאריך",
    "to": r"to|para|à|an|إلى|אל",
    "sender": r"from|de|von|من|מאת",
    "cc": r"b?cc|c/c|copies?(?:\sto)?|con\scopia(?:\sa)?|copie\sà|kopien?(?:\san)?|verteiler|نسخة(?:\sإلى)?|העתקים?",
    "enclosure": r"encl?\.?|enclosures?|attachments?|anexos?|adjuntos?|pièces? jointes?|p\.\s?j\.?|anlagen?|"
    r"bijlagen?|المرفقات|נספחים",
}
_LABEL = re.compile(rf"(?:{'|'.join(f'(?P<{name}>{words})' for name, words in LABELS.items())})\s*[:：]\s*(?P<value>.*)", re.I)
_BARE_ENCLOSURE = re.compile(r"(?:encl\.|enclosures?|attachments?)(?:\s*\(\d+\))?", re.IGNORECASE)
ANNEX = re.compile(
    r"(?:appendix|annex|attachment|exhibit|anexo|apéndice|annexe|anhang|anlage|ملحق|נספח)\b.{0,150}", re.IGNORECASE
)
POSTAL_LINE = re.compile(r".*\b(?:[A-Z]{2} \d{5}(?:-\d{4})?|(?:[A-Z]-)?\d{4,5} [^\W\d]{3,}.*)")
TITLE_WORDS = re.compile(
    r"\b(?:president|vice|chair(?:man|woman|person)?|director|executive|officer|secretary|treasurer|manager|counsel|attorney|"
    r"coordinator|professor|dean|founder|head|partner|organizer|advocate|ceo|president[ea]|direct(?:or|ora|eur|rice)|"
    r"vorsitzende[r]?|geschäftsführer(?:in)?|secretari[oa]|abogad[oa])\b|رئيس|مدير",
    re.IGNORECASE,
)


def label_of(line: str) -> tuple[str, str]:
    """Return the part that a line is labeled as, a key of LABELS, and what follows the label; "" for none."""
    if _BARE_ENCLOSURE.fullmatch(line):
        return "enclosure", line
    if match := _LABEL.fullmatch(line):
        return next(name for name in LABELS if match[name]), match["value"].strip()
    return "", ""


def day_of(line: str) -> dt.date | None:
    """Return the day that a line says, if it says nothing else."""
    for form in DATE_FORMATS:
        with suppress(ValueError):
            return dt.datetime.strptime(line, form).replace(tzinfo=dt.UTC).date()
    if match := re.fullmatch(
        r"(?:le |el |den |am |في )?(\d{1,2})(?:\.|er|º|st|nd|rd|th)?,? "
        r"(?:de |of )?([^\W\d]+),? (?:de )?(\d{4})",
        line,
    ):
        month = _months().get(match[2].casefold())
        with suppress(ValueError):
            return dt.date(int(match[3]), month, int(match[1])) if month else None
    return None


def says_day(line: str) -> dt.date | None:
    """Return the day of a line that says a place before it, too: "Paris, le 3 mars 2027"."""
    if (day := day_of(line)) is not None:
        return day
    place, comma, rest = line.partition(", ")
    return day_of(rest) if comma and len(place) < 40 and not any(map(str.isdigit, place)) else None


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    """Return the numbers of months by their names in the languages of LABELS."""
    names = {
        name.casefold(): number
        for language in _DATE_LANGUAGES
        for number, name in Locale.parse(language).months["format"]["wide"].items()
    }
    levantine = "كانون_الثاني شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين_الأول تشرين_الثاني كانون_الأول".split()
    return names | {name: number for number, name in enumerate(levantine, start=1)}
