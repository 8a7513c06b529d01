"""English."""

TEXTS = {
    "greeting": "Hello {name}!",
    "again": "Welcome back, {name}!",
    "instant": "Thank you for your message.",
    "disclosure": "I am an automated assistant, not a human.",
    "away": "We are closed at the moment and will be back {opens}.",
    "opens_today": "today at {time}",
    "opens_tomorrow": "tomorrow at {time}",
    "opens_on": "on {day} at {time}",
    "opens_unknown": "soon",
    "offer": "How can I help you?",
    "missed": "I am sorry, I have no answer to that. Please put it in other words, choose a topic, or ask for a human.",
    "welcome": "You are welcome!",
    "more": "Is there anything else I can do for you?",
    "unreadable": "I am sorry, I cannot open what you sent.",
    "unknown": "I am sorry, I cannot read this kind of message. Please write it in words.",
    "ask_name": "What is your name?",
    "ask_phone": "At which phone number can we reach you?",
    "ask_email": "At which e-mail address can we reach you?",
    "retry_name": "I did not get your name. What may we call you?",
    "retry_phone": "This does not look like a phone number. Please write it with its country code, such as +1 …",
    "retry_email": "This does not look like an e-mail address. Please write it once more.",
    "noted": "Thank you.",
    "handing": "I am passing you on to a colleague.",
    "handing_open": "You will have an answer within {wait}.",
    "handing_soon": "You will have an answer as soon as somebody is free.",
    "handing_closed": "Our team is back {opens} and will answer you then.",
    "human_button": "Talk to a human",
    "skip_button": "Skip",
    "choose_button": "Choose",
    "login_button": "Log in",
    "goodbye": "Thank you for talking to us, {name}. Goodbye!",
    "ask_csat": "How satisfied are you with our help?",
    "ask_nps": "How likely are you to recommend us, from 0 (not at all) to 10 (certainly)?",
    "ask_ces": "How easy was it to have your matter settled, from 1 (very hard) to 7 (very easy)?",
    "csat_5": "★★★★★ Very satisfied",
    "csat_4": "★★★★ Satisfied",
    "csat_3": "★★★ So-so",
    "csat_2": "★★ Dissatisfied",
    "csat_1": "★ Very dissatisfied",
    "comment": "Thank you! Would you like to tell us why?",
    "thanks": "Thank you for your feedback!",
    "unrated": "All right, no rating then.",
    "reason_request": "asked for a human",
    "reason_misses": "was not understood",
    "reason_topic": "topic: {topic}",
    "reason_file": "sent something that the assistant cannot read",
    "label_wanted": "wrote",
    "label_name": "name",
    "label_phone": "phone",
    "label_email": "e-mail",
}

HUMAN = (
    "human", "agent", "representative", "operator", "real person", "a person", "human being", "customer service",
    "customer support", "talk to someone", "speak to someone", "talk to somebody", "speak to somebody",
)  # fmt: skip
SKIP = ("skip", "no", "no thanks", "no thank you", "rather not", "i would rather not", "not now", "later")
HELLO = ("hello", "hi", "hey", "hello there", "hi there", "good morning", "good afternoon", "good evening", "good day")
THANKS = ("thanks", "thank you", "thank you very much", "thanks a lot", "many thanks", "ok thanks", "thx", "ok", "okay")
NAMED = ("my name is", "i am", "i m", "it is", "it s", "this is", "call me")
CALLED = ("english",)
