"""What Messenger and Instagram share: the Send API, its rules, and what people do in chats and in public."""
