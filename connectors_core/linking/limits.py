"""How long and how often: what guessing, flooding and old addresses are stopped by."""

GOOD_FOR = 30 * 60.0
"""Seconds that the address in a button leads anywhere: enough to find a letter, too short to be found later."""
SHOWN_FOR = 15 * 60.0
"""Seconds that are left for typing the code into the chat, once the person is known."""
KEPT = 3600.0
"""Seconds that a linking which is over is kept, so that those of an hour can be counted."""
MOST_AN_HOUR = 20
"""Linkings in one conversation: a bot that offers one with every answer stays below it, a loop does not."""

CODE_MINUTES = 10
"""How long a code that was brought to an address is good for (NIST SP 800-63B, 5.1.3: at most ten minutes)."""
ADDRESS_DIGITS = 6
"""Of a code that is brought to an address: with five tries one in 200,000 guesses it."""
CHAT_DIGITS = 8
"""Of the code that is typed in the chat. Digits stand on every keyboard and none looks like another; with five tries
one in 20 million guesses it."""
MOST_TRIES = 5
"""Codes typed on the page of one linking, and wrong ones in the chat; then it is over."""
MOST_CODES = 3
"""Codes that one linking asks for: the first, and two that did not arrive."""
MOST_CODES_AN_HOUR = 5
"""Codes to one address, by whichever linking: nobody's phone is flooded, and guessing gets 25 tries an hour."""

PAGE_RATE = 2.0
"""Requests a second to the pages from one network address, in the long run."""
PAGE_BURST = 60
"""Requests at once: several people may share an address."""
MOST_VISITORS = 10_000
"""Network addresses that are remembered; then those that were quiet longest are forgotten."""
LARGEST_FORM = 8 * 1024
"""Bytes. The forms have one field for people."""
FORM_SECONDS = 10.0
"""Seconds in which a form has to arrive."""
