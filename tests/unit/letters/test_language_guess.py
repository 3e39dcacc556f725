"""The language of a letter is told by its script and its words."""

import pytest

from letterhub.domain.letters.language_guess import guess_language


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "We ask you to protect the rivers of this state, and to pay for it in every year that we drink of them."),
        (
            "de",
            "Wir bitten Sie, die Flüsse zu schützen und zu zahlen, damit das Wasser für alle rein ist und rein bleibt.",
        ),
        (
            "fr",
            "Nous vous demandons de protéger les rivières de ce pays et de payer pour elles, car une eau pure est pour nous.",
        ),
        (
            "es",
            "Pedimos que protejan los ríos del país y que paguen por ellos, porque el agua es de todos y no se vende la vida.",
        ),
        (
            "pt",
            "Pedimos que protejam os rios do país e que paguem por eles, porque a água é para todos e não é uma mercadoria.",
        ),
        (
            "sv",
            "Vi ber er att skydda floderna och att betala för det, så att vattnet är rent för alla som dricker av det.",
        ),
        (
            "da",
            "Vi beder jer om at beskytte floderne og at betale for det, så vandet er rent for os og dem efter os.",
        ),
        (
            "nb",
            "Vi ber dere om å beskytte elvene og å betale for det, så vannet er rent for alle som drikker av det etter oss.",
        ),
        ("uk", "Ми просимо вас захистити річки нашої країни."),
        ("ru", "Мы просим вас защитить реки нашей страны."),
        ("fa", "از شما می‌خواهیم که از رودخانه‌ها پاسداری کنید، چون پاکی آب."),
        ("ar", "نطلب منكم حماية الأنهار."),
        ("he", "אנו מבקשים מכם להגן על הנהרות."),
        ("th", "เราขอให้ท่านปกป้องแม่น้ำ"),
        ("ko", "강을 지켜 주십시오."),
        ("ja", "川の水は大切です。"),
        ("zh-Hans", "我们请求保护河流，为了这个国家。"),
        ("zh-Hant", "我們請求保護河流，為了這個國家。"),
        ("ta", "நதிகளைக் காக்க வேண்டுகிறோம்."),
        ("", "12 345"),
        ("", "Rivers"),
        ("", "Lorem ipsum dolor sit amet " * 8),
    ],
)
def test_a_language_is_told_by_script_and_words(language: str, text: str) -> None:
    assert guess_language(text) == language
