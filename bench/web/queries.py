"""Two hundred hard searches: what matches much, sorts late, is rare, long, or of another script."""

import string

LETTERS = (*string.ascii_lowercase, *string.digits)
BEGINNINGS = (
    "co", "al", "un", "tr", "so", "as", "in", "ne", "le", "sp", "ba", "ke", "lo", "zi", "wa", "st", "sto", "cha", "gru", "10",
    "99", "of", "for", "the", "and", "an", "or", "un on", "in as",
)  # fmt: skip
FREQUENT = (
    "alliance", "coalition", "league", "network", "union", "trust", "council", "society", "institute", "association", "allian",
    "coal", "unio", "soci", "associ", "springfield", "nia", "director", "example", "union of", "society of the", "of of of",
)  # fmt: skip
LATE = tuple(
    f"{kind} {own}"
    for kind in ("union", "trust", "society", "network")
    for own in ("sto", "ba", "zi", "w", "gru", "of z", "9", "cha mu", "wawa", "zizi")
)
RARE = (
    "99999", "50000", "union 77777", "trust of 4242", "bake", "wazi", "dorfel", "stosto", "zizizi", "kelomu 7", "halpim 99",
    "alliance of stostosto", "nobody", "qqqq", "xyzzy", "zzzz", "union nobody", "nobody union", "springfield nobody", "q",
)  # fmt: skip
LONG = (
    "union of sto 1 2 3", "a b c d e f g h", "s t u v w x y z", "u o s 9 8 7", "alliance alliance alliance", "of the of the of",
    "union union stosto of of the the and and", "z" * 200, "ab " * 66, "alliance of ba ke lo mu ni ra sto ve wa zi cha dor",
    "1 2 3 4 5 6 7 8 9 0", "i of n", "t o f", "so of ba so of",
)  # fmt: skip
SCRIPTS = (
    "Société", "societe", "SOCIÉTÉ", "ÉNER", "Łódź", "lodz", "łódź u", "Ökologie", "okolo", "naïve", "İstanbul", "istanbul",
    "Общество", "общ", "РЕК", "Εταιρεία", "εται", "مؤسسة", "مؤ", "עמותה", "עמ", "環境", "市民会議", "会議", "会", "京", "รักษ์น้ำ",
    "น้ำ", "กลุ่ม", "नदी", "한강", "ＵＮＩＯＮ", "u\u0308nion", "union of 環境", "union общ",
)  # fmt: skip
SIGNS = (
    "O'Neil", "O’Neil", "oneil", "AT&T", "at and t", "YMCA's", "ymca", "“union”", "\"union sto\"", "union*", "*", "%", "_",
    "union%", "u_ion", "-union", "NOT union", "union OR trust", "union AND trust", "NEAR(union sto)", "(union", "union)",
    "terms:union", "^union", "union & !sto", "union | trust", "union:*", "'; DROP TABLE signature; --", "\\", "union\\",
    "union <-> sto", "{terms}:union", "\x00union", "!?", "🌊",
)  # fmt: skip
HARD_QUERIES = tuple(dict.fromkeys((*LETTERS, *BEGINNINGS, *FREQUENT, *LATE, *RARE, *LONG, *SCRIPTS, *SIGNS)))
