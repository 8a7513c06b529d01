"""German."""

TEXTS = {
    "greeting": "Hallo {name}!",
    "again": "Schön, dass Sie wieder da sind, {name}!",
    "instant": "Danke für Ihre Nachricht.",
    "disclosure": "Ich bin ein automatischer Assistent, kein Mensch.",
    "away": "Zurzeit ist bei uns geschlossen. Wir sind {opens} wieder da.",
    "opens_today": "heute um {time}",
    "opens_tomorrow": "morgen um {time}",
    "opens_on": "am {day} um {time}",
    "opens_unknown": "bald",
    "offer": "Wie kann ich Ihnen helfen?",
    "missed": (
        "Darauf habe ich leider keine Antwort. Bitte sagen Sie es mit anderen Worten, wählen Sie ein Thema oder "
        "fragen Sie nach einem Menschen."
    ),
    "welcome": "Gern geschehen!",
    "more": "Kann ich sonst noch etwas für Sie tun?",
    "unreadable": "Das kann ich leider nicht öffnen.",
    "unknown": "Diese Art von Nachricht kann ich leider nicht lesen. Bitte schreiben Sie es in Worten.",
    "ask_name": "Wie heißen Sie?",
    "ask_phone": "Unter welcher Telefonnummer können wir Sie erreichen?",
    "ask_email": "Unter welcher E-Mail-Adresse können wir Sie erreichen?",
    "retry_name": "Ich habe Ihren Namen nicht verstanden. Wie dürfen wir Sie nennen?",
    "retry_phone": (
        "Das sieht nicht wie eine Telefonnummer aus. Bitte schreiben Sie sie mit der Landesvorwahl, etwa +49 …"
    ),
    "retry_email": "Das sieht nicht wie eine E-Mail-Adresse aus. Bitte schreiben Sie sie noch einmal.",
    "noted": "Vielen Dank.",
    "handing": "Ich gebe Sie an eine Kollegin oder einen Kollegen weiter.",
    "handing_open": "Sie bekommen in {wait} eine Antwort.",
    "handing_soon": "Sie bekommen eine Antwort, sobald jemand frei ist.",
    "handing_closed": "Unser Team ist {opens} wieder da und antwortet Ihnen dann.",
    "human_button": "Mit Mensch sprechen",
    "skip_button": "Überspringen",
    "choose_button": "Auswählen",
    "login_button": "Anmelden",
    "goodbye": "Danke für das Gespräch, {name}. Auf Wiedersehen!",
    "ask_csat": "Wie zufrieden sind Sie mit unserer Hilfe?",
    "ask_nps": "Wie wahrscheinlich empfehlen Sie uns weiter, von 0 (gar nicht) bis 10 (ganz sicher)?",
    "ask_ces": "Wie einfach ließ sich Ihr Anliegen klären, von 1 (sehr schwer) bis 7 (sehr einfach)?",
    "csat_5": "★★★★★ Sehr zufrieden",
    "csat_4": "★★★★ Zufrieden",
    "csat_3": "★★★ Teils, teils",
    "csat_2": "★★ Unzufrieden",
    "csat_1": "★ Sehr unzufrieden",
    "comment": "Danke! Möchten Sie uns sagen, warum?",
    "thanks": "Danke für Ihre Rückmeldung!",
    "unrated": "Gut, dann ohne Bewertung.",
    "reason_request": "möchte mit einem Menschen sprechen",
    "reason_misses": "wurde nicht verstanden",
    "reason_topic": "Thema: {topic}",
    "reason_file": "hat etwas geschickt, das der Assistent nicht lesen kann",
    "label_wanted": "schrieb",
    "label_name": "Name",
    "label_phone": "Telefon",
    "label_email": "E-Mail",
}

HUMAN = (
    "mensch", "menschen", "mitarbeiter", "mitarbeiterin", "kundendienst", "kundenservice", "berater", "beraterin",
    "echte person", "echten person", "mit jemandem sprechen", "mit jemandem reden",
)  # fmt: skip
SKIP = ("überspringen", "nein", "nein danke", "lieber nicht", "möchte ich nicht", "später", "jetzt nicht", "weiter")
HELLO = ("hallo", "hi", "hey", "guten tag", "guten morgen", "guten abend", "moin", "servus", "grüß gott", "tag")
THANKS = ("danke", "danke schön", "dankeschön", "vielen dank", "besten dank", "ok danke", "ok", "alles klar", "super")
NAMED = ("ich heiße", "mein name ist", "ich bin", "ich bin der", "ich bin die")
CALLED = ("deutsch", "german")
