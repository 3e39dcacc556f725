"""Job titles of individuals: their vocabulary, and a check that a title has no other words."""

import re

from letterhub.domain.organizations.name_parts import word_tokens

MAX_TITLE_WORDS = 12

_DEGREES = """
    phd dphil mph mba mpa mpp msw lcsw lmsw lpc jd md do rn lpn bsn msn dnp np dds dmd dvm cpa cfa esq edd psyd mdiv dmin mfa ma
    ba bs ms med msc bsc llm llb meng beng pe jr sr ii iii iv obe mbe faia pharmd cfre ret esquire sj osb msgr hons od
    rnp crnp frcp frs"""
DEGREES = frozenset(_DEGREES.split())
"""Degrees and the like: words that follow a title after a comma, or end it."""

_JOBS = """
    ceo cfo coo cto cio cmo vp svp evp academic accountant activist actor actress actuary adjunct administrator advisor adviser
    advocate aide ally ambassador analyst apprentice arborist archbishop architect archivist artist assistant associate
    astronomer
    attorney auditor aunt author baker banker barber barista barrister bartender beekeeper biochemist biologist bishop blogger
    bookkeeper bookseller botanist broker builder bursar businessman businesswoman businessperson butcher campaigner
    canon captain
    caregiver caretaker carer carpenter cashier ceramicist chair chairman chairperson chairwoman chancellor chaplain
    chef chemist
    chief childminder chiropractor choreographer clerk climber coach cochair cofounder columnist commissioner composer conductor
    consultant contractor convener convenor cook coordinator copywriter councillor councilman councilmember councilor
    councilwoman counsel counselor counsellor courier curator cyclist dad dancer daughter deacon dean delegate dentist deputy
    designer developer director disabled docent doctor doula driver ecologist economist editor educator elder
    electrician emerita
    emeritus engineer entrepreneur epidemiologist executive facilitator farmer farmhand father fellow filmmaker firefighter
    fisher fisherman florist forester founder gardener geneticist geographer geologist governor grandfather grandma grandmother
    grandpa grandparent guide hairdresser head healer historian homemaker homeowner housekeeper housewife hunter husband
    hydrologist illustrator imam inspector instructor inventor investigator investor jeweler journalist judge laborer labourer
    landlord landowner landscaper lawyer leader lecturer liaison librarian linguist logger machinist mailman maker manager
    mason mathematician mayor mechanic mediator member mentor meteorologist microbiologist midwife miner minister mother mom mum
    moderator musician naturalist neighbor neighbour neuroscientist novelist nun nurse nutritionist officer operator optometrist
    organizer organiser organist owner painter paralegal paramedic parent paraprofessional partner pastor patient pensioner
    performer pharmacist phd philosopher photographer physician physicist pianist pilot planner playwright plumber
    podcaster poet
    policewoman policeman postdoc potter preacher president priest principal printer producer professor prof programmer promoter
    proprietor prosecutor provost psychiatrist psychologist psychotherapist publicist publisher rabbi rancher realtor
    receptionist rector registrar rep renter reporter representative researcher resident retired retiree reverend reviewer
    roofer sailor salesman salesperson saleswoman scholar scientist scriptwriter sculptor seamstress secretary
    senator sergeant servant server sheriff shopkeeper singer sister sociologist soldier solicitor son songwriter
    specialist spokesperson statistician steward strategist student superintendent supervisor surgeon surveyor survivor
    tailor taxpayer teacher technician technologist tenant theologian therapist trader trainer translator treasurer
    trustee tutor
    uncle undergraduate unemployed user veteran veterinarian vicar violinist volunteer voter waiter waitress webmaster welder
    widow widower wife worker writer yogi zoologist dr
    abogada abogado agricultor agricultora ama arquitecta arquitecto artista coordinador coordinadora directora enfermera
    enfermero escritor escritora estudiante ingeniera ingeniero jubilada jubilado maestra maestro medica medico periodista
    presidenta presidente profesor profesora secretaria secretario psicologa psicologo
    agriculteur agricultrice architecte artiste avocat avocate directeur directrice ecrivain ecrivaine enseignant enseignante
    etudiant etudiante infirmier infirmiere ingenieur ingenieure journaliste medecin musicien musicienne president presidente
    professeur professeure retraite retraitee psychologue
    anwalt anwältin arzt ärztin autor autorin bauer bäuerin direktor direktorin forscher forscherin geschäftsführer
    geschäftsführerin informatiker informatikerin ingenieur ingenieurin journalistin krankenpfleger krankenschwester künstler
    künstlerin landwirt landwirtin lehrer lehrerin leiter leiterin musiker musikerin pfarrer pfarrerin physiker physikerin
    psychologin rentner rentnerin schriftsteller schriftstellerin schüler schülerin student studentin vorsitzende vorsitzender
    professora professorin médica médico advogada advogado aposentada aposentado estudante docente insegnante medico pensionato
    pensionata studentessa
    учитель учительница врач студент студентка преподаватель пенсионер пенсионерка инженер журналист журналистка художник
    вчитель вчителька лікар 代表 教師 教員 教授 学生 医師 弁護士 会社員 主婦 老师 教师 医生 律师 工程师 مدير مدرس طبيب"""
JOBS = frozenset(word for job in _JOBS.split() for word in word_tokens(job))
"""Occupations and roles of a person, at work or at home."""

_SUBJECTS = """
    accounting acquisitions acupuncture admissions advertising advocacy aeronautics agriculture agronomy algebra anatomy
    anesthesiology anthropology archaeology archeology architecture art arts astronomy astrophysics bacteriology banking
    biochemistry bioethics bioinformatics biology biophysics biostatistics botany campaigns cardiology ceramics chemistry
    classics climatology communication communications compliance computing construction criminology curriculum cybersecurity
    dance data demography dentistry dermatology design development divinity ecology econometrics economics education
    endocrinology engagement engineering english entomology epidemiology ethics facilities film finance forestry french
    fundraising gastroenterology genetics geography geology geometry geophysics german gerontology government grants
    hematology history horticulture hr humanities hydrology immunology informatics insurance it journalism kinesiology
    languages latin law linguistics literature logistics management marketing mathematics math maths mechanics medicine
    membership
    meteorology microbiology ministry music neurology neuroscience nursing nutrition obstetrics oceanography oncology
    operations ophthalmology outreach paleontology pathology pediatrics pedagogy personnel pharmacology pharmacy philosophy
    photography physics physiology poetry policy politics pr procurement programs program programming psychiatry psychology
    publications quality radiology recruitment research rheumatology rhetoric russian sales sciences security
    sociology software spanish staff statistics strategy studies surgery sustainability technology teaching telecommunications
    theater theatre theology therapy toxicology training transportation urology virology web writing zoology
    química física biología historia derecho educación medicina sociología economía filosofía matemáticas psicología
    chimie physique histoire droit médecine sociologie économie philosophie mathématiques"""
SUBJECTS = frozenset(word for subject in _SUBJECTS.split() for word in word_tokens(subject))
"""Subjects that can be taught, studied or directed, which name no organization."""

_RANKS = """
    acting assisting bilingual certified co creative current deputy digital elected executive ex former founding freelance full
    general graduate independent incoming interim junior lead licensed managing mechanical national novice ordained
    outgoing part
    past postdoctoral practicing principal private professional proud registered regional semi senior special staff state time
    tenured temporary vice visiting volunteer working electrical electronic chemical civil structural industrial applied
    theoretical clinical medical legal financial technical administrative commercial organic local distinguished honorary
    human resources single concerned legislative assistant associate nuclear mental physical occupational yoga fitness flight
    train truck bus taxi delivery family elementary primary secondary middle high early childhood preschool kindergarten graphic
    landscape wildlife marine environmental biomedical product project programme systems network database account office"""
RANKS = frozenset(_RANKS.split())
"""Adjectives before a job; none is a title by itself."""

_PLACES_OF_WORK = """
    bank board business campus choir church city college committee community council county court district hospital
    hotel library museum parish public restaurant school science shop social store student town union university village
    youth political religious faith research book home land house"""
PLACES_OF_WORK = frozenset(_PLACES_OF_WORK.split())
"""Workplaces before a job as in "school board member": at most two, directly before the job."""

_NUMBERS = frozenset(
    "one two three four five six seven eight nine ten 1 2 3 4 5 6 7 8 9 10 children kids sons daughters".split()
)
_PHRASES = re.compile(
    r"""\b(?:
    public\ (?:policy|health|affairs|administration|relations|law|history|works|safety) |
    social\ (?:work|sciences?|studies|policy|psychology|media) | political\ (?:science|theory|philosophy|economy) |
    environmental\ (?:sciences?|studies|engineering|law|policy|health) | religious\ (?:studies|education)
    | government\ (?:affairs|relations) | human\ (?:resources|geography|biology)
    | (?:the\ )?board\ of\ (?:directors|trustees) | the\ board | students | directors | small\ business(?=\ owner)
    | at\ (?:law|large) | in\ (?:chief|residence|training)
    | (?:concerned|private|senior)\ citizen | higher\ education | special\ education | computer\ science | data\ science
    | (?:usa\ )?(?:army|navy|air\ force|marine\ corps|coast\ guard)\ veteran | peace\ activist | climate\ (?:scientist|activist)
    | (?:human|civil|disability)\ rights\ (?:lawyer|attorney|activist) | health\ (?:care\ )?worker | healthcare\ worker
    | justice\ of\ the\ peace | clerk\ of\ court | head\ of\ school | school\ principal | mother\ and\ grandmother
    )(?=\ |$)""",
    re.VERBOSE,
)
_WHOLE_TITLES = frozenset(
    "citizen|concerned citizen|private citizen|senior citizen|none|n a|na|self employed|human|human being".split("|")
)
_SEGMENTS = re.compile(r"\s*[,;:()\[\]|–—/]\s*|\s+-\s+")
_DOT_WITHIN = re.compile(r"(?<=\w)\.(?=\w)")
_ENDINGS = re.compile(r"[a-z]{2,}(?:ologist|ographer|iatrist|herapist|trician|atician|istician)")

_WORD_CLASSES = {
    **dict.fromkeys(_NUMBERS, "N"),
    **dict.fromkeys(DEGREES, "D"),
    **dict.fromkeys(PLACES_OF_WORK, "C"),
    **dict.fromkeys(RANKS, "L"),
    **dict.fromkeys(SUBJECTS | {"phrase"}, "F"),
    **dict.fromkeys(JOBS, "J"),
    "of": "O",
    "in": "O",
    "de": "O",
    "the": "T",
    "a": "T",
    "and": "A",
}
"""Letter for the class of each known word; a word of two classes has the later one."""
_BEFORE_OF = re.compile(r"(?:J|F|L(?=\w*J)|C(?=C?L?J)|A(?=\w)|D(?=D*$))+")
_AFTER_OF = re.compile(r"(?:O|F|T(?<=OT)|A(?=\w)|N)*[FN]")


def is_job_title(title: str) -> bool:
    """Return whether each part of a title is a job, a subject or a degree in known words: "Teacher (retired)", "Professor of
    Law, JD". An unknown word may be an organization's name in any case: "aclu president"."""
    if " ".join(word_tokens(title)) in _WHOLE_TITLES:
        return True
    return all(map(_is_job_phrase, _split_into_parts(title)))


def has_only_degrees_after(name: str) -> bool:
    """Return whether nothing but degrees follows a comma, bracket or dash: true of "Jane Doe" and "Jane Doe, MD", not of
    "Jane Doe (Acme)"."""
    return all(word in DEGREES for words in _split_into_parts(name)[1:] for word in words)


def _split_into_parts(text: str) -> list[tuple[str, ...]]:
    """Return the words of each part between commas, brackets and the like; "Ph.D." is one word."""
    return [words for part in _SEGMENTS.split(_DOT_WITHIN.sub("", text)) if (words := word_tokens(part))]


def _is_job_phrase(words: tuple[str, ...]) -> bool:
    """Return whether a part of a title has only degrees, or a job with its ranks and subjects: "professor of law".

    Each word becomes the letter of its class, "X" if unknown; patterns then match the letters before and after the first "of".
    """
    if len(words) > MAX_TITLE_WORDS:
        return False
    if all(word in DEGREES for word in words):
        return True
    classes = ""
    for word in _PHRASES.sub("phrase", " ".join(words)).split():
        classes += _WORD_CLASSES.get(word) or ("J" if _ENDINGS.fullmatch(word) else "X")
    before, of, after = classes.partition("O")
    if not _BEFORE_OF.fullmatch(before):
        return False
    return not of or bool(_AFTER_OF.fullmatch(of + after))
