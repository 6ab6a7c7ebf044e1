const words: Record<number, string> = {
  1000: 'Closed normally.',
  1001: 'The other side went away: an idle or very old connection, a page that was left, or a server that stops.',
  1002: 'One side broke the rules of WebSockets.',
  1003: 'Binary frames are not supported by WebSocket APIs.',
  1005: 'Closed without a code.',
  1006: 'The connection broke, or its handshake was refused.',
  1007: 'A message was not valid UTF-8.',
  1008: 'Too many frames a second.',
  1009: 'A frame of more than 32 KB or a message of more than 128 KB.',
  1011: 'The server failed.',
  1012: 'The server restarts.',
  1013: 'This client read too slowly.',
  1015: 'TLS could not be agreed on.',
};

/** What a close code of RFC 6455 means here. */
export function closeWords(code: number): string {
  return words[code] ?? (code >= 4000 ? 'A code of the application’s own.' : 'A code without a meaning here.');
}
