"""Code pages that programs save text in, and the letters of the languages that each is used for."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CodePage:
    """Code page: its name in Python, what people call it, and its languages, the most likely first.

    `doubt` counts against it where another one reads a text as well.
    """

    codec: str
    label: str
    languages: tuple[str, ...]
    doubt: float = 0.0


LETTERS: Mapping[str, str] = {
    "french": "àâæçèéêëîïôœùûü",
    "german": "äöüß",
    "spanish": "áéíñóúü¡¿",
    "portuguese": "áâãàçéêíóôõú",
    "italian": "àèéìòù",
    "nordic": "åäöæøéü",
    "catalan": "àçèéíïòóúü·",
    "dutch": "áéëïóöü",
    "icelandic": "áéíóúýþæöð",
    "irish": "áéíóú",
    "polish": "ąćęłńóśźż",
    "czech": "áčďéěíňóřšťúůýž",
    "slovak": "áäčďéíĺľňóôŕšťúýž",
    "hungarian": "áéíóöőúüű",
    "romanian": "ăâîșțşţ",
    "croatian": "čćđšž",
    "turkish": "çğıİöşüâîû",
    "baltic": "ąčęėįšųūžāēģīķļņõäöü",
    "greek": "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋΐΰ",
    "russian": "абвгдежзийклмнопрстуфхцчшщъыьэюяё",
    "ukrainian": "абвгдежзийклмнопрстуфхцчшщьюяєіїґў",
    "serbian": "абвгдежзијклљмнњопрстћуфхцчџшђѓќѕ",
    "hebrew": "אבגדהוזחטיךכלםמןנסעףפץצקרשת",
    "arabic": "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچژگـ\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652",
    "thai": "".join(map(chr, (*range(0xE01, 0xE3B), *range(0xE40, 0xE4F)))),
    "japanese": "日本東京都大阪市民会社団法人協環境保護学研究所国際連合組織山田川中村平和労働教育医療者太郎子代表理事長",
    "chinese": "的中国际人民会协环境保护北京上海市联合发展基金公司有限研究心大学院教育社区志愿服务工作组织王李张河流友明小",
    "taiwanese": "的中國際人民會協環境保護臺北市聯合發展基金公司有限研究心大學院教育社區志願服務工作組織王李張陳河流友明小",
    "korean": "",
}  # fmt: skip
"""Lower-case letters of each language beyond ASCII; of East Asian ones, characters that names of organizations often have."""

_WESTERN = ("french", "spanish", "german", "portuguese", "italian", "nordic", "catalan", "dutch", "icelandic", "irish")
_CENTRAL = ("polish", "czech", "slovak", "hungarian", "romanian", "croatian", "german")
_CYRILLIC = ("russian", "ukrainian", "serbian")

CODE_PAGES = (
    CodePage("cp1252", "Windows, Western European", _WESTERN),
    CodePage("cp1250", "Windows, Central European", _CENTRAL, 0.02),
    CodePage("cp1251", "Windows, Cyrillic", _CYRILLIC, 0.02),
    CodePage("cp1253", "Windows, Greek", ("greek",), 0.02),
    CodePage("iso8859-7", "ISO, Greek", ("greek",), 0.025),
    CodePage("cp1254", "Windows, Turkish", ("turkish", "german", "french"), 0.04),
    CodePage("cp1255", "Windows, Hebrew", ("hebrew",), 0.03),
    CodePage("cp1256", "Windows, Arabic", ("arabic", "french"), 0.03),
    CodePage("cp1257", "Windows, Baltic", ("baltic",), 0.06),
    CodePage("cp874", "Windows, Thai", ("thai",), 0.1),
    CodePage("mac-roman", "Mac, Western European", _WESTERN, 0.05),
    CodePage("mac-latin2", "Mac, Central European", _CENTRAL, 0.1),
    CodePage("mac-cyrillic", "Mac, Cyrillic", _CYRILLIC, 0.1),
    CodePage("cp850", "DOS, Western European", _WESTERN, 0.06),
    CodePage("cp852", "DOS, Central European", _CENTRAL, 0.1),
    CodePage("cp866", "DOS, Cyrillic", _CYRILLIC, 0.05),
    CodePage("iso8859-2", "ISO, Central European", _CENTRAL, 0.04),
    CodePage("iso8859-5", "ISO, Cyrillic", _CYRILLIC, 0.06),
    CodePage("koi8-u", "KOI8, Cyrillic", _CYRILLIC, 0.03),
    CodePage("cp932", "Shift-JIS, Japanese", ("japanese",), 0.05),
    CodePage("euc_jp", "EUC-JP, Japanese", ("japanese",), 0.06),
    CodePage("gb18030", "GB 18030, Chinese (simplified)", ("chinese",), 0.05),
    CodePage("cp950", "Big5, Chinese (traditional)", ("taiwanese",), 0.07),
    CodePage("cp949", "EUC-KR, Korean", ("korean",), 0.05),
)  # fmt: skip
UNICODE = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16 (big-endian)",
    "iso2022_jp": "ISO-2022-JP, Japanese",
}
ENCODING_LABELS: Mapping[str, str] = {**UNICODE, **{page.codec: page.label for page in CODE_PAGES}}
"""Encodings that a file can be read in, with what people call them."""
