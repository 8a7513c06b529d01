"""The customers' phones as pages: rendered here, live by server-sent events, in English and Arabic."""
