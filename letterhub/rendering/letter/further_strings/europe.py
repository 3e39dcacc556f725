"""Fixed strings printed on a letter, in further languages of Europe; layout 1 printed them in English."""

from collections.abc import Mapping

from letterhub.rendering.letter.document_strings import DocumentStrings, section_headings

STRINGS_OF_EUROPE: Mapping[str, DocumentStrings] = {
    "it": DocumentStrings(
        figure="Figura", enclosures="Allegati:", links="Link", signature="Firma di {name}",
        re="Oggetto:", cc="p.c.:", notes="Note", note="Nota", table="Tabella", back="Torna al testo",
        continued="{heading} (segue)", page="Pagina", of="di", edition="Edizione", as_of="al", number="numero",
        check="Confronta ogni copia con l’originale su", code="Codice che porta alla pagina di verifica di questa edizione",
        draft="Bozza, non consegnata", others=("{name} e un altro", "{name} e altri {count}"), more="e altri {count}",
        whole="La lettera completa con tutti i firmatari", signatories=("firmatario", "firmatari"),
        organizations=("organizzazione", "organizzazioni"), individuals=("persona", "persone"),
        both_kinds="{organizations} e {individuals}",
        identification="L’appartenenza delle persone è indicata solo a fini identificativi.",
        headings=section_headings(
            "Promossa da | Con l’adesione di | Organizzazioni internazionali | Organizzazioni nazionali"
            " | Organizzazioni regionali | Organizzazioni locali | Organizzazioni | Persone | Altre organizzazioni"
        ),
    ),
    "nl": DocumentStrings(
        figure="Figuur", enclosures="Bijlagen:", links="Koppelingen", signature="Handtekening van {name}",
        re="Betreft:", cc="Kopie:", notes="Noten", note="Noot", table="Tabel", back="Terug naar de tekst",
        continued="{heading} (vervolg)", page="Pagina", of="van", edition="Editie", as_of="per", number="aantal",
        check="Vergelijk elke kopie met het origineel op", code="Code naar de controlepagina van deze editie",
        draft="Concept, niet overhandigd", others=("{name} en nog {count}", "{name} en nog {count}"), more="en nog {count}",
        whole="De volledige brief met alle ondertekenaars", signatories=("ondertekenaar", "ondertekenaars"),
        organizations=("organisatie", "organisaties"), individuals=("persoon", "personen"),
        both_kinds="{organizations} en {individuals}",
        identification="De organisaties van personen zijn alleen ter identificatie vermeld.",
        headings=section_headings(
            "Op initiatief van | Mede namens | Internationale organisaties | Landelijke organisaties | Regionale organisaties"
            " | Lokale organisaties | Organisaties | Personen | Overige organisaties"
        ),
    ),
    "sv": DocumentStrings(
        figure="Figur", enclosures="Bilagor:", links="Länkar", signature="Underskrift av {name}",
        re="Angående:", cc="Kopia:", notes="Noter", note="Not", table="Tabell", back="Tillbaka till texten",
        continued="{heading} (forts.)", page="Sida", of="av", edition="Utgåva", as_of="per", number="antal",
        check="Jämför varje kopia med originalet på", code="Kod till kontrollsidan för denna utgåva",
        draft="Utkast, ej överlämnat", others=("{name} och {count} till", "{name} och {count} till"), more="och {count} till",
        whole="Hela brevet med alla undertecknare", signatories=("undertecknare", "undertecknare"),
        organizations=("organisation", "organisationer"), individuals=("person", "personer"),
        both_kinds="{organizations} och {individuals}", quotes=("”", "”", "’", "’"),
        identification="Personers tillhörighet anges endast för identifiering.",
        headings=section_headings(
            "På initiativ av | Med stöd av | Internationella organisationer | Nationella organisationer"
            " | Regionala organisationer | Lokala organisationer | Organisationer | Personer | Övriga organisationer"
        ),
    ),
    "pl": DocumentStrings(
        figure="Rysunek", enclosures="Załączniki:", links="Odnośniki", signature="Podpis: {name}",
        re="Dotyczy:", cc="Do wiadomości:", notes="Przypisy", note="Przypis", table="Tabela", back="Powrót do tekstu",
        continued="{heading} (cd.)", page="Strona", of="z", edition="Wydanie", as_of="stan na", number="liczba",
        check="Każdą kopię można porównać z oryginałem na", code="Kod prowadzący do strony weryfikacji tego wydania",
        draft="Projekt, niedoręczony", others=("{name} i {count} in.", "{name} i {count} in."), more="i jeszcze {count}",
        whole="Pełny list ze wszystkimi sygnatariuszami", signatories=("sygnatariusz", "sygnatariusze", "sygnatariuszy"),
        organizations=("organizacja", "organizacje", "organizacji"), individuals=("osoba", "osoby", "osób"),
        both_kinds="{organizations} i {individuals}", quotes=("„", "”", "«", "»"),
        identification="Afiliacje osób podano wyłącznie w celu ich identyfikacji.",
        headings=section_headings(
            "Z inicjatywy | Przyłączyli się | Organizacje międzynarodowe | Organizacje krajowe | Organizacje regionalne"
            " | Organizacje lokalne | Organizacje | Osoby | Pozostałe organizacje"
        ),
    ),
    "ru": DocumentStrings(
        figure="Рисунок", enclosures="Приложения:", links="Ссылки", signature="Подпись: {name}",
        re="Тема:", cc="Копия:", notes="Примечания", note="Примечание", table="Таблица", back="Вернуться к тексту",
        continued="{heading} (продолжение)", page="Страница", of="из", edition="Издание", as_of="по состоянию на",
        check="Любую копию можно сверить с оригиналом на", code="Код ведёт на страницу проверки этого издания",
        number="число", draft="Проект, не вручён", others=("{name} и ещё {count}", "{name} и ещё {count}"),
        more="и ещё {count}", whole="Полный текст письма со всеми подписями",
        signatories=("подписавшийся", "подписавшихся", "подписавшихся"),
        organizations=("организация", "организации", "организаций"),
        individuals=("частное лицо", "частных лица", "частных лиц"), both_kinds="{organizations} и {individuals}",
        quotes=("«", "»", "„", "“"),
        identification="Места работы частных лиц указаны только для идентификации.",
        headings=section_headings(
            "По инициативе | Присоединились | Международные организации | Национальные организации"
            " | Региональные организации | Местные организации | Организации | Частные лица | Другие организации"
        ),
    ),
    "uk": DocumentStrings(
        figure="Рисунок", enclosures="Додатки:", links="Посилання", signature="Підпис: {name}",
        re="Тема:", cc="Копія:", notes="Примітки", note="Примітка", table="Таблиця", back="Повернутися до тексту",
        continued="{heading} (продовження)", page="Сторінка", of="з", edition="Видання", as_of="станом на",
        check="Будь-яку копію можна звірити з оригіналом на", code="Код веде на сторінку перевірки цього видання",
        number="кількість", draft="Проєкт, не вручено", others=("{name} та ще {count}", "{name} та ще {count}"),
        more="та ще {count}", whole="Повний текст листа з усіма підписами",
        signatories=("підписант", "підписанти", "підписантів"),
        organizations=("організація", "організації", "організацій"),
        individuals=("приватна особа", "приватні особи", "приватних осіб"), both_kinds="{organizations} та {individuals}",
        quotes=("«", "»", "„", "“"),
        identification="Місця роботи приватних осіб вказано лише для ідентифікації.",
        headings=section_headings(
            "За ініціативи | Приєдналися | Міжнародні організації | Національні організації | Регіональні організації"
            " | Місцеві організації | Організації | Приватні особи | Інші організації"
        ),
    ),
    "el": DocumentStrings(
        figure="Σχήμα", enclosures="Συνημμένα:", links="Σύνδεσμοι", signature="Υπογραφή: {name}",
        re="Θέμα:", cc="Κοινοποίηση:", notes="Σημειώσεις", note="Σημείωση", table="Πίνακας", back="Πίσω στο κείμενο",
        continued="{heading} (συνέχεια)", page="Σελίδα", of="από", edition="Έκδοση", as_of="έως", number="αριθμός",
        check="Συγκρίνετε κάθε αντίγραφο με το πρωτότυπο στο", code="Κωδικός για τη σελίδα ελέγχου αυτής της έκδοσης",
        draft="Σχέδιο, δεν επιδόθηκε", others=("{name} και {count} ακόμη", "{name} και {count} ακόμη"),
        more="και {count} ακόμη", whole="Ολόκληρη η επιστολή με όλους τους υπογράφοντες",
        signatories=("υπογραφή", "υπογραφές"), organizations=("οργάνωση", "οργανώσεις"),
        individuals=("φυσικό πρόσωπο", "φυσικά πρόσωπα"), both_kinds="{organizations} και {individuals}",
        quotes=("«", "»", "“", "”"),
        identification="Οι ιδιότητες των φυσικών προσώπων αναφέρονται μόνο για λόγους ταυτοποίησης.",
        headings=section_headings(
            "Με πρωτοβουλία | Συνυπογράφουν | Διεθνείς οργανώσεις | Εθνικές οργανώσεις | Περιφερειακές οργανώσεις"
            " | Τοπικές οργανώσεις | Οργανώσεις | Φυσικά πρόσωπα | Άλλες οργανώσεις"
        ),
    ),
    "tr": DocumentStrings(
        figure="Şekil", enclosures="Ekler:", links="Bağlantılar", signature="İmza: {name}",
        re="Konu:", cc="Bilgi:", notes="Notlar", note="Not", table="Tablo", back="Metne dön",
        continued="{heading} (devamı)", page="Sayfa", of="/", edition="Baskı", as_of="tarih:", number="sayı",
        check="Her kopya aslıyla şurada karşılaştırılabilir:", code="Bu baskının doğrulama sayfasına giden kod",
        draft="Taslak, teslim edilmedi", others=("{name} ve {count} kişi daha", "{name} ve {count} kişi daha"),
        more="ve {count} imzacı daha", whole="Tüm imzacılarıyla mektubun tamamı", signatories=("imzacı", "imzacı"),
        organizations=("kuruluş", "kuruluş"), individuals=("kişi", "kişi"), both_kinds="{organizations} ve {individuals}",
        identification="Kişilerin bağlı olduğu kuruluşlar yalnızca tanıtım amacıyla belirtilmiştir.",
        headings=section_headings(
            "Öncülük edenler | Katılanlar | Uluslararası kuruluşlar | Ulusal kuruluşlar | Bölgesel kuruluşlar"
            " | Yerel kuruluşlar | Kuruluşlar | Kişiler | Diğer kuruluşlar"
        ),
    ),
}  # fmt: skip
