"""消息: what waits for or happened to a person, in words, one click from the thing."""
