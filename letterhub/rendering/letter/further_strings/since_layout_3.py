"""Fixed strings that read better since layout 3; editions of earlier layouts keep the older ones."""

from collections.abc import Mapping
from typing import Any

CHANGED_STRINGS: Mapping[str, Mapping[str, Any]] = {
    "ar": {
        "check": "يمكن مطابقة أي نسخة مع الأصل على", "code": "رمز QR لصفحة التحقق من هذا الإصدار",
        "more": "وآخرون ({count})", "others": ("{name} وجهة أخرى", "{name} وآخرون ({count})"),
        "signatories": ("عدد الموقّعين: {count}", "عدد الموقّعين: {count}"),
        "organizations": ("المنظمات: {count}", "المنظمات: {count}"), "individuals": ("الأفراد: {count}", "الأفراد: {count}"),
        "both_kinds": "{organizations}، {individuals}", "identification": "تُذكر جهات انتماء الأفراد لأغراض التعريف فقط.",
    },
    "he": {
        "code": "קוד QR לדף האימות של מהדורה זו", "enclosures": "צרופות:", "headings": {"rest": "הצטרפו"},
    },
    "fa": {
        "as_of": "به تاریخ", "check": "هر نسخه را می‌توان در این نشانی با اصل مقایسه کرد:",
        "code": "کد QR صفحهٔ بررسی این ویرایش", "draft": "پیش‌نویس، تحویل‌نشده", "individuals": ("نفر", "نفر"),
        "others": ("{name} و {count} گیرندهٔ دیگر", "{name} و {count} گیرندهٔ دیگر"),
    },
    "hi": {
        "back": "पाठ पर वापस जाएँ", "code": "इस संस्करण के जाँच पृष्ठ का QR कोड",
        "headings": {"lead": "पहलकर्ता", "rest": "सह-हस्ताक्षरकर्ता", "state": "राज्य-स्तरीय संगठन"},
    },
    "bn": {
        "code": "এই সংস্করণের যাচাই পাতার কিউআর কোড", "more": "এবং আরও {count}টি স্বাক্ষর",
        "organizations": ("{count}টি সংগঠন", "{count}টি সংগঠন"), "individuals": ("{count} জন ব্যক্তি", "{count} জন ব্যক্তি"),
        "headings": {"individual": "ব্যক্তিবর্গ"},
    },
    "ta": {
        "code": "இந்தப் பதிப்பின் சரிபார்ப்புப் பக்கத்துக்கான QR குறியீடு", "more": "மேலும் {count} கையொப்பங்கள்",
        "others": ("{name} மற்றும் மேலும் {count} பேர்", "{name} மற்றும் மேலும் {count} பேர்"),
        "individuals": ("தனிநபர்", "தனிநபர்கள்"),
        "identification": "தனிநபர்களின் அமைப்புகள் அடையாளத்திற்காக மட்டுமே குறிப்பிடப்பட்டுள்ளன.",
        "headings": {"individual": "தனிநபர்கள்"},
    },
    "th": {
        "code": "คิวอาร์โค้ดไปยังหน้าตรวจสอบของฉบับนี้", "signatories": ("ผู้ลงนาม {count} ราย", "ผู้ลงนาม {count} ราย"),
        "individuals": ("บุคคล {count} คน", "บุคคล {count} คน"), "both_kinds": "{organizations} และ{individuals}",
        "identification": "ระบุสังกัดของบุคคลไว้เพื่อประกอบการระบุตัวตนเท่านั้น", "headings": {"other": "องค์กรอื่น ๆ"},
    },
    "ja": {
        "enclosures": "添付資料：", "signatories": ("賛同者 {count}", "賛同者 {count}"),
        "organizations": ("{count}団体", "{count}団体"), "individuals": ("個人{count}名", "個人{count}名"),
    },
    "ko": {
        "edition": "판본", "code": "이 판본의 확인 페이지로 가는 QR 코드", "signatories": ("서명자 {count}", "서명자 {count}"),
        "organizations": ("{count}개 단체", "{count}개 단체"), "individuals": ("개인 {count}명", "개인 {count}명"),
    },
    "zh": {
        "others": ("{name}及其他{count}方", "{name}及其他{count}方"), "more": "以及其他{count}方",
        "signatories": ("{count}个签署方", "{count}个签署方"), "organizations": ("{count}个组织", "{count}个组织"),
        "individuals": ("{count}位个人", "{count}位个人"), "whole": "含全部签署方的信函全文",
        "identification": "所列个人所属机构仅供识别之用。",
    },
    "zh-hant": {
        "others": ("{name}及其他{count}方", "{name}及其他{count}方"), "more": "以及其他{count}方",
        "code": "本版本核對頁面的 QR 碼", "signatories": ("{count}個連署者", "{count}個連署者"),
        "organizations": ("{count}個團體", "{count}個團體"), "individuals": ("{count}位個人", "{count}位個人"),
        "identification": "所列個人所屬機構僅供識別之用。",
    },
    "ru": {
        "edition": "Редакция", "check": "Любую копию можно сверить с оригиналом по адресу",
        "code": "QR-код страницы проверки этой редакции", "headings": {"lead": "Инициаторы"},
        "identification": "Места работы частных лиц указаны исключительно в целях идентификации.",
    },
    "uk": {
        "edition": "Редакція", "check": "Будь-яку копію можна звірити з оригіналом за адресою",
        "code": "QR-код сторінки перевірки цієї редакції", "headings": {"lead": "Ініціатори"},
        "identification": "Місця роботи приватних осіб вказано виключно з метою ідентифікації.",
    },
    "it": {
        "as_of": "in data", "check": "Ogni copia si può confrontare con l’originale su",
        "code": "Codice QR della pagina di verifica di questa edizione",
    },
    "pl": {
        "check": "Każdą kopię można porównać z oryginałem pod adresem", "code": "Kod QR strony weryfikacji tego wydania",
        "others": ("{name} i jeszcze jeden adresat", "{name} i inni ({count})"), "headings": {"lead": "Inicjatorzy"},
    },
    "nl": {
        "cc": "Kopie aan:", "links": "Links", "code": "QR-code van de controlepagina van deze editie",
        "draft": "Concept, nog niet aangeboden",
    },
    "sv": {
        "cc": "Kopia till:", "code": "QR-kod till kontrollsidan för denna utgåva",
        "identification": "Personers organisationstillhörighet anges endast i identifieringssyfte.",
    },
    "el": {
        "back": "Επιστροφή στο κείμενο", "as_of": "στις", "code": "Κωδικός QR για τη σελίδα ελέγχου αυτής της έκδοσης",
        "check": "Κάθε αντίγραφο μπορεί να συγκριθεί με το πρωτότυπο στη διεύθυνση",
        "draft": "Σχέδιο, δεν έχει επιδοθεί", "headings": {"lead": "Πρωτοβουλία"},
    },
    "tr": {
        "edition": "Sürüm", "code": "Bu sürümün doğrulama sayfasının karekodu",
        "identification": "Kişilerin bağlı olduğu kuruluşlar yalnızca bilgi amacıyla belirtilmiştir.",
    },
}  # fmt: skip
"""Changed strings by language and name; of headings, the changed ones."""
