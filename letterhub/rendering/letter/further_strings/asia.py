"""Fixed strings printed on a letter, in further languages of Asia; layout 1 printed them in English."""

from collections.abc import Mapping

from letterhub.rendering.letter.document_strings import DocumentStrings, section_headings

STRINGS_OF_ASIA: Mapping[str, DocumentStrings] = {
    "fa": DocumentStrings(
        figure="شکل", enclosures="پیوست‌ها:", links="پیوندها", signature="امضای {name}",
        re="موضوع:", cc="رونوشت:", notes="یادداشت‌ها", note="یادداشت", table="جدول", back="بازگشت به متن",
        continued="{heading} (ادامه)", page="صفحه", of="از", edition="ویرایش", as_of="تا تاریخ", number="تعداد",
        check="هر نسخه را با اصل آن مقایسه کنید در", code="کد صفحهٔ بررسی این ویرایش", draft="پیش‌نویس، تحویل نشده",
        others=("{name} و {count} نفر دیگر", "{name} و {count} نفر دیگر"), more="و {count} امضای دیگر",
        whole="متن کامل نامه با همهٔ امضاها", signatories=("امضاکننده", "امضاکننده"), organizations=("سازمان", "سازمان"),
        individuals=("شخص", "شخص"), both_kinds="{organizations} و {individuals}", quotes=("«", "»", "“", "”"),
        identification="وابستگی سازمانی اشخاص تنها برای شناسایی آمده است.",
        headings=section_headings(
            "به ابتکار | با همراهی | سازمان‌های بین‌المللی | سازمان‌های سراسری | سازمان‌های استانی | سازمان‌های محلی"
            " | سازمان‌ها | اشخاص | سازمان‌های دیگر"
        ),
    ),
    "hi": DocumentStrings(
        figure="चित्र", enclosures="संलग्नक:", links="लिंक", signature="हस्ताक्षर: {name}",
        re="विषय:", cc="प्रतिलिपि:", notes="टिप्पणियाँ", note="टिप्पणी", table="तालिका", back="पाठ पर वापस",
        continued="{heading} (जारी)", page="पृष्ठ", of="/", edition="संस्करण", as_of="दिनांक", number="संख्या",
        check="किसी भी प्रति को मूल से यहाँ मिलाएँ:", code="इस संस्करण के जाँच पृष्ठ का कोड", draft="प्रारूप, सौंपा नहीं गया",
        others=("{name} और {count} अन्य", "{name} और {count} अन्य"), more="और {count} अन्य",
        whole="सभी हस्ताक्षरकर्ताओं सहित पूरा पत्र", signatories=("हस्ताक्षरकर्ता", "हस्ताक्षरकर्ता"),
        organizations=("संगठन", "संगठन"), individuals=("व्यक्ति", "व्यक्ति"), both_kinds="{organizations} और {individuals}",
        identification="व्यक्तियों की संबद्धता केवल पहचान के लिए दी गई है।",
        headings=section_headings(
            "पहल | सहभागी | अंतरराष्ट्रीय संगठन | राष्ट्रीय संगठन | राज्य के संगठन | स्थानीय संगठन | संगठन | व्यक्ति | अन्य संगठन"
        ),
    ),
    "bn": DocumentStrings(
        figure="চিত্র", enclosures="সংযুক্তি:", links="লিংক", signature="স্বাক্ষর: {name}",
        re="বিষয়:", cc="অনুলিপি:", notes="টীকা", note="টীকা", table="সারণি", back="লেখায় ফিরুন",
        continued="{heading} (চলমান)", page="পৃষ্ঠা", of="/", edition="সংস্করণ", as_of="তারিখ", number="সংখ্যা",
        check="যেকোনো অনুলিপি মূলের সঙ্গে মিলিয়ে দেখুন:", code="এই সংস্করণের যাচাই পাতার কোড", draft="খসড়া, হস্তান্তরিত নয়",
        others=("{name} ও আরও {count} জন", "{name} ও আরও {count} জন"), more="এবং আরও {count}",
        whole="সব স্বাক্ষরকারীসহ সম্পূর্ণ চিঠি", signatories=("স্বাক্ষরকারী", "স্বাক্ষরকারী"),
        organizations=("সংগঠন", "সংগঠন"), individuals=("ব্যক্তি", "ব্যক্তি"), both_kinds="{organizations} ও {individuals}",
        identification="ব্যক্তিদের প্রতিষ্ঠান শুধু পরিচয়ের জন্য উল্লেখ করা হয়েছে।",
        headings=section_headings(
            "উদ্যোক্তা | সঙ্গে আছেন | আন্তর্জাতিক সংগঠন | জাতীয় সংগঠন | আঞ্চলিক সংগঠন | স্থানীয় সংগঠন | সংগঠন | ব্যক্তি | অন্যান্য সংগঠন"
        ),
    ),
    "ta": DocumentStrings(
        figure="படம்", enclosures="இணைப்புகள்:", links="இணைய முகவரிகள்", signature="கையொப்பம்: {name}",
        re="பொருள்:", cc="நகல்:", notes="குறிப்புகள்", note="குறிப்பு", table="அட்டவணை", back="உரைக்குத் திரும்பு",
        continued="{heading} (தொடர்ச்சி)", page="பக்கம்", of="/", edition="பதிப்பு", as_of="நாள்", number="எண்ணிக்கை",
        check="எந்த நகலையும் மூலத்துடன் இங்கே ஒப்பிடலாம்:", code="இந்தப் பதிப்பின் சரிபார்ப்புப் பக்கக் குறியீடு",
        draft="வரைவு, வழங்கப்படவில்லை", others=("{name} மற்றும் {count} பேர்", "{name} மற்றும் {count} பேர்"),
        more="மற்றும் {count}", whole="கையொப்பமிட்ட அனைவருடனும் முழுக் கடிதம்",
        signatories=("கையொப்பம்", "கையொப்பங்கள்"), organizations=("அமைப்பு", "அமைப்புகள்"),
        individuals=("நபர்", "நபர்கள்"), both_kinds="{organizations}, {individuals}",
        identification="நபர்களின் அமைப்புகள் அடையாளத்திற்காக மட்டுமே குறிப்பிடப்பட்டுள்ளன.",
        headings=section_headings(
            "முன்னெடுத்தோர் | இணைந்தோர் | பன்னாட்டு அமைப்புகள் | தேசிய அமைப்புகள் | மாநில அமைப்புகள் | உள்ளூர் அமைப்புகள்"
            " | அமைப்புகள் | நபர்கள் | பிற அமைப்புகள்"
        ),
    ),
    "th": DocumentStrings(
        figure="รูปที่", enclosures="สิ่งที่ส่งมาด้วย", links="ลิงก์", signature="ลายมือชื่อ {name}",
        re="เรื่อง", cc="สำเนาถึง", notes="หมายเหตุ", note="หมายเหตุ", table="ตาราง", back="กลับไปที่ข้อความ",
        continued="{heading} (ต่อ)", page="หน้า", of="จาก", edition="ฉบับที่", as_of="ณ วันที่", number="จำนวน",
        check="ตรวจสอบสำเนากับต้นฉบับได้ที่", code="รหัสไปยังหน้าตรวจสอบของฉบับนี้", draft="ร่าง ยังไม่ได้ส่งมอบ",
        others=("{name} และอีก {count} ราย", "{name} และอีก {count} ราย"), more="และอีก {count} ราย",
        whole="จดหมายฉบับเต็มพร้อมรายชื่อผู้ลงนามทั้งหมด", signatories=("ผู้ลงนาม", "ผู้ลงนาม"),
        organizations=("องค์กร", "องค์กร"), individuals=("บุคคล", "บุคคล"), both_kinds="{organizations} และ {individuals}",
        identification="สังกัดของบุคคลระบุไว้เพื่อการแสดงตัวเท่านั้น",
        headings=section_headings(
            "ริเริ่มโดย | ร่วมลงนาม | องค์กรระหว่างประเทศ | องค์กรระดับชาติ | องค์กรระดับรัฐ | องค์กรท้องถิ่น | องค์กร | บุคคล | องค์กรอื่น"
        ),
    ),
    "ko": DocumentStrings(
        figure="그림", enclosures="붙임:", links="링크", signature="{name} 서명",
        re="제목:", cc="참조:", notes="주", note="주", table="표", back="본문으로", continued="{heading} (계속)",
        page="쪽", of="/", edition="판", as_of="기준일", number="수", check="사본은 다음 원본과 대조할 수 있습니다:",
        code="이 판의 확인 페이지로 가는 코드", draft="초안, 전달되지 않음",
        others=("{name} 외 {count}명", "{name} 외 {count}명"), more="외 {count}", whole="모든 서명자를 포함한 서한 전문",
        signatories=("서명자", "서명자"), organizations=("개 단체", "개 단체"), individuals=("명의 개인", "명의 개인"),
        both_kinds="{organizations}, {individuals}", identification="개인의 소속은 신원 확인을 위해서만 표기합니다.",
        headings=section_headings("제안 | 동참 | 국제 단체 | 전국 단체 | 지방 단체 | 지역 단체 | 단체 | 개인 | 그 밖의 단체"),
    ),
    "zh": DocumentStrings(
        figure="图", enclosures="附件：", links="链接", signature="{name}的签名",
        re="事由：", cc="抄送：", notes="注释", note="注释", table="表", back="返回正文", continued="{heading}（续）",
        page="页", of="/", edition="版本", as_of="截至", number="数目", check="可在此将任何副本与原件核对：",
        code="本版本核对页面的二维码", draft="草稿，尚未递交", others=("{name}等{count}方", "{name}等{count}方"),
        more="以及其他{count}个", whole="含全部签署者的信函全文", signatories=("个签署者", "个签署者"),
        organizations=("个组织", "个组织"), individuals=("位个人", "位个人"), both_kinds="{organizations}和{individuals}",
        identification="个人所属机构仅供识别身份。",
        headings=section_headings("发起 | 联署 | 国际组织 | 全国组织 | 州级组织 | 地方组织 | 组织 | 个人 | 其他组织"),
    ),
    "zh-hant": DocumentStrings(
        figure="圖", enclosures="附件：", links="連結", signature="{name}的簽名",
        re="主旨：", cc="副本：", notes="註釋", note="註釋", table="表", back="回到本文", continued="{heading}（續）",
        page="頁", of="/", edition="版本", as_of="截至", number="數目", check="可於此將任何副本與原件核對：",
        code="本版本核對頁面的條碼", draft="草稿，尚未遞交", others=("{name}等{count}方", "{name}等{count}方"),
        more="以及其他{count}個", whole="含全部連署者的信函全文", signatories=("個連署者", "個連署者"),
        organizations=("個團體", "個團體"), individuals=("位個人", "位個人"), both_kinds="{organizations}和{individuals}",
        quotes=("「", "」", "『", "』"), identification="個人所屬機構僅供識別身分。",
        headings=section_headings("發起 | 連署 | 國際團體 | 全國團體 | 州級團體 | 地方團體 | 團體 | 個人 | 其他團體"),
    ),
}  # fmt: skip
