"""Synonyms of column headings: what forms, lists and people call the fields that we read. See docs/design/tables-in.md."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from letterhub.domain.unicode import normalize_unicode

_SYNONYMS: Mapping[str, str] = {
    "organization": """organization; organisation; organization name; organisation name; name of organization;
        name of organisation; name of your organization; name of your organisation; your organization;
        your organisation; your organization name; your organization s name; organization s name; org; org name;
        organization or group; group; group name; name of group; company; institution; employer; association;
        nom de l organisation; nom de l organization; nom de l association; nombre de la organizacion; organizacion;
        organizacao; nome da organizacao; name der organisation; verein; organizzazione; organizacja;
        organisationsname; einrichtung; verband; initiative; structure; nom de la structure; organisme;
        nom de l organisme; collectif; entreprise; entidad; nombre de la entidad; asociacion;
        nombre de la asociacion; colectivo; institucion; empresa; razon social; entidade; nome da entidade;
        associacao; instituicao; coletivo; associazione; ente; nome dell organizzazione; organisatie;
        naam organisatie; naam van de organisatie; vereniging; stichting; nazwa organizacji; stowarzyszenie;
        fundacja; organisationens namn; förening; организация; название организации; організація; назва організації;
        المنظمة; اسم المنظمة; الجمعية; اسم الجمعية; المؤسسة; اسم المؤسسة; ארגון; שם הארגון; עמותה; שם העמותה; 団体;
        団体名; 組織; 組織名; 法人名; 组织; 组织名称; 组织名; 机构; 机构名称; 組織名稱; 機構; 機構名稱; 단체; 단체명;
        기관; 기관명""",
    "signer_name": """signer name; signer; signatory; signatory name; signed by; full name; your full name;
        first and last name; first last name; signer full name; signer first and last name; signer first last name;
        signer s name; signatory s name; full name of signer; full name of signatory; contact name; contact;
        contact person; representative; name of authorized signer; name of signer; name of signatory;
        authorized signer; authorized representative; your name; signataire; nom du signataire; nom complet;
        nom et prenom; firmante; nombre completo; nombre del firmante; nome completo; unterzeichner; unterzeichnerin;
        vor und nachname; nombre y apellidos; nombre y apellido; nombre del representante;
        nombre y apellidos del firmante; signatario; nome do signatario; assinante; nome e cognome; firmatario;
        volledige naam; ondertekenaar; imie i nazwisko; фио; піб; الاسم الكامل; الاسم واللقب; שם מלא; שם החותם; חותם;
        氏名; お名前; 署名者; 署名者名; 代表者名; 代表者氏名; 姓名; 签署人; 簽署人; 성명; 서명자""",
    "signer_title": """signer title; title; job title; title of authorized signer; title of signer; signatory title;
        position; role; your title; your position; title or position; title position; title role; job title role;
        role title; signer s title; signer position; title of signatory; fonction; poste; titre; cargo; puesto;
        funktion; position title; title of the signer; qualite; titulo; funcion; funcao; carica; ruolo; qualifica;
        functie; stanowisko; funkcja; befattning; titel; должность; посада; الصفة; المنصب; الوظيفة; المسمى الوظيفي;
        תפקיד; תואר; 役職; 役職名; 肩書; 肩書き; 職名; 职务; 职位; 職務; 職位; 직함; 직위; 직책""",
    "email": """email; e mail; email address; e mail address; contact email; your email; signer email; mail;
        adresse e mail; adresse email; courriel; correo electronico; correo; e mail adresse; adresse mail;
        direccion de correo electronico; endereco de e mail; indirizzo e mail; e mailadres; adres e mail; e post;
        e postadress; электронная почта; эл почта; електронна пошта; البريد الإلكتروني; البريد الالكتروني; الإيميل;
        דואר אלקטרוני; דוא ל; אימייל; מייל; メール; メールアドレス; eメール; 电子邮件; 邮箱; 電子郵件; 이메일""",
    "location": """location; place; city state; city and state; city and state country; city state country;
        city country; ort; wohnort; lieu; lugar; ubicacion; luogo; plaats; woonplaats; miejscowosc; 所在地""",
    "kind": """kind; signatory kind; kind of signatory; type of signatory; signatory type; type of signer;
        signer type; organization or individual; individual or organization; organization individual;
        individual organization; sign as; signing as; signed as; i am signing as;
        are you signing as an organization or an individual; are you signing as an individual or an organization;
        are you signing for an organization or as an individual;
        are you signing as an individual or on behalf of an organization""",
    "website": """website; url; web site; organization website; organisation website; site; web; homepage; link;
        site web; site internet; your website; website of your organization; sitio web; pagina web; webseite;
        internetseite; website url; sito; sito web; sito internet; strona internetowa; webbplats; сайт; вебсайт;
        الموقع الإلكتروني; الموقع الالكتروني; אתר; אתר אינטרנט; ウェブサイト; ホームページ; サイト; 网站; 網站;
        웹사이트""",
    "section": "section; scope; national state or local; reach; level",
    "lead": "lead; lead organization; leads; leading",
    "lead_order": "lead_order; place among the leads; order of leads; lead order; lead number",
    "sort_name": "sort name; sorted as; sort as; sort; sort by; alphabetize as; sort key",
    "affiliation": """affiliation; affiliation for identification purposes only; affiliation for identification;
        organizational affiliation; organisational affiliation; institutional affiliation; 所属""",
    "logo": "logo; logo file",
    "signature_picture": "signature_picture; signature picture; signature image; signature file; scanned signature",
    "first_name": """first name; signer first name; your first name; given name; firstname; prenom; vorname;
        primer nombre; nombre de pila; primeiro nome; nome proprio; voornaam; imie; förnamn; имя; імя; ім я;
        الاسم الأول; שם פרטי""",
    "last_name": """last name; signer last name; your last name; family name; surname; lastname; nom de famille;
        nachname; apellido; apellidos; ultimo nome; sobrenome; cognome; achternaam; nazwisko; efternamn; фамилия;
        прізвище; اسم العائلة; الكنية; שם משפחה""",
    "prefix": "prefix; name prefix; honorific; courtesy title; anrede; civilite",
    "middle_name": "middle name; middle initial; second name; middle names; middle; m i; mi",
    "suffix": "suffix; name suffix",
    "phone": """phone; phone number; telephone; telephone number; tel; mobile; mobile phone; cell phone; cell;
        telefon; telefono; telefone; numero de telephone; contact phone; work phone; телефон; الهاتف; رقم الهاتف;
        טלפון; מספר טלפון; 電話; 電話番号; 电话; 電話號碼; 전화번호""",
    "tags": "tags; tag; labels; can2 user tags",
    "owner": "owner; assigned to; point person; our contact",
    "city": """can2 user city; city; town; city town; city or town; ville; ciudad; cidade; stadt; commune; citta;
        comune; stad; miasto; город; місто; المدينة; עיר; ישוב; יישוב; 市区町村; 市町村; 城市; 도시""",
    "state": """can2 user state; state; province; state province; state or province; state territory;
        state or territory; bundesland; kanton; departement; provincia; estado; uf; distrito; provincie; wojewodztwo;
        都道府県; 省份""",
    "country": """country; pays; pais; land; paese; kraj; страна; країна; البلد; الدولة; מדינה; ארץ; 国; 国名; 国家;
        國家; 국가""",
    "name": "name; nom; nombre; nome; naam; namn; الاسم; שם; 名前; 이름",
    "remark": """anything else; anything else to add; comment; comments; additional comments; questions or comments;
        message; note; notes; remark; remarks; removal; removals; commentaire; commentaires; comentarios; bemerkung;
        bemerkungen""",
}
_IGNORED = frozenset(
    re.sub(
        r"\s+",
        " ",
        """timestamp; id; uuid; start time; completion time; last modified time; horodateur; zeitstempel; marca temporal;
        submission date; submission id; submitted at; created; created at; created time; date; date signed; signed at; status of
        submission; response id; respondent id; ip address; zip; zip code; postal code; postcode; address; street address; can2
        user address; county; can2 subscription status; can2 sms status; can2 subscription date; member rating; optin time;
        optin ip; confirm time; confirm ip; latitude; longitude; gmtoff; dstoff; timezone; cc; region; last changed; leid; euid;
        attachments; referrer; source; language; user agent; status; next step;
        next step on; signed version; asked version; reply; notice sent""",
    ).split("; ")
)
"""Headings of columns that no letter prints: nobody is asked about them."""
_NAME_PARTS: Mapping[str, str] = {"first": "first_name", "last": "last_name", "名": "first_name", "姓": "last_name"}
_NEVER_PRINTED = frozenset({"email", "remark", "sort_name", "phone", "tags", "owner"})
_CONTACT_HEADINGS = frozenset({"contact name", "contact", "contact person", "representative"})
_FOR_IDENTIFICATION = re.compile(r"for identification(?: purposes)?(?: only)?")
_CONSENT = re.compile(
    r"\b(?:permissions?|consents?|(?:may|can) we (?:publicly )?(?:list|name|publish|include)|ok(?:ay)? to list|"
    r"(?:agree|want|wish|like|willing|happy|okay) to be (?:publicly )?(?:listed|named)|authori[sz]ed to sign|"
    r"authori[sz](?:e|ation)|(?:will|would|does|do|shall|should|could|can|may) (?:you|we|your|the)\b.*"
    r"\b(?:sign|add(?:ed)?|list(?:ed)?|includ(?:ed?|ing)|publish(?:ed)?|display(?:ed)?|appear)|"
    r"(?:not|cannot|never|t) (?:to )?(?:be )?(?:publicly )?(?:list(?:ed)?|named|publish(?:ed)?|included?)|"
    r"(?:object|oppose|opposed) to (?:be|being) (?:publicly )?(?:listed|named)|(?:remain|stay|be|sign) anonymous(?:ly)?|"
    r"einwilligung|zustimmung|einverstanden|erlaubnis|autorisation|consentement|autorizacion|consentimiento|permiso|"
    r"autorizacao|consentimento|permissao|autorizzazione|consenso|permesso|zgoda)\b"
)
_OTHER_CONSENT = re.compile(
    r"\b(?:contact(?:ed|ing)?|e ?mails?|newsletters?|mailings?|updates?|news|sms|text messages?|receive|logos?|photos?)\b"
)
_LISTING = re.compile(
    r"\b(?:listed|listing|(?<!mailing )(?<!mail )list|sign(?:ed|ing|er|atory|atories)?|named?|names|publicly)\b"
)
_PERSON = r"(?:person|people|individual|signer|signatory|representative|officer|whoever|who)"
_SIGNER_DETAILS = re.compile(
    rf"(?:(?:full |printed )?(?:name|title|position|role|e ?mail|phone|signature)(?: address| number)?(?: and \w+)* of "
    rf"(?:the |your |an? )?{_PERSON}\b|{_PERSON}\b.* authori[sz]ed to sign\b)"
)


_EXPLANATION_START = re.compile(r"[(\[:,—\n]|\s[-–—]\s")
_ANSWER_ADVICE = re.compile(
    r"(?:e?s$|as (?:it|you|they|we|the|shown|listed|printed|written|signed)|exactly as|how (?:it|you)|e g|eg|ex|i e|"
    r"for example|example|such as|like|optional|required|mandatory|please|"
    r"if (?:any|applicable|available|relevant|different|you have one)|full|in full|complete|official|legal|spelled out|"
    r"spell out|or|"
    r"(?:your )?first (?:name )?(?:and )?last(?: name)?|max|maximum|up to)\b"
)
_ABBREVIATION_ADVICE = re.compile(r"\b(?:do not|don t|no|without|avoid) (?:use )?(?:acronyms?|abbreviat\w*)")
_PRIVACY_WORDS = re.compile(
    r"\b(?:not|never|t|nobody|nowhere|privat\w*|intern\w*|confiden\w*|only|hid\w*|secret\w*|anonym\w*|withh\w*|staff|office|"
    r"records?|contact\w*|reach|follow|verif\w*|tick|check|box|allow|agree|opt|consent|permission)\b"
)
"""Words that show that a heading asks for data not to be printed, or for consent: such a column is not used, with a note."""


def normalize_heading(heading: str) -> str:
    """Return a heading without case, accents and punctuation: "E-mail  Address*" is "e mail address"."""
    letters = normalize_unicode("NFKD", heading).casefold()
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[\W_]+", " ", letters).strip()


_FIELD_BY_HEADING = {
    normalize_heading(heading): field for field, headings in _SYNONYMS.items() for heading in headings.split(";")
}


def match_fields(header: Sequence[str]) -> tuple[str, ...]:
    """Return the field that each heading names, "" for none; `permission` asks whether the row may be listed.

    "First" and "Last", 名 and 姓, name a field only beside each other.
    """
    fields = [_match_field(heading) for heading in header]
    name_parts = {
        normalized: at for at, heading in enumerate(header) if (normalized := normalize_heading(heading)) in _NAME_PARTS
    }
    matched = {*fields, *(_NAME_PARTS[normalized] for normalized in name_parts)}
    if matched >= {"first_name", "last_name"}:
        for normalized, at in name_parts.items():
            fields[at] = _NAME_PARTS[normalized]
    return tuple(fields)


def is_known_heading(heading: str) -> bool:
    """Return whether a heading needs no question: it names a field, or something that nothing is read from."""
    return not heading.strip() or bool(_match_field(heading)) or normalize_heading(heading) in _IGNORED


def heading_rank(heading: str) -> int:
    """Return 0, or 1 for a bare "Name" and 2 for a contact person: of two headings for one field, the lower one is read."""
    if is_contact_heading(heading):
        return 2
    return int(_FIELD_BY_HEADING.get(normalize_heading(heading)) == "name")


def is_contact_heading(heading: str) -> bool:
    """Return whether a heading names a contact person: often, and not always, the signer."""
    return normalize_heading(heading) in _CONTACT_HEADINGS


def _match_field(heading: str) -> str:
    """Return the field of a heading; any question whether the row may be listed is `permission`.

    Advice on how to answer is ignored: "Organization (as it should appear)".
    """
    normalized = normalize_heading(heading)
    if normalized in _FIELD_BY_HEADING:
        return _FIELD_BY_HEADING[normalized]
    if _asks_for_consent(normalized):
        return "permission"
    name, *asides = _EXPLANATION_START.split(heading, maxsplit=1)
    field, aside = _FIELD_BY_HEADING.get(normalize_heading(name), ""), "".join(asides)
    explanation = normalize_heading(aside)
    if field in ("organization", "affiliation", "signer_title") and _FOR_IDENTIFICATION.fullmatch(explanation):
        return "signer_title" if field == "signer_title" else "affiliation"
    advice = _ABBREVIATION_ADVICE.sub("please", explanation)
    is_advice = "?" not in aside and _ANSWER_ADVICE.match(advice) and not _PRIVACY_WORDS.search(advice)
    return field if field in _NEVER_PRINTED or is_advice else ""


def _asks_for_consent(normalized: str) -> bool:
    """Return whether a normalized heading asks for consent to be listed, not only for details or to be contacted."""
    if not _CONSENT.search(normalized) or _SIGNER_DETAILS.match(normalized):
        return False
    return _LISTING.search(normalized) is not None or not _OTHER_CONSENT.search(normalized)
