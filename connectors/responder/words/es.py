"""Spanish."""

TEXTS = {
    "greeting": "¡Hola, {name}!",
    "again": "¡Qué bien verte de nuevo, {name}!",
    "instant": "Gracias por tu mensaje.",
    "disclosure": "Soy un asistente automático, no una persona.",
    "away": "En este momento está cerrado. Volvemos {opens}.",
    "opens_today": "hoy a las {time}",
    "opens_tomorrow": "mañana a las {time}",
    "opens_on": "el {day} a las {time}",
    "opens_unknown": "pronto",
    "offer": "¿En qué puedo ayudarte?",
    "missed": (
        "Lo siento, no tengo respuesta para eso. Dilo con otras palabras, elige un tema o pide hablar con una persona."
    ),
    "welcome": "¡De nada!",
    "more": "¿Puedo ayudarte en algo más?",
    "unreadable": "Lo siento, no puedo abrir lo que has enviado.",
    "unknown": "Lo siento, no puedo leer este tipo de mensaje. Por favor, escríbelo con palabras.",
    "ask_name": "¿Cómo te llamas?",
    "ask_phone": "¿En qué número de teléfono podemos localizarte?",
    "ask_email": "¿En qué correo electrónico podemos localizarte?",
    "retry_name": "No he entendido tu nombre. ¿Cómo podemos llamarte?",
    "retry_phone": "Esto no parece un número de teléfono. Escríbelo con el prefijo del país, por ejemplo +34 …",
    "retry_email": "Esto no parece una dirección de correo. Escríbela otra vez, por favor.",
    "noted": "Gracias.",
    "handing": "Te paso con una persona de nuestro equipo.",
    "handing_open": "Tendrás respuesta en {wait}.",
    "handing_soon": "Tendrás respuesta en cuanto alguien esté libre.",
    "handing_closed": "Nuestro equipo vuelve {opens} y te responderá entonces.",
    "human_button": "Hablar con alguien",
    "skip_button": "Omitir",
    "choose_button": "Elegir",
    "login_button": "Iniciar sesión",
    "goodbye": "Gracias por hablar con nosotros, {name}. ¡Hasta pronto!",
    "ask_csat": "¿Cómo de satisfecho estás con nuestra ayuda?",
    "ask_nps": "¿Con qué probabilidad nos recomendarías, de 0 (ninguna) a 10 (con toda seguridad)?",
    "ask_ces": "¿Qué tan fácil ha sido resolver tu asunto, de 1 (muy difícil) a 7 (muy fácil)?",
    "csat_5": "★★★★★ Muy satisfecho",
    "csat_4": "★★★★ Satisfecho",
    "csat_3": "★★★ Regular",
    "csat_2": "★★ Insatisfecho",
    "csat_1": "★ Muy insatisfecho",
    "comment": "¡Gracias! ¿Quieres contarnos por qué?",
    "thanks": "¡Gracias por tu opinión!",
    "unrated": "De acuerdo, sin valoración.",
    "reason_request": "pidió hablar con una persona",
    "reason_misses": "no se le entendió",
    "reason_topic": "tema: {topic}",
    "reason_file": "envió algo que el asistente no puede leer",
    "label_wanted": "escribió",
    "label_name": "nombre",
    "label_phone": "teléfono",
    "label_email": "correo",
}

HUMAN = (
    "humano", "humana", "agente", "asesor", "asesora", "operador", "operadora", "persona real", "una persona",
    "hablar con alguien", "atención al cliente", "ser humano",
)  # fmt: skip
SKIP = ("omitir", "saltar", "no", "no gracias", "prefiero no", "mejor no", "luego", "más tarde", "ahora no")
HELLO = ("hola", "buenas", "buenos días", "buenas tardes", "buenas noches", "hola buenos días", "hola buenas", "hey")
THANKS = ("gracias", "muchas gracias", "mil gracias", "ok gracias", "ok", "vale", "vale gracias", "perfecto")
NAMED = ("me llamo", "mi nombre es", "soy")
CALLED = ("español", "castellano", "spanish")
