"""Fixed strings printed on a letter beside its own text, per language."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DocumentStrings:
    """Labels of one language. `signatories`, `organizations`, `individuals` and `others` (addressees beside the named one) are
    singular and plural, or the forms for one, few and many, with `{count}` where the number is not before the noun;
    `both_kinds` joins the two counts of a list that has both.

    `quotes` opens and closes, outer then inner.
    """

    re: str = "Re:"
    cc: str = "cc:"
    notes: str = "Notes"
    note: str = "Note"
    table: str = "Table"
    figure: str = "Figure"
    enclosures: str = "Enclosures:"
    links: str = "Links"
    back: str = "Back to the text"
    continued: str = "{heading} (continued)"
    page: str = "Page"
    of: str = "of"
    edition: str = "Edition"
    as_of: str = "as of"
    check: str = "Compare any copy with the original at"
    code: str = "QR code for this edition’s check page"
    number: str = "number"
    draft: str = "Draft, not delivered"
    others: tuple[str, str] = ("{name} and {count} other", "{name} and {count} others")
    more: str = "and {count} more"
    whole: str = "The full letter with all its signatories"
    signatories: tuple[str, ...] = ("signatory", "signatories")
    organizations: tuple[str, ...] = ("organization", "organizations")
    individuals: tuple[str, ...] = ("individual", "individuals")
    both_kinds: str = "{organizations} and {individuals}"
    identification: str = "Affiliations of individuals are listed for identification purposes only."
    signature: str = "Signature of {name}"
    quotes: tuple[str, str, str, str] | None = ("“", "”", "‘", "’")
    headings: Mapping[str, str] = field(
        default_factory=lambda: {
            "lead": "Led by",
            "rest": "Joined by",
            "international": "International organizations",
            "national": "National organizations",
            "state": "State organizations",
            "local": "Local organizations",
            "organization": "Organizations",
            "individual": "Individuals",
            "other": "Other organizations",
        }
    )


def section_headings(line: str) -> Mapping[str, str]:
    """Return the headings of a list's sections by name, from all of them in one line, separated by " | "."""
    names = ("lead", "rest", "international", "national", "state", "local", "organization", "individual", "other")
    return dict(zip(names, line.split(" | "), strict=True))


ENGLISH = DocumentStrings()
STRINGS_BY_LANGUAGE: Mapping[str, DocumentStrings] = {
    "en": ENGLISH,
    "es": DocumentStrings(
        re="Asunto:",
        cc="c. c.:",
        notes="Notas",
        note="Nota",
        table="Tabla",
        figure="Figura",
        signature="Firma de {name}",
        enclosures="Anexos:",
        links="Enlaces",
        back="Volver al texto",
        continued="{heading} (continuación)",
        page="Página",
        of="de",
        edition="Edición",
        as_of="a fecha de",
        check="Compare cualquier copia con el original en",
        code="Código que lleva a la página de comprobación de esta edición",
        more="y {count} más",
        whole="La carta completa con todos sus firmantes",
        number="número",
        draft="Borrador, no entregado",
        others=("{name} y {count} más", "{name} y {count} más"),
        identification="La afiliación de las personas se indica solo a efectos de identificación.",
        signatories=("firmante", "firmantes"),
        organizations=("organización", "organizaciones"),
        individuals=("persona", "personas"),
        both_kinds="{organizations} y {individuals}",
        headings=section_headings(
            "Encabezan | Se suman | Organizaciones internacionales | Organizaciones nacionales | Organizaciones estatales"
            " | Organizaciones locales | Organizaciones | Personas | Otras organizaciones"
        ),
    ),
    "fr": DocumentStrings(
        re="Objet :",
        cc="Copie :",
        notes="Notes",
        note="Note",
        table="Tableau",
        figure="Figure",
        signature="Signature de {name}",
        enclosures="P. j. :",
        links="Liens",
        back="Retour au texte",
        continued="{heading} (suite)",
        page="Page",
        of="sur",
        edition="Édition",
        as_of="au",
        check="Comparez toute copie avec l’original sur",
        code="Code qui mène à la page de vérification de cette édition",
        more="et {count} autres",
        whole="La lettre entière avec tous ses signataires",
        number="nombre",
        draft="Brouillon, non remis",
        others=("{name} et {count} autre", "{name} et {count} autres"),
        identification="L’affiliation des personnes n’est donnée qu’à titre d’identification.",
        signatories=("signataire", "signataires"),
        organizations=("organisation", "organisations"),
        individuals=("personne", "personnes"),
        both_kinds="{organizations} et {individuals}",
        quotes=("«\u00a0", "\u00a0»", "“", "”"),
        headings=section_headings(
            "À l’initiative de | Avec | Organisations internationales | Organisations nationales | Organisations régionales"
            " | Organisations locales | Organisations | Personnes | Autres organisations"
        ),
    ),
    "de": DocumentStrings(
        re="Betreff:",
        cc="Kopie:",
        notes="Anmerkungen",
        note="Anmerkung",
        table="Tabelle",
        figure="Abbildung",
        signature="Unterschrift von {name}",
        enclosures="Anlagen:",
        links="Links",
        back="Zurück zum Text",
        continued="{heading} (Fortsetzung)",
        page="Seite",
        of="von",
        edition="Ausgabe",
        as_of="Stand",
        check="Jede Kopie lässt sich mit dem Original vergleichen unter",
        code="Code, der zur Prüfseite dieser Ausgabe führt",
        more="und {count} weitere",
        whole="Der ganze Brief mit allen Unterzeichnenden",
        number="Anzahl",
        draft="Entwurf, nicht übergeben",
        others=("{name} u. a.", "{name} u. a."),
        identification="Die Zugehörigkeit von Einzelpersonen dient nur der Kenntlichmachung.",
        signatories=("Unterzeichner", "Unterzeichnende"),
        organizations=("Organisation", "Organisationen"),
        individuals=("Einzelperson", "Einzelpersonen"),
        both_kinds="{organizations} und {individuals}",
        quotes=("„", "“", "‚", "‘"),
        headings=section_headings(
            "Federführend | Außerdem | Internationale Organisationen | Nationale Organisationen | Landesorganisationen"
            " | Lokale Organisationen | Organisationen | Einzelpersonen | Weitere Organisationen"
        ),
    ),
    "pt": DocumentStrings(
        re="Assunto:",
        cc="c/c:",
        notes="Notas",
        note="Nota",
        table="Tabela",
        figure="Figura",
        signature="Assinatura de {name}",
        enclosures="Anexos:",
        links="Ligações",
        back="Voltar ao texto",
        continued="{heading} (continuação)",
        page="Página",
        of="de",
        edition="Edição",
        as_of="em",
        check="Compare qualquer cópia com o original em",
        code="Código que leva à página de verificação desta edição",
        more="e mais {count}",
        whole="A carta completa com todos os signatários",
        number="número",
        draft="Rascunho, não entregue",
        others=("{name} e mais {count}", "{name} e mais {count}"),
        identification="A afiliação das pessoas é indicada apenas para identificação.",
        signatories=("signatário", "signatários"),
        organizations=("organização", "organizações"),
        individuals=("pessoa", "pessoas"),
        both_kinds="{organizations} e {individuals}",
        headings=section_headings(
            "À frente | Também assinam | Organizações internacionais | Organizações nacionais | Organizações estaduais"
            " | Organizações locais | Organizações | Pessoas | Outras organizações"
        ),
    ),
    "ar": DocumentStrings(
        re="الموضوع:",
        cc="نسخة إلى:",
        notes="الحواشي",
        note="حاشية",
        table="جدول",
        figure="شكل",
        signature="توقيع {name}",
        enclosures="المرفقات:",
        links="الروابط",
        back="العودة إلى النص",
        continued="{heading} (تابع)",
        page="صفحة",
        of="من",
        edition="الإصدار",
        as_of="بتاريخ",
        check="قارن أي نسخة بالأصل على",
        code="رمز يقود إلى صفحة التحقق من هذا الإصدار",
        more="و{count} غيرهم",
        whole="الرسالة كاملة مع جميع الموقّعين",
        number="العدد",
        draft="مسودة لم تُسلَّم",
        others=("{name} وجهة أخرى", "{name} و{count} غيره"),
        identification="تُذكر جهات انتماء الأفراد للتعريف فقط.",
        signatories=("من الموقّعين", "من الموقّعين"),
        organizations=("من المنظمات", "من المنظمات"),
        individuals=("من الأفراد", "من الأفراد"),
        both_kinds="{organizations} و{individuals}",
        quotes=("«", "»", "“", "”"),
        headings=section_headings(
            "بمبادرة من | بمشاركة | منظمات دولية | منظمات وطنية | منظمات الولايات | منظمات محلية | منظمات | أفراد | منظمات أخرى"
        ),
    ),
    "he": DocumentStrings(
        re="הנדון:",
        cc="העתק:",
        notes="הערות",
        note="הערה",
        table="טבלה",
        figure="איור",
        signature="חתימת {name}",
        enclosures="נספחים:",
        links="קישורים",
        back="חזרה לטקסט",
        continued="{heading} (המשך)",
        page="עמוד",
        of="מתוך",
        edition="מהדורה",
        as_of="נכון ליום",
        check="ניתן להשוות כל עותק למקור בכתובת",
        code="קוד המוביל לדף הבדיקה של מהדורה זו",
        more="ועוד {count}",
        whole="המכתב המלא עם כל החותמים",
        number="מספר",
        draft="טיוטה, לא נמסרה",
        others=("{name} ועוד {count}", "{name} ועוד {count}"),
        identification="השתייכותם של יחידים מצוינת לצורך זיהוי בלבד.",
        signatories=("חותם", "חותמים"),
        organizations=("ארגון", "ארגונים"),
        individuals=("אדם פרטי", "אנשים פרטיים"),
        both_kinds="{organizations} ו-{individuals}",
        quotes=None,
        headings=section_headings(
            "ביוזמת | בהצטרפות | ארגונים בינלאומיים | ארגונים ארציים | ארגונים מדינתיים | ארגונים מקומיים | ארגונים | יחידים"
            " | ארגונים נוספים"
        ),
    ),
    "ja": DocumentStrings(
        re="件名：",
        cc="写し：",
        notes="注",
        note="注",
        table="表",
        figure="図",
        signature="{name}の署名",
        enclosures="添付資料:",
        links="リンク",
        back="本文に戻る",
        continued="{heading}（続き）",
        page="ページ",
        of="/",
        edition="版",
        as_of="基準日",
        check="写しは次の原本と照合できます",
        code="この版の確認ページを開くコード",
        more="ほか{count}名",
        whole="全賛同者を含む書簡の全文",
        number="数",
        draft="草案（未提出）",
        others=("{name}ほか{count}名", "{name}ほか{count}名"),
        identification="個人の所属は本人確認のために記載しています。",
        signatories=("名の賛同者", "名の賛同者"),
        organizations=("団体", "団体"),
        individuals=("名の個人", "名の個人"),
        both_kinds="{organizations}、{individuals}",
        quotes=None,
        headings=section_headings("呼びかけ | 賛同 | 国際団体 | 全国団体 | 州の団体 | 地域団体 | 団体 | 個人 | その他の団体"),
    ),
}
