"""French."""

TEXTS = {
    "greeting": "Bonjour {name} !",
    "again": "Heureux de vous revoir, {name} !",
    "instant": "Merci pour votre message.",
    "disclosure": "Je suis un assistant automatique, pas un humain.",
    "away": "Nous sommes fermés pour le moment. Nous serons de retour {opens}.",
    "opens_today": "aujourd’hui à {time}",
    "opens_tomorrow": "demain à {time}",
    "opens_on": "le {day} à {time}",
    "opens_unknown": "bientôt",
    "offer": "Comment puis-je vous aider ?",
    "missed": (
        "Je suis désolé, je n’ai pas de réponse à cela. Dites-le autrement, choisissez un sujet ou demandez à parler "
        "à un humain."
    ),
    "welcome": "Je vous en prie !",
    "more": "Puis-je faire autre chose pour vous ?",
    "unreadable": "Je suis désolé, je ne peux pas ouvrir ce que vous avez envoyé.",
    "unknown": "Je suis désolé, je ne peux pas lire ce genre de message. Merci de l’écrire avec des mots.",
    "ask_name": "Comment vous appelez-vous ?",
    "ask_phone": "À quel numéro de téléphone pouvons-nous vous joindre ?",
    "ask_email": "À quelle adresse e-mail pouvons-nous vous joindre ?",
    "retry_name": "Je n’ai pas compris votre nom. Comment pouvons-nous vous appeler ?",
    "retry_phone": "Cela ne ressemble pas à un numéro de téléphone. Écrivez-le avec l’indicatif du pays, comme +33 …",
    "retry_email": "Cela ne ressemble pas à une adresse e-mail. Merci de l’écrire encore une fois.",
    "noted": "Merci.",
    "handing": "Je vous passe un collègue.",
    "handing_open": "Vous aurez une réponse dans {wait}.",
    "handing_soon": "Vous aurez une réponse dès que quelqu'un sera disponible.",
    "handing_closed": "Notre équipe sera de retour {opens} et vous répondra alors.",
    "human_button": "Parler à un humain",
    "skip_button": "Passer",
    "choose_button": "Choisir",
    "login_button": "Se connecter",
    "goodbye": "Merci de nous avoir parlé, {name}. Au revoir !",
    "ask_csat": "Êtes-vous satisfait de notre aide ?",
    "ask_nps": "Avec quelle probabilité nous recommanderiez-vous, de 0 (pas du tout) à 10 (certainement) ?",
    "ask_ces": "A-t-il été facile de régler votre demande, de 1 (très difficile) à 7 (très facile) ?",
    "csat_5": "★★★★★ Très satisfait",
    "csat_4": "★★★★ Satisfait",
    "csat_3": "★★★ Moyen",
    "csat_2": "★★ Insatisfait",
    "csat_1": "★ Très insatisfait",
    "comment": "Merci ! Voulez-vous nous dire pourquoi ?",
    "thanks": "Merci pour votre avis !",
    "unrated": "Très bien, pas de note alors.",
    "reason_request": "a demandé un humain",
    "reason_misses": "n’a pas été compris",
    "reason_topic": "sujet : {topic}",
    "reason_file": "a envoyé quelque chose que l’assistant ne peut pas lire",
    "label_wanted": "a écrit",
    "label_name": "nom",
    "label_phone": "téléphone",
    "label_email": "e-mail",
}

HUMAN = (
    "humain", "humaine", "conseiller", "conseillère", "agent", "opérateur", "opératrice", "vraie personne",
    "une personne", "parler à quelqu’un", "service client", "être humain",
)  # fmt: skip
SKIP = ("passer", "non", "non merci", "plutôt pas", "plus tard", "pas maintenant", "je préfère pas", "sans")
HELLO = ("bonjour", "salut", "bonsoir", "coucou", "bonjour à tous", "hello")
THANKS = ("merci", "merci beaucoup", "merci bien", "ok merci", "ok", "d’accord", "parfait", "super")
NAMED = ("je m’appelle", "je suis", "mon nom est", "c’est", "moi c’est")
CALLED = ("français", "french")
